//! Small files of each format, for tests.

use super::Format;
use super::source::data_url;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A PNG that says it has this size. Its checksums are zeros: nothing here looks at them.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = super::png::SIGNATURE.to_vec();
    let mut chunk = |name: &[u8; 4], content: &[u8]| {
        file.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        file.extend(name);
        file.extend(content);
        file.extend([0; 4]);
    };
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 0, 0, 0, 0]);
    chunk(b"IHDR", &head);
    chunk(b"IDAT", b"pixels");
    chunk(b"IEND", b"");
    file
}

/// A JPEG with a comment that holds what looks like an end, an escaped `FF` in its scan, and two fill bytes.
pub(crate) fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8, 0xff, 0xfe, 0, 6, 0xff, 0xd9, 0xff, 0xd9];
    file.extend([0xff, 0xff, 0xff, 0xc2, 0, 11, 8]);
    file.extend(height.to_be_bytes());
    file.extend(width.to_be_bytes());
    file.extend([1, 1, 0x11, 0]);
    file.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]);
    file
}

/// A GIF of one pixel, with an extension before its frame.
pub(crate) fn gif() -> Vec<u8> {
    STANDARD.decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7").unwrap()
}

/// A lossy WebP of one pixel.
pub(crate) fn webp() -> Vec<u8> {
    STANDARD.decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA").unwrap()
}

/// An extended WebP whose canvas is said to have this size, with a lossless picture.
pub(crate) fn extended_webp(width: u32, height: u32) -> Vec<u8> {
    let mut content = b"WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    content.extend(&(width - 1).to_le_bytes()[..3]);
    content.extend(&(height - 1).to_le_bytes()[..3]);
    content.extend(b"VP8L\x05\0\0\0\x2f\0\0\0\0");
    let mut file = b"RIFF".to_vec();
    file.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
    file.extend(content);
    file
}

/// A PNG as a client sends it.
pub(crate) fn png_url() -> String {
    data_url(Format::Png.media_type(), &png(2, 1))
}
