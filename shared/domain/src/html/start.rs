//! Where a page begins in an answer. Everything is decided by a bounded look ahead, so the search is linear.

/// The longest line that opens a fence, and the longest `<file …>` tag, in bytes.
const OPENING_BYTES_MAX: usize = 512;
/// Languages of fences that are not the page: what to type in a terminal, a configuration.
const OTHER_LANGUAGES: [&str; 14] = [
    "bash",
    "sh",
    "shell",
    "zsh",
    "console",
    "css",
    "json",
    "text",
    "txt",
    "plaintext",
    "markdown",
    "md",
    "diff",
    "yaml",
];
/// What an answer of nothing but program text begins with.
const CODE_STARTS: [&str; 6] = ["import ", "export ", "const ", "function ", "\"use client\"", "'use client'"];

/// What a position of the answer may be the beginning of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// The page, right here.
    Page,
    /// A fence; what is in it begins `skip` bytes further on.
    Fence {
        /// The length of the opening line.
        skip: usize,
        /// Whether a page may be in it.
        wanted: bool,
    },
    /// A `<file>` tag of that length.
    File {
        /// The length of the tag.
        skip: usize,
    },
    /// More text is needed to tell.
    Unclear,
    /// Nothing.
    No,
}

/// What the answer is at a `<` or a backtick. `first`: nothing but white space came before.
pub(super) fn start_at(text: &str, first: bool) -> Start {
    if text.starts_with('`') {
        return fence_at(text);
    }
    let page = either(begins(text, "<!doctype"), begins(text, "<html"));
    match (page, begins(text, "<file")) {
        (Some(true), _) => Start::Page,
        (_, Some(true)) => file_at(text),
        (None, _) | (_, None) => Start::Unclear,
        (Some(false), Some(false)) => {
            let element = text[1..].starts_with(|next: char| next.is_ascii_alphabetic());
            if first && element { Start::Page } else { Start::No }
        }
    }
}

/// A fence, or words in backticks.
pub(super) fn fence_at(text: &str) -> Start {
    match begins(text, "```") {
        None => return Start::Unclear,
        Some(false) => return Start::No,
        Some(true) => {}
    }
    let line = bounded(&text[3..]);
    match line.find(['\n', '`', '<']) {
        None if line.len() < text.len() - 3 => Start::No,
        None => Start::Unclear,
        Some(end) if line[end..].starts_with('`') => Start::No,
        Some(end) => {
            let language = line[..end].split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
            let newline = line[end..].starts_with('\n');
            let wanted = !newline || !OTHER_LANGUAGES.contains(&language.as_str());
            Start::Fence { skip: 3 + end + usize::from(newline), wanted }
        }
    }
}

/// A `<file …>` tag.
pub(super) fn file_at(text: &str) -> Start {
    let tag = bounded(text);
    match tag.find('>') {
        Some(close) => Start::File { skip: close + 1 },
        None if tag.len() < text.len() => Start::No,
        None => Start::Unclear,
    }
}

/// Whether an answer begins with program text; `None` while that is unclear.
pub(super) fn begins_with_code(text: &str) -> Option<bool> {
    let known: Vec<Option<bool>> = CODE_STARTS
        .iter()
        .map(|start| {
            let common = text.len().min(start.len());
            let same = text.as_bytes()[..common] == start.as_bytes()[..common];
            if same && common < start.len() { None } else { Some(same) }
        })
        .collect();
    if known.contains(&Some(true)) {
        return Some(true);
    }
    if known.contains(&None) { None } else { Some(false) }
}

/// Whether `text` starts with `wanted` (ASCII, any case); `None` while it is too short to tell.
pub(super) fn begins(text: &str, wanted: &str) -> Option<bool> {
    let common = text.len().min(wanted.len());
    if !text.as_bytes()[..common].eq_ignore_ascii_case(&wanted.as_bytes()[..common]) {
        Some(false)
    } else if common == wanted.len() {
        Some(true)
    } else {
        None
    }
}

fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        (None, _) | (_, None) => None,
    }
}

fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(OPENING_BYTES_MAX)]
}
