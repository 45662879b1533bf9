//! Image files for tests.

use domain::image::source::data_url;
use image::codecs::png::PngEncoder;
use image::{Rgb, RgbImage};
use std::io::Cursor;

/// A real PNG of this size. With `noise` it compresses to about 3 bytes a pixel, without to nearly nothing.
#[must_use]
pub fn png(width: u32, height: u32, noise: bool) -> Vec<u8> {
    let mut state = 1_u32;
    let picture = RgbImage::from_fn(width, height, |_, _| {
        if noise {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        }
        let [_, red, green, blue] = state.to_le_bytes();
        Rgb([red, green, blue])
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_with_encoder(PngEncoder::new(&mut file)).unwrap();
    file.into_inner()
}

/// A PNG of a few bytes that says it is as large as this; its checksums are not to be looked at.
#[must_use]
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut file = png(1, 1, false);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    file
}

/// A file as a data URL.
#[must_use]
pub fn png_url(file: &[u8]) -> String {
    data_url("image/png", file)
}
