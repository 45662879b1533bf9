//! How a message names an image, and how an accepted request does.
//!
//! A client sends a data URL (`data:image/png;base64,...`) or a reference to an upload (`upload:ID`). An accepted request
//! holds the data URL, with the media type that the content has, or the key of the uploaded object (`object:KEY`), so that
//! a worker needs to know neither whose it was nor how it came. Both are texts: the history of a generation is sent back
//! by clients that never look inside.

use super::{Flaw, Picture, inspect};
use crate::error::Refusal;
use crate::ids::{UploadId, UserId};
use crate::keys;
use crate::limits::{IMAGE_BYTES_MAX, REQUEST_IMAGES_MAX};
use crate::request::{GenerationRequest, Turn};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;

const OBJECT: &str = "object:";
const BASE64: &str = ";base64";

/// Where an image's bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// In the text itself, as base64.
    Inline(&'a str),
    /// In the bucket, under this key.
    Object(&'a str),
    /// Uploaded by the sender; not looked up yet.
    Upload(UploadId),
}

impl<'a> Source<'a> {
    /// Reads a text of a request.
    #[must_use]
    pub fn of(text: &'a str) -> Option<Self> {
        if let Some(key) = text.strip_prefix(OBJECT) {
            return Some(Self::Object(key));
        }
        if let Some(id) = UploadId::from_reference(text) {
            return Some(Self::Upload(id));
        }
        let (kind, data) = text.strip_prefix("data:")?.split_once(',')?;
        kind.ends_with(BASE64).then_some(Self::Inline(data))
    }
}

/// The data URL of an image.
#[must_use]
pub fn data_url(media_type: &str, bytes: &[u8]) -> String {
    let mut url = format!("data:{media_type}{BASE64},");
    STANDARD.encode_string(bytes, &mut url);
    url
}

/// The bytes of an inline image.
///
/// # Errors
/// [`Flaw`] if they are too many, or the base64 is cut off or damaged.
pub fn decode(data: &str) -> Result<Vec<u8>, Flaw> {
    // Four characters stand for three bytes: more are not worth decoding.
    if data.len() / 4 * 3 > IMAGE_BYTES_MAX + 2 {
        return Err(Flaw::TooManyBytes);
    }
    STANDARD.decode(data).map_err(|_| Flaw::Broken)
}

/// Reads an image as a client names it: a data URL is opened and checked, an upload is only named.
///
/// # Errors
/// A [`Refusal`] of this field.
pub(crate) fn read(text: String, field: &str) -> Result<String, Refusal> {
    match Source::of(&text) {
        Some(Source::Inline(data)) => {
            let picture = decode(data).and_then(|bytes| inspect(&bytes)).map_err(|flaw| flaw.refusal(field))?;
            Ok(named_by_content(&text, data, picture))
        }
        Some(Source::Upload(_)) => Ok(text),
        Some(Source::Object(_)) | None => Err(Refusal::field(
            field,
            "An image is a data URL in base64 (png, jpeg, gif or webp), or upload:ID of an upload made before.",
        )),
    }
}

/// A provider believes the URL's media type, so it has to be the content's.
fn named_by_content(url: &str, data: &str, picture: Picture) -> String {
    let head = format!("data:{}{BASE64},", picture.format.media_type());
    if url.starts_with(&head) { url.to_owned() } else { head + data }
}

impl GenerationRequest {
    /// Every image of the request, with the path of its field.
    pub fn images(&self) -> impl Iterator<Item = (String, &String)> {
        let past = self.history.iter().enumerate().map(|(turn, past)| (format!("history[{turn}].images"), &past.turn));
        std::iter::once(("prompt.images".to_owned(), &self.prompt)).chain(past).flat_map(|(path, turn): (_, &Turn)| {
            turn.images.iter().enumerate().map(move |(place, image)| (format!("{path}[{place}]"), image))
        })
    }

    /// Names uploads by their objects, once they have been looked up.
    #[must_use]
    pub fn with_objects(mut self, user: &UserId) -> Self {
        let turns = std::iter::once(&mut self.prompt).chain(self.history.iter_mut().map(|past| &mut past.turn));
        for image in turns.flat_map(|turn| &mut turn.images) {
            if let Some(id) = UploadId::from_reference(image) {
                *image = format!("{OBJECT}{}", keys::upload(user, &id));
            }
        }
        self
    }

    /// The keys of the uploaded objects that the request names, each once.
    #[must_use]
    pub fn object_keys(&self) -> BTreeSet<String> {
        let keys = self.images().filter_map(|(_, image)| match Source::of(image) {
            Some(Source::Object(key)) => Some(key.to_owned()),
            Some(Source::Inline(_) | Source::Upload(_)) | None => None,
        });
        keys.collect()
    }

    /// Holds all turns together to the number of images.
    pub(crate) fn check_images(&self) -> Result<(), Refusal> {
        let count = self.images().count();
        if count > REQUEST_IMAGES_MAX {
            return Err(Refusal::too_large(
                "history",
                format!(
                    "The request has {count} images; at most {REQUEST_IMAGES_MAX} are taken in all turns together."
                ),
            ));
        }
        Ok(())
    }
}
