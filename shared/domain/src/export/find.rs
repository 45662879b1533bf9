use super::{Pictures, Source};
use crate::ids::AttemptKey;
use crate::limits::URL_BYTES_MAX;
use crate::pictures::{PATH_START, read_path};
use crate::prompt::PICTURE_HOST;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use url::Url;

/// Ends of paths that are pictures, wherever they stand.
const PICTURE_ENDS: [&str; 9] = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".jfif"];
/// Ends of paths that stand where pictures may stand, and are none.
const OTHER_ENDS: [&str; 7] = [".woff", ".woff2", ".ttf", ".otf", ".eot", ".css", ".js"];
/// Elements whose attributes name pictures.
const PICTURE_ELEMENTS: [&str; 5] = ["img", "source", "image", "input", "video"];
/// Their attributes with one URL each.
const PICTURE_ATTRIBUTES: [&str; 4] = ["src", "poster", "href", "xlink:href"];
/// A tag is read to here, in bytes, so that a search stays linear in the page, whatever is in it.
const TAG_BYTES_MAX: usize = 4 * 1024;
/// A path of a picture that was drawn is shorter, in bytes.
const DRAWN_PATH_BYTES_MAX: usize = 128;
/// A picture that is written as text in the page is read to here, in bytes, for the same reason.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Finds the pictures of a page: pictures in `data:` URLs, absolute URLs that look like pictures or stand where one is
/// shown, and, if the page's own address is known, relative URLs in the elements that show pictures.
#[must_use]
pub fn find(page: &str, base: Option<&Url>, count_max: usize) -> Pictures {
    // Before the others: what is drawn here is not asked of the web, whatever the page's own address is.
    let mut found = drawn(page);
    found.extend(absolute(page));
    if let Some(base) = base {
        found.extend(relative(page, base));
    }
    found.sort_by_key(|(range, _)| range.start);
    let mut pictures = Pictures::default();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut end = 0;
    for (range, source) in found {
        if range.start < end {
            continue;
        }
        let name = match &source {
            Source::Inline(..) | Source::Drawn(..) => page.get(range.clone()).unwrap_or_default().to_owned(),
            Source::Remote(url) => url.to_string(),
        };
        let position = match known.get(&name) {
            Some(position) => *position,
            None if pictures.sources.len() < count_max => {
                pictures.sources.push(source);
                known.insert(name, pictures.sources.len() - 1);
                pictures.sources.len() - 1
            }
            None => continue,
        };
        end = range.end;
        pictures.places.push((range, position));
    }
    pictures
}

fn drawn(page: &str) -> Vec<(Range<usize>, Source)> {
    drawn_paths(page).into_iter().map(|(range, key, number)| (range, Source::Drawn(key, number))).collect()
}

/// Pictures that were drawn for a page: where it names them, the attempt that each belongs to and its number.
pub(crate) fn drawn_paths(page: &str) -> Vec<(Range<usize>, AttemptKey, u32)> {
    let starts = page.match_indices(PATH_START);
    starts
        .filter_map(|(start, _)| {
            let rest = first(&page[start..], DRAWN_PATH_BYTES_MAX);
            let ends = |letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-'));
            let path = &rest[..rest.find(ends).unwrap_or(rest.len())];
            let (key, number) = read_path(path)?;
            Some((start..start + path.len(), key, number))
        })
        .collect()
}

/// What begins at a place of the page: how far it reaches, and the picture that it is, if it is one. What has been read
/// once is not read again, whatever it was.
type Seen = (Range<usize>, Option<Source>);

/// Every URL with a scheme has a colon, so one pass over the colons finds them all.
fn absolute(page: &str) -> Vec<(Range<usize>, Source)> {
    let mut found: Vec<(Range<usize>, Source)> = Vec::new();
    let mut end = 0;
    for (colon, _) in page.match_indices(':') {
        if colon < end {
            continue;
        }
        let seen = if page[colon..].starts_with("://") { on_the_web(page, colon) } else { inline(page, colon) };
        if let Some((range, source)) = seen {
            end = range.end;
            found.extend(source.map(|source| (range, source)));
        }
    }
    found
}

fn on_the_web(page: &str, colon: usize) -> Option<Seen> {
    let scheme = ["https", "http"].into_iter().find(|scheme| page[..colon].ends_with(scheme))?;
    let start = colon - scheme.len();
    let opening = page[..start].chars().next_back();
    let closing = if opening == Some('(') { ')' } else { '"' };
    let ends = |letter: char| {
        letter.is_whitespace() || letter == closing || matches!(letter, '"' | '\'' | '`' | '<' | '>' | '\\')
    };
    let rest = first(&page[start..], URL_BYTES_MAX);
    let mut length = rest.find(ends).unwrap_or(rest.len());
    for entity in ["&quot;", "&#39;", "&apos;"] {
        length = rest[..length].find(entity).unwrap_or(length);
    }
    let text = rest[..length].trim_end_matches([',', ';', '.']);
    let shown = Url::parse(&decoded(text))
        .ok()
        .filter(|url| looks_like_a_picture(url) || (!is_another_file(url) && stands_for_a_picture(page, start)));
    Some((start..start + text.len(), shown.map(Source::Remote)))
}

