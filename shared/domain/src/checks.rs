//! What a person would want to know about a finished page, found by reading it with an HTML tokenizer. Nothing is fetched.

mod reader;

use crate::limits::PICTURES_MAX;
use crate::pictures::read_path;
use reader::Reader;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Hosts whose scripts and styles the prompts name, or that models rightly use.
const KNOWN_HOSTS: [&str; 11] = [
    "cdn.tailwindcss.com",
    "cdn.jsdelivr.net",
    "cdnjs.cloudflare.com",
    "unpkg.com",
    "esm.sh",
    "code.jquery.com",
    "ajax.googleapis.com",
    "fonts.googleapis.com",
    "fonts.gstatic.com",
    "stackpath.bootstrapcdn.com",
    "kit.fontawesome.com",
];
/// Names that one finding quotes; the others are counted.
const QUOTED_MAX: usize = 3;
/// Characters of a name that a finding quotes.
const QUOTED_CHARACTERS_MAX: usize = 80;

/// One thing about a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub code: FindingCode,
    /// What it is, for people.
    pub message: String,
}

/// The kinds of findings; each is reported at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// The page stops in the middle.
    UnclosedDocument,
    /// It has no title.
    MissingTitle,
    /// It has nothing to see.
    EmptyBody,
    /// It loads scripts or styles from a host that nobody named.
    UnknownHost,
    /// It loads scripts or styles that do not exist.
    MissingFile,
    /// It shows images that do not exist.
    MissingImage,
    /// It shows placeholders in place of pictures that were to be drawn.
    PictureFailed,
}

impl Finding {
    /// What to say of pictures that were to be drawn: how many were not, the reason that was given first, and how many were left
    /// out because a page gets no more. Nothing if there are none of either.
    #[must_use]
    pub fn pictures_missing(failed: usize, reason: Option<&str>, left_out: usize) -> Option<Self> {
        let count = failed + left_out;
        if count == 0 {
            return None;
        }
        let failed = reason.map_or_else(String::new, |reason| format!(" Not drawn: {failed} ({reason})"));
        let most = if left_out > 0 { format!(" A page gets {PICTURES_MAX} at most.") } else { String::new() };
        let message = format!("Placeholders in place of pictures: {count}.{failed}{most}");
        Some(Self { code: FindingCode::PictureFailed, message })
    }
}

/// Checks a page; nothing is found in one that is as it should be.
#[must_use]
pub fn check(page: &str) -> Vec<Finding> {
    let seen = Reader::read(page);
    let mut findings = Vec::new();
    let mut find = |code, message: String| findings.push(Finding { code, message });
    if seen.unclosed() {
        find(FindingCode::UnclosedDocument, "The page is not closed: it seems to stop in the middle.".to_owned());
    }
    if !seen.titled {
        find(FindingCode::MissingTitle, "The page has no title.".to_owned());
    }
    if !seen.visible {
        find(FindingCode::EmptyBody, "The page has nothing to see.".to_owned());
    }
    let unknown = seen.loads.iter().filter_map(|url| match place(url) {
        Place::Host(host) if !KNOWN_HOSTS.contains(&host.as_str()) => Some(host),
        Place::Host(_) | Place::Inline | Place::Here => None,
    });
    if let Some(names) = quoted(unknown) {
        find(FindingCode::UnknownHost, format!("Scripts or styles come from hosts that were not asked for: {names}."));
    }
    if let Some(names) = quoted(seen.loads.iter().filter(|url| matches!(place(url), Place::Here)).cloned()) {
        find(FindingCode::MissingFile, format!("Scripts or styles are named that do not exist: {names}."));
    }
    if let Some(names) = quoted(seen.images.iter().filter(|url| !image_may_exist(url)).cloned()) {
        find(FindingCode::MissingImage, format!("Images are named that do not exist: {names}."));
    }
    findings
}

/// Where a URL points.
enum Place {
    /// To another host, whose name is in lower case.
    Host(String),
    /// Nowhere: its content is in itself.
    Inline,
    /// To a path beside the page, where nothing is.
    Here,
}

fn place(url: &str) -> Place {
    let lower = url.trim().to_ascii_lowercase();
    let rest = ["https://", "http://", "//"].into_iter().find_map(|scheme| lower.strip_prefix(scheme));
    match rest {
        Some(rest) => {
            let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
            if host.contains('.') || host == "localhost" { Place::Host(host.to_owned()) } else { Place::Here }
        }
        None if lower.starts_with("data:") || lower.contains("{{") || lower.contains("${") => Place::Inline,
        None => Place::Here,
    }
}

fn image_may_exist(url: &str) -> bool {
    match place(url) {
        Place::Host(_) => true,
        Place::Inline => !url.trim().starts_with("data:") || url.trim().starts_with("data:image/"),
        Place::Here => read_path(url.trim()).is_some(),
    }
}

/// The first names and how many more there are; nothing if there are none.
fn quoted(names: impl Iterator<Item = String>) -> Option<String> {
    let mut known = HashSet::new();
    let unique: Vec<String> = names.filter(|name| known.insert(name.clone())).collect();
    let more = unique.len().saturating_sub(QUOTED_MAX);
    let shown: Vec<String> = unique
        .iter()
        .take(QUOTED_MAX)
        .map(|name| match name.trim() {
            "" => "(no source)".to_owned(),
            name => name.chars().take(QUOTED_CHARACTERS_MAX).collect(),
        })
        .collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
}

#[cfg(test)]
mod tests;
