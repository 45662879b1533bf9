//! A page as a folder of its own: which pictures it shows, and the page with local files in their place.
//!
//! - `find`: the places where a page names a picture. Pages of React and Vue name them in scripts, so the text is searched
//!   and not a tree of elements; what is no picture after all is seen when it has been fetched, and left as it was.
//! - `kind`: what bytes are, whatever they are called.

mod find;
mod kind;

pub use find::find;
pub(crate) use find::{decoded, drawn_paths};
pub use kind::Kind;

use crate::ids::AttemptKey;
use std::ops::Range;
use url::Url;

/// The page's name in its folder.
pub const PAGE_FILE: &str = "index.html";

/// Where a picture comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// From the page itself.
    Inline(Vec<u8>, String),
    /// Drawn for a page by this system: the attempt, and the picture's number.
    Drawn(AttemptKey, u32),
    /// From the web.
    Remote(Url),
}

/// The pictures of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    /// Each once, in the order in which the page first names them.
    pub sources: Vec<Source>,
    /// Where the page names them, in its order and without overlaps: bytes of the page, and the place in `sources`.
    pub places: Vec<(Range<usize>, usize)>,
}

/// The name of the file of a page's picture, counted from 0.
#[must_use]
pub fn file_name(position: usize, kind: Kind) -> String {
    format!("images/picture-{}.{}", position + 1, kind.extension())
}

/// The page with local names in place of those pictures that have one (`files`, in the order of the sources).
#[must_use]
pub fn rewrite(page: &str, pictures: &Pictures, files: &[Option<String>]) -> String {
    replace(page, &pictures.places, files)
}

/// The page with new names at those places that have one.
pub(crate) fn replace(page: &str, places: &[(Range<usize>, usize)], names: &[Option<String>]) -> String {
    let mut rewritten = String::with_capacity(page.len());
    let mut from = 0;
    for (range, source) in places {
        if let Some(Some(file)) = names.get(*source)
            && let Some(before) = page.get(from..range.start)
        {
            rewritten.push_str(before);
            rewritten.push_str(file);
            from = range.end;
        }
    }
    rewritten.push_str(page.get(from..).unwrap_or_default());
    rewritten
}

#[cfg(test)]
mod tests;
