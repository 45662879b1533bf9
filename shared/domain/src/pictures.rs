//! Pictures that are drawn for a page: where its placeholders are, what they ask for, and the page with pictures in their
//! place. Pages of React and Vue name pictures in scripts, so the text is searched and not a tree of elements, and every byte
//! that is not a placeholder's address stays as it was.
//!
//! A picture's address is a path of the API: it is short, so that a change shows the model a page and not its pictures, and it
//! holds under whatever name the server is reached.

mod tag;

use crate::ids::{AttemptKey, GenerationId, VariantKey};
use crate::limits::PICTURE_DESCRIPTION_CHARACTERS_MAX;
use crate::share::ShareToken;
use std::borrow::Cow;
use std::ops::Range;
use tag::ImageTag;
use url::Url;

/// Hosts that answer with a grey box. The first is the one that the prompts ask for. `picsum.photos` is none of them: what it
/// answers with is a photo, and paying for another one repairs nothing.
const PLACEHOLDER_HOSTS: [&str; 5] =
    [crate::prompt::PICTURE_HOST, "via.placeholder.com", "placehold.it", "dummyimage.com", "fakeimg.pl"];

/// What a picture's sides are like: the sizes that image models draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// As wide as high, or not known.
    Square,
    /// Clearly wider.
    Landscape,
    /// Clearly higher.
    Portrait,
}

impl Shape {
    /// The size, as the Images API names it, in pixels.
    #[must_use]
    pub const fn size(self) -> &'static str {
        match self {
            Self::Square => "1024x1024",
            Self::Landscape => "1536x1024",
            Self::Portrait => "1024x1536",
        }
    }

    /// The shape of a picture of that many pixels.
    const fn of(width: u32, height: u32) -> Self {
        if width as u64 * 4 > height as u64 * 5 {
            Self::Landscape
        } else if height as u64 * 4 > width as u64 * 5 {
            Self::Portrait
        } else {
            Self::Square
        }
    }
}

/// A picture that a page asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What is to be seen on it: the placeholder's alternative text.
    pub description: String,
    /// Its sides.
    pub shape: Shape,
}

/// The placeholders of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placeholders {
    /// Each picture once, in the order in which the page first asks for it.
    pub wanted: Vec<Wanted>,
    /// Where the page names them, in its order: bytes of the page, and the place in `wanted`.
    pub places: Vec<(Range<usize>, usize)>,
    /// Placeholders beyond the limit.
    pub left_out: usize,
}

/// Finds the images of a page that stand for a picture and say what it should show. One with a `srcset` is left alone: a
/// browser may show another address than the one that would be replaced.
#[must_use]
pub fn find(page: &str, count_max: usize) -> Placeholders {
    let mut found = Placeholders::default();
    for tag in tag::images(page) {
        let Some((range, wanted)) = placeholder(page, &tag) else { continue };
        match found.wanted.iter().position(|known| *known == wanted) {
            Some(position) => found.places.push((range, position)),
            None if found.wanted.len() < count_max => {
                found.places.push((range, found.wanted.len()));
                found.wanted.push(wanted);
            }
            None => found.left_out += 1,
        }
    }
    found
}

/// The page with addresses in place of those placeholders that have one (`addresses`, in the order of `wanted`).
#[must_use]
pub fn replace(page: &str, placeholders: &Placeholders, addresses: &[Option<String>]) -> String {
    crate::export::replace(page, &placeholders.places, addresses)
}

fn placeholder(page: &str, tag: &ImageTag) -> Option<(Range<usize>, Wanted)> {
    let text = |range: &Range<usize>| page.get(range.clone()).unwrap_or_default();
    let range = tag.src.clone().filter(|_| !tag.has_set)?;
    let url = address(text(&range))?;
    let description = crate::export::decoded(text(tag.alt.as_ref()?));
    let description = description.trim();
    // A framework fills the braces in when the page runs.
    if description.is_empty() || ["{{", "${"].iter().any(|filled_in| description.contains(filled_in)) {
        return None;
    }
    let pixels = |range: &Option<Range<usize>>| leading_number(text(range.as_ref()?));
    let size = pixels(&tag.width).zip(pixels(&tag.height)).or_else(|| named_size(&url));
    let wanted = Wanted {
        description: description.chars().take(PICTURE_DESCRIPTION_CHARACTERS_MAX).collect(),
        shape: size.map_or(Shape::Square, |(width, height)| Shape::of(width, height)),
    };
    Some((range, wanted))
}

/// The address of a placeholder's host, if this is one.
fn address(text: &str) -> Option<Url> {
    if text.contains(['{', '}']) {
        return None;
    }
    let text = crate::export::decoded(text.trim());
    let whole = if text.starts_with("//") { Cow::Owned(format!("https:{text}")) } else { text };
    let url = Url::parse(&whole).ok()?;
    let is_placeholder = url.host_str().is_some_and(|host| PLACEHOLDER_HOSTS.contains(&host));
    (is_placeholder && matches!(url.scheme(), "https" | "http")).then_some(url)
}

/// `/600x400/…`, as all of these hosts write a size.
fn named_size(url: &Url) -> Option<(u32, u32)> {
    let (width, height) = url.path_segments()?.next()?.split_once('x')?;
    Some((leading_number(width)?, leading_number(height)?))
}

fn leading_number(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = &text[..text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len())];
    digits.parse().ok().filter(|number| *number > 0)
}

/// Where the API serves an attempt's picture, counted from 1.
#[must_use]
pub fn path(key: &AttemptKey, number: u32) -> String {
    let AttemptKey { variant, attempt } = key;
    format!("{PATH_START}{}/variants/{}/pictures/{attempt}-{number}", variant.generation_id, variant.variant_index)
}

/// How every [`path`] begins.
pub const PATH_START: &str = "/api/generations/";

/// The picture that a path names, if it is one of [`path`]'s.
#[must_use]
pub fn read_path(text: &str) -> Option<(AttemptKey, u32)> {
    let mut parts = text.strip_prefix(PATH_START)?.split('/');
    let generation_id = GenerationId::parse(parts.next()?).ok()?;
    let (variants, index, pictures) = (parts.next()?, parts.next()?, parts.next()?);
    let (attempt, number) = read_name(parts.next()?)?;
    if variants != "variants" || pictures != "pictures" || parts.next().is_some() {
        return None;
    }
    let variant = VariantKey { generation_id, variant_index: index.parse().ok()? };
    Some((AttemptKey { variant, attempt }, number))
}

/// The page as it is shown to who has nothing but a link: with the link's token behind the address of each of its pictures, since
/// a page without an origin of its own cannot say in another way who it is shown to.
#[must_use]
pub fn shown_by(page: &str, token: &ShareToken) -> String {
    let shown = token.generation();
    let own = crate::export::drawn_paths(page).into_iter();
    let own = own.filter(|(_, key, _)| shown.as_ref() == Some(&key.variant.generation_id));
    let (places, addresses): (Vec<_>, Vec<_>) = own
        .enumerate()
        .map(|(place, (range, key, number))| {
            ((range, place), Some(format!("{}?share={}", path(&key, number), token.as_str())))
        })
        .unzip();
    crate::export::replace(page, &places, &addresses)
}

/// The attempt and the number in the last part of a path.
#[must_use]
pub fn read_name(name: &str) -> Option<(u32, u32)> {
    let (attempt, number) = name.split_once('-')?;
    Some((attempt.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests;
