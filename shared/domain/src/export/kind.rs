/// A kind of picture that a page can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
    /// AVIF.
    Avif,
    /// An icon of Windows.
    Icon,
    /// SVG.
    Svg,
}

impl Kind {
    /// What some bytes are: by their first bytes, and SVG, which has none of its own, by the type that came with them.
    #[must_use]
    pub fn of(bytes: &[u8], content_type: &str) -> Option<Self> {
        let inner = |from: usize| bytes.get(from..from + 4).unwrap_or_default();
        let after = bytes.get(8..12).unwrap_or_default();
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            Some(Self::Gif)
        } else if inner(0) == b"RIFF" && after == b"WEBP" {
            Some(Self::Webp)
        } else if inner(4) == b"ftyp" && (after == b"avif" || after == b"avis") {
            Some(Self::Avif)
        } else if bytes.starts_with(&[0, 0, 1, 0]) {
            Some(Self::Icon)
        } else if content_type.trim_start().to_ascii_lowercase().starts_with("image/svg+xml")
            && bytes.windows(4).any(|window| window == b"<svg")
        {
            Some(Self::Svg)
        } else {
            None
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Icon => "ico",
            Self::Svg => "svg",
        }
    }

    /// The type to say of it.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Icon => "image/x-icon",
            Self::Svg => "image/svg+xml",
        }
    }
}
