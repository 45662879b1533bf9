//! Images that people send: told by their content, never by their name, and read no further than their structure.
//!
//! - [`inspect`]: what a file is, how large its picture is, and whether it is whole. Each format has a walker of its own
//!   ([`png`], [`jpeg`], [`gif`], [`webp`]) that steps from part to part; nothing is decompressed, so a bomb stays shut.
//! - [`source`]: how a message names an image: inline as a data URL, or uploaded before.
//! - [`view`]: how much of an image a model sees.

mod bytes;
mod gif;
mod jpeg;
mod png;
#[cfg(test)]
pub(crate) mod samples;
pub mod source;
pub mod view;
mod webp;

use crate::error::Refusal;
use crate::limits::{IMAGE_BYTES_MAX, IMAGE_PIXELS_MAX, IMAGE_SIDE_PIXELS_MAX};

/// The formats that every provider takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG, baseline or progressive.
    Jpeg,
    /// GIF; models see the first frame at most.
    Gif,
    /// WebP, lossy or lossless.
    Webp,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::Webp];

    /// The media type, as data URLs and headers name it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&png::SIGNATURE) {
            Some(Self::Png)
        } else if bytes.starts_with(&jpeg::SIGNATURE) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            Some(Self::Gif)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }
}

/// What a file says about its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The format, by content.
    pub format: Format,
    /// Pixels across, at least 1.
    pub width: u32,
    /// Pixels down, at least 1.
    pub height: u32,
}

/// Why a file is not taken as an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// More bytes than [`IMAGE_BYTES_MAX`].
    #[error("The image is over {} MB. Send a smaller one.", IMAGE_BYTES_MAX / (1024 * 1024))]
    TooManyBytes,
    /// None of the four formats; an SVG, which may carry scripts, is none of them.
    #[error("This is not a png, jpeg, gif or webp image. (SVG is not taken: send a screenshot of it.)")]
    NotAnImage,
    /// It ends before its format says so.
    #[error("The image is cut off or damaged. Send the whole file.")]
    Broken,
    /// More pixels than [`IMAGE_PIXELS_MAX`], or a side over [`IMAGE_SIDE_PIXELS_MAX`].
    #[error(
        "The image is {width} x {height} pixels; at most {} million are taken, and {IMAGE_SIDE_PIXELS_MAX} on a side.",
        IMAGE_PIXELS_MAX / 1_000_000
    )]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
}

impl Flaw {
    /// The refusal of a request for an image in this field.
    #[must_use]
    pub fn refusal(self, field: impl Into<String>) -> Refusal {
        match self {
            Self::TooManyBytes | Self::TooManyPixels { .. } => Refusal::too_large(field, self.to_string()),
            Self::NotAnImage | Self::Broken => Refusal::field(field, self.to_string()),
        }
    }
}

/// Tells what a file is. Never panics, whatever the bytes; takes time in proportion to their number and no memory.
///
/// # Errors
/// [`Flaw`] for what no model should be paid to look at.
pub fn inspect(bytes: &[u8]) -> Result<Picture, Flaw> {
    if bytes.len() > IMAGE_BYTES_MAX {
        return Err(Flaw::TooManyBytes);
    }
    let format = Format::of(bytes).ok_or(Flaw::NotAnImage)?;
    let size = match format {
        Format::Png => png::size(bytes),
        Format::Jpeg => jpeg::size(bytes),
        Format::Gif => gif::size(bytes),
        Format::Webp => webp::size(bytes),
    };
    let (width, height) = size.filter(|(width, height)| *width > 0 && *height > 0).ok_or(Flaw::Broken)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > IMAGE_PIXELS_MAX || width.max(height) > IMAGE_SIDE_PIXELS_MAX {
        return Err(Flaw::TooManyPixels { width, height });
    }
    Ok(Picture { format, width, height })
}

#[cfg(test)]
mod tests;