fn inline(page: &str, colon: usize) -> Option<Seen> {
    const SCHEME: &str = "data";
    if !page[..colon].ends_with(SCHEME) || !page[colon..].starts_with(":image/") {
        return None;
    }
    let start = colon - SCHEME.len();
    let header = first(&page[colon + 1..], 100).split_once(',')?.0;
    let comma = colon + 1 + header.len();
    let rest = &page[comma + 1..];
    let content_type = header.split(';').next().unwrap_or_default().to_owned();
    if header.ends_with(";base64") {
        let length = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '=')))
            .unwrap_or(rest.len());
        let bytes = STANDARD.decode(&rest[..length]).ok();
        return Some((start..comma + 1 + length, bytes.map(|bytes| Source::Inline(bytes, content_type))));
    }
    let text = first(rest, TEXT_BYTES_MAX);
    let length = match page[..start].chars().next_back() {
        Some(quote @ ('"' | '\'' | '`')) => text.find(quote),
        Some('(') => text.find(')'),
        Some(_) | None => text.find(char::is_whitespace),
    };
    let picture =
        length.map(|length| Source::Inline(percent_decode_str(&decoded(&text[..length])).collect(), content_type));
    Some((start..comma + 1 + length.unwrap_or(text.len()), picture))
}

/// URLs without a scheme in the elements that show pictures.
fn relative(page: &str, base: &Url) -> Vec<(Range<usize>, Source)> {
    let mut found = Vec::new();
    for (open, _) in page.match_indices('<') {
        let Some(element) = element_at(page, open) else { continue };
        let from = open + 1 + element.len();
        let rest = first(&page[from..], TAG_BYTES_MAX);
        let tag = &rest[..rest.find(['<', '>']).unwrap_or(rest.len())];
        for name in PICTURE_ATTRIBUTES {
            let Some(value) = attribute(tag, name) else { continue };
            let text = &tag[value.clone()];
            // Only a URL without a scheme is a relative one; a video's own file is no picture.
            let skipped = text.is_empty() || text.starts_with('#') || Url::parse(text).is_ok();
            if skipped || (element.eq_ignore_ascii_case("video") && name != "poster") {
                continue;
            }
            if let Ok(url) = base.join(&decoded(text)) {
                found.push((from + value.start..from + value.end, Source::Remote(url)));
            }
        }
    }
    found
}

/// The element that opens at a `<`, if it shows pictures.
fn element_at(page: &str, open: usize) -> Option<&str> {
    let rest = first(&page[open + 1..], 16);
    let name = &rest[..rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len())];
    PICTURE_ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(name)).then_some(name)
}

/// Where a tag's attribute has its value, if it is quoted.
fn attribute(tag: &str, name: &str) -> Option<Range<usize>> {
    tag.match_indices(name).find_map(|(position, _)| {
        if !tag[..position].ends_with(char::is_whitespace) {
            return None;
        }
        let after = &tag[position + name.len()..];
        let value = after.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
        let start = tag.len() - value.len() + 1;
        Some(start..start + tag[start..].find(quote)?)
    })
}

fn looks_like_a_picture(url: &Url) -> bool {
    url.host_str() == Some(PICTURE_HOST) || ends_with_any(url, &PICTURE_ENDS)
}

fn is_another_file(url: &Url) -> bool {
    ends_with_any(url, &OTHER_ENDS)
}

fn ends_with_any(url: &Url, ends: &[&str]) -> bool {
    let path = url.path().to_ascii_lowercase();
    ends.iter().any(|end| path.ends_with(end))
}

/// Whether what begins here is inside CSS's `url(…)` or inside the tag of an element that shows pictures.
fn stands_for_a_picture(page: &str, start: usize) -> bool {
    let before = &page[page.floor_char_boundary(start.saturating_sub(TAG_BYTES_MAX))..start];
    let bare = before.trim_end_matches("&quot;").trim_end_matches("&#39;").trim_end_matches(['"', '\'']);
    if bare.ends_with("url(") {
        return true;
    }
    let Some(open) = before.rfind('<') else { return false };
    element_at(before, open).is_some() && !before[open..].contains('>')
}

/// The first bytes of a text, without a part of a character.
fn first(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// The few entities that URLs in attributes are written with.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let pairs = [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    Cow::Owned(pairs.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter)))
}
