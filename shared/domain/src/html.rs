//! The page inside a model's answer, found while the answer streams.
//!
//! Models wrap pages in fences, in `<file>` tags and in prose. The extractor passes on only text that is certain to be
//! part of the page, so what was streamed is the page, however the answer was cut into deltas: feeding it character
//! by character gives the same page as feeding it whole.

/// Finds the page in an answer.
#[derive(Debug, Default)]
pub struct Extractor {
    place: Place,
    /// Text that has come and about which nothing is certain yet.
    held: String,
    /// How far `held` has been searched, so that a long wait is not searched again and again.
    searched: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    Inside(End),
    After,
}

/// What ends the page; decided by what began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A line that starts with three backticks.
    Fence,
    /// `</file>`.
    FileTag,
    /// `</html>`, which belongs to the page.
    Document,
    /// The end of the answer.
    Answer,
}

impl End {
    const fn marker(self) -> &'static str {
        match self {
            Self::Fence => "\n```",
            Self::FileTag => "</file>",
            Self::Document => "</html>",
            Self::Answer => "",
        }
    }
}

/// What a position of the answer may be the beginning of.
enum Start {
    /// The page begins `skip` bytes further on.
    Here { skip: usize, end: End },
    /// More text is needed to tell.
    Unclear,
    /// Nothing.
    No,
}

impl Extractor {
    /// Takes the next piece of the answer and returns the next piece of the page, which may be empty.
    pub fn push(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        if self.place == Place::Before {
            self.look_for_start();
        }
        match self.place {
            Place::Before => String::new(),
            Place::Inside(end) => self.emit(end),
            Place::After => {
                self.held.clear();
                String::new()
            }
        }
    }

    /// The answer has ended: returns the last piece of the page.
    #[must_use]
    pub fn finish(mut self) -> String {
        match self.place {
            Place::After => String::new(),
            Place::Inside(End::Fence | End::FileTag | End::Document | End::Answer) => {
                self.held.truncate(self.held.trim_end().len());
                self.held
            }
            Place::Before => self.fragment_after_prose(),
        }
    }

    /// An answer without any beginning that is certain: the first element in it, if there is one.
    fn fragment_after_prose(self) -> String {
        let tag = self.held.char_indices().find(|(position, character)| {
            *character == '<' && self.held[position + 1..].starts_with(|next: char| next.is_ascii_alphabetic())
        });
        tag.map_or_else(String::new, |(position, _)| self.held[position..].trim_end().to_owned())
    }

    fn look_for_start(&mut self) {
        while let Some(offset) = self.held[self.searched..].find(['<', '`']) {
            let position = self.searched + offset;
            let first = self.held[..position].trim().is_empty();
            match start_at(&self.held[position..], first) {
                Start::Here { skip, end } => {
                    self.held.drain(..position + skip);
                    self.searched = 0;
                    self.place = Place::Inside(end);
                    return;
                }
                Start::Unclear => {
                    self.searched = position;
                    return;
                }
                Start::No => self.searched = position + 1,
            }
        }
        self.searched = self.held.len();
    }

    fn emit(&mut self, end: End) -> String {
        let marker = end.marker();
        if !marker.is_empty() {
            let from = floor_boundary(&self.held, self.searched.saturating_sub(marker.len()));
            if let Some(offset) = find_ignoring_case(&self.held[from..], marker) {
                let position = from + offset;
                let until = if end == End::Document { position + marker.len() } else { position };
                self.place = Place::After;
                let page = self.held[..until].trim_end().to_owned();
                self.held.clear();
                return page;
            }
        }
        let certain = self.held[..self.held.len() - partial_suffix(&self.held, marker)].trim_end().len();
        let page: String = self.held.drain(..certain).collect();
        self.searched = self.held.len();
        page
    }
}

/// What the answer is at a `<` or a backtick. `first`: nothing but white space came before.
fn start_at(text: &str, first: bool) -> Start {
    if text.starts_with('`') {
        return start_of_fence(text);
    }
    for opening in ["<!doctype", "<html"] {
        match starts_ignoring_case(text, opening) {
            Some(true) => return Start::Here { skip: 0, end: End::Document },
            Some(false) => {}
            None => return Start::Unclear,
        }
    }
    match starts_ignoring_case(text, "<file") {
        Some(true) => {
            return text.find('>').map_or(Start::Unclear, |close| {
                let after = &text[close + 1..];
                match after.find(|character: char| !character.is_whitespace()) {
                    Some(gap) => Start::Here { skip: close + 1 + gap, end: End::FileTag },
                    None => Start::Unclear,
                }
            });
        }
        Some(false) => {}
        None => return Start::Unclear,
    }
    let element = text[1..].starts_with(|next: char| next.is_ascii_alphabetic());
    if first && element { Start::Here { skip: 0, end: End::Answer } } else { Start::No }
}

