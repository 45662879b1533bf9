//! Decoding and scaling one picture, within bounds of memory.

use domain::image::Format;
use domain::limits::IMAGE_DECODER_BYTES_MAX;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageError, ImageResult, Limits, imageops};
use std::io::Cursor;

/// The picture in this size, as a PNG: without a second loss on top of the first. Its colour profile stays, and a camera's
/// note on which side is up is carried out, since a PNG's is not read everywhere.
///
/// # Errors
/// What the decoder or the encoder says; a GIF is refused, of which a model may see more than the first frame.
pub(crate) fn fit(bytes: &[u8], format: Format, (width, height): (u32, u32)) -> ImageResult<Vec<u8>> {
    let file = Cursor::new(bytes);
    match format {
        Format::Png => scale(PngDecoder::new(file)?, width, height),
        Format::Jpeg => scale(JpegDecoder::new(file)?, width, height),
        Format::Webp => scale(WebPDecoder::new(file)?, width, height),
        Format::Gif => Err(ImageError::Unsupported(image::error::ImageFormatHint::Name("gif".to_owned()).into())),
    }
}

fn scale(mut decoder: impl ImageDecoder, width: u32, height: u32) -> ImageResult<Vec<u8>> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(IMAGE_DECODER_BYTES_MAX);
    // The picture itself counts as well; a decoder counts only its own tables.
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    let orientation = decoder.orientation()?;
    let profile = decoder.icc_profile()?;
    let mut picture = DynamicImage::from_decoder(decoder)?.resize_exact(width, height, imageops::FilterType::Lanczos3);
    picture.apply_orientation(orientation);

    let mut file = Vec::new();
    let mut encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::Adaptive);
    if let Some(profile) = profile {
        // A profile that PNG cannot carry is left out.
        let _ = encoder.set_icc_profile(profile);
    }
    picture.write_with_encoder(encoder)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::image::inspect;
    use image::codecs::jpeg::JpegEncoder;
    use image::codecs::webp::WebPEncoder;
    use image::{ImageBuffer, Rgb, RgbImage};

    /// Left half black, right half white.
    fn halves(width: u32, height: u32) -> RgbImage {
        ImageBuffer::from_fn(width, height, |x, _| if x < width / 2 { Rgb([0, 0, 0]) } else { Rgb([255, 255, 255]) })
    }

    fn encoded(format: Format, picture: &RgbImage) -> Vec<u8> {
        let mut file = Vec::new();
        match format {
            Format::Png => picture.write_with_encoder(PngEncoder::new(&mut file)).unwrap(),
            Format::Jpeg => picture.write_with_encoder(JpegEncoder::new(&mut file)).unwrap(),
            Format::Webp => picture.write_with_encoder(WebPEncoder::new_lossless(&mut file)).unwrap(),
            Format::Gif => panic!("not written here"),
        }
        file
    }

    #[test]
    fn a_scaled_picture_shows_the_same_in_the_size_that_was_asked_for() {
        for format in [Format::Png, Format::Jpeg, Format::Webp] {
            let file = encoded(format, &halves(400, 300));
            assert_eq!(inspect(&file).map(|picture| (picture.format, picture.width)), Ok((format, 400)));
            let small = fit(&file, format, (40, 30)).unwrap();
            let picture = inspect(&small).unwrap();
            assert_eq!((picture.format, picture.width, picture.height), (Format::Png, 40, 30));
            let decoded = image::load_from_memory(&small).unwrap().to_rgb8();
            assert!(decoded.get_pixel(5, 15).0[0] < 40 && decoded.get_pixel(35, 15).0[0] > 215, "{format:?}");
        }
    }

    #[test]
    fn a_camera_that_was_held_sideways_is_turned() {
        // An Exif segment whose one entry says: turn by 90 degrees clockwise.
        let exif: &[u8] = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let file = encoded(Format::Jpeg, &halves(40, 20));
        let turned = [&file[..2], exif, &file[2..]].concat();
        let picture = inspect(&fit(&turned, Format::Jpeg, (20, 10)).unwrap()).unwrap();
        assert_eq!((picture.width, picture.height), (10, 20));
    }

    #[test]
    fn damage_behind_a_sound_header_is_an_error_and_nothing_worse() {
        let mut file = encoded(Format::Png, &halves(400, 300));
        let middle = file.len() / 2;
        file[middle..middle + 8].fill(0xff);
        assert!(fit(&file, Format::Png, (40, 30)).is_err());
        assert!(fit(b"GIF89a", Format::Gif, (1, 1)).is_err());
    }

    #[test]
    fn a_decoder_that_wants_more_memory_than_the_limit_is_stopped() {
        // A header that promises 65,535 x 65,535 pixels, past the check that would have refused it.
        let mut file = encoded(Format::Png, &halves(4, 4));
        file[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        let sum = crc(&file[12..29]);
        file[29..33].copy_from_slice(&sum.to_be_bytes());
        assert!(matches!(fit(&file, Format::Png, (4, 4)), Err(ImageError::Limits(_))));
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |sum: u32, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
        })
    }
}