fn start_of_fence(text: &str) -> Start {
    match starts_ignoring_case(text, "```") {
        None => Start::Unclear,
        Some(false) => Start::No,
        Some(true) => match text.find('\n') {
            None => Start::Unclear,
            Some(line_end) => match text[line_end..].find(|character: char| !character.is_whitespace()) {
                Some(gap) => Start::Here { skip: line_end + gap, end: End::Fence },
                None => Start::Unclear,
            },
        },
    }
}

/// Whether `text` starts with `wanted` (ASCII, any case); `None` while it is too short to tell.
fn starts_ignoring_case(text: &str, wanted: &str) -> Option<bool> {
    let common = text.len().min(wanted.len());
    if !text.as_bytes()[..common].eq_ignore_ascii_case(&wanted.as_bytes()[..common]) {
        Some(false)
    } else if common == wanted.len() {
        Some(true)
    } else {
        None
    }
}

fn find_ignoring_case(text: &str, marker: &str) -> Option<usize> {
    text.as_bytes().windows(marker.len()).position(|window| window.eq_ignore_ascii_case(marker.as_bytes()))
}

/// The length of the longest end of `text` that the marker may go on from.
fn partial_suffix(text: &str, marker: &str) -> usize {
    (1..marker.len())
        .rev()
        .filter(|length| *length <= text.len())
        .find(|length| text.as_bytes()[text.len() - length..].eq_ignore_ascii_case(&marker.as_bytes()[..*length]))
        .unwrap_or(0)
}

fn floor_boundary(text: &str, position: usize) -> usize {
    (0..=position.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(answer: &str) -> String {
        let mut extractor = Extractor::default();
        let mut page = extractor.push(answer);
        page.push_str(&extractor.finish());
        page
    }

    fn by_character(answer: &str) -> String {
        let mut extractor = Extractor::default();
        let mut page: String = answer.chars().map(|character| extractor.push(&character.to_string())).collect();
        page.push_str(&extractor.finish());
        page
    }

    const PAGE: &str = "<!DOCTYPE html>\n<html>\n<body>`x` ```y``` é</body>\n</html>";

    #[test]
    fn the_page_is_found_in_whatever_models_wrap_it_in() {
        for (answer, page) in [
            (PAGE.to_owned(), PAGE),
            (format!("  \n{PAGE}\n"), PAGE),
            (format!("```html\n{PAGE}\n```\nEnjoy!"), PAGE),
            (format!("Here it is:\n\n```html\n{PAGE}\n```"), PAGE),
            (format!("Sure, here is `index.html`: {PAGE} Bye."), PAGE),
            (format!("<file path=\"index.html\">\n{PAGE}\n</file>"), PAGE),
            ("<HTML><p>1</HTML> and so on".to_owned(), "<HTML><p>1</HTML>"),
            ("<div>only a part</div>\n".to_owned(), "<div>only a part</div>"),
            ("I made this: <p>part</p> ".to_owned(), "<p>part</p>"),
            ("```\n<p>cut off".to_owned(), "<p>cut off"),
            ("1 < 2, and I cannot help with that.".to_owned(), ""),
            (String::new(), ""),
        ] {
            assert_eq!(whole(&answer), page, "{answer:?}");
            assert_eq!(by_character(&answer), page, "{answer:?} by character");
        }
    }

    #[test]
    fn a_page_streams_before_it_has_ended() {
        let mut extractor = Extractor::default();
        assert_eq!(extractor.push("```html\n<!DOCTYPE html>\n<bo"), "<!DOCTYPE html>\n<bo");
        assert_eq!(extractor.push("dy>\n"), "dy>");
        assert_eq!(extractor.push("``"), "");
        assert_eq!(extractor.push("`"), "");
        assert_eq!(extractor.finish(), "");
    }

    proptest! {
        #[test]
        fn how_an_answer_is_cut_changes_nothing(
            parts in proptest::collection::vec(prop_oneof![
                Just("```"), Just("`"), Just("html"), Just("\n"), Just("<!DOCTYPE html>"), Just("<html>"), Just("</html>"),
                Just("<file path='a'>"), Just("</file>"), Just("<p>"), Just("é🧁"), Just("prose "), Just(" "), Just("<"),
            ], 0..24),
            cuts in proptest::collection::vec(0usize..200, 0..12),
        ) {
            let answer = parts.concat();
            let page = whole(&answer);
            prop_assert_eq!(&by_character(&answer), &page);
            let mut places: Vec<usize> = cuts.iter().map(|cut| floor_boundary(&answer, *cut)).collect();
            places.sort_unstable();
            let mut extractor = Extractor::default();
            let (mut cut_page, mut from) = (String::new(), 0);
            for place in places.into_iter().chain([answer.len()]) {
                cut_page.push_str(&extractor.push(&answer[from..place]));
                from = place;
            }
            cut_page.push_str(&extractor.finish());
            prop_assert_eq!(cut_page, page);
        }
    }
}
