use super::source::{Source, data_url, decode, read};
use super::*;
use crate::error::ErrorCode;
use proptest::prelude::*;

fn whole() -> Vec<(Vec<u8>, Picture)> {
    let picture = |format, width, height| Picture { format, width, height };
    vec![
        (samples::png(640, 480), picture(Format::Png, 640, 480)),
        (samples::jpeg(1024, 768), picture(Format::Jpeg, 1024, 768)),
        (samples::gif(), picture(Format::Gif, 1, 1)),
        (samples::webp(), picture(Format::Webp, 1, 1)),
        (samples::extended_webp(3000, 2000), picture(Format::Webp, 3000, 2000)),
    ]
}

#[test]
fn each_format_is_told_by_its_content() {
    for (file, picture) in whole() {
        assert_eq!(inspect(&file), Ok(picture));
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    for (file, picture) in whole() {
        for end in 0..file.len() {
            let flaw = inspect(&file[..end]).unwrap_err();
            assert!(matches!(flaw, Flaw::Broken | Flaw::NotAnImage), "{picture:?} cut at {end}: {flaw}");
        }
    }
}

#[test]
fn what_follows_an_image_in_its_file_is_none_of_our_business() {
    for (mut file, picture) in whole() {
        file.extend(b"trailing bytes of a camera");
        assert_eq!(inspect(&file), Ok(picture));
    }
}

#[test]
fn a_decompression_bomb_is_refused_by_its_header_and_the_largest_picture_is_not() {
    assert!(inspect(&samples::png(8_000, 5_000)).is_ok());
    for (width, height) in [(8_000, 5_001), (30_001, 1), (1, 30_001), (u32::MAX, u32::MAX), (65_535, 65_535)] {
        assert_eq!(inspect(&samples::png(width, height)), Err(Flaw::TooManyPixels { width, height }));
    }
    assert_eq!(
        inspect(&samples::extended_webp(16_000_000, 2)),
        Err(Flaw::TooManyPixels { width: 16_000_000, height: 2 })
    );
    assert_eq!(inspect(&samples::png(0, 10)), Err(Flaw::Broken), "a picture without a pixel");
}

#[test]
fn a_gif_whose_frame_is_larger_than_its_screen_has_the_frames_size() {
    let mut file = samples::gif();
    let frame = file.iter().rposition(|byte| *byte == 0x2c).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(inspect(&file), Err(Flaw::TooManyPixels { width: 65_535, height: 65_535 }));
}

#[test]
fn other_files_are_no_images_whatever_they_are_called() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    for file in [&b""[..], b"\x89PNG", b"%PDF-1.7", b"RIFF\x04\0\0\0WAVE", svg, b"<!DOCTYPE html>"] {
        assert_eq!(inspect(file), Err(Flaw::NotAnImage));
        for media_type in ["image/png", "image/svg+xml"] {
            let refusal = read(data_url(media_type, file), "prompt.images[2]").unwrap_err();
            assert_eq!((refusal.code, refusal.field.as_deref()), (ErrorCode::InvalidField, Some("prompt.images[2]")));
        }
    }
}

#[test]
fn a_file_is_taken_up_to_20_mb_and_not_one_byte_beyond() {
    let mut file = samples::png(2, 1);
    file.resize(IMAGE_BYTES_MAX, 0);
    assert!(read(data_url("image/png", &file), "f").is_ok());
    file.push(0);
    assert_eq!(inspect(&file), Err(Flaw::TooManyBytes));
    assert_eq!(read(data_url("image/png", &file), "f").unwrap_err().code, ErrorCode::TooLarge);
    assert_eq!(decode(&"A".repeat(IMAGE_BYTES_MAX * 2)), Err(Flaw::TooManyBytes), "not even decoded");
}

#[test]
fn a_data_url_cut_in_half_is_refused() {
    let url = samples::png_url();
    let head = url.find(',').unwrap() + 1;
    for end in head..url.len() {
        let refusal = read(url[..end].to_owned(), "f").unwrap_err();
        assert_eq!(refusal.code, ErrorCode::InvalidField, "cut at {end}");
    }
}

#[test]
fn a_data_url_gets_the_media_type_of_its_content() {
    let url = read(data_url("image/png", &samples::jpeg(2, 1)), "f").unwrap();
    assert!(url.starts_with("data:image/jpeg;base64,/9j/"));
}

#[test]
fn a_client_cannot_name_an_object_of_the_bucket_or_another_host() {
    let id = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";
    for wrong in ["object:generations/x", "upload:../x", "https://host/a.png", "file:///etc/passwd", "data:image/png,x"]
    {
        assert!(read(wrong.to_owned(), "f").is_err(), "{wrong}");
    }
    assert_eq!(read(format!("upload:{id}"), "f").unwrap(), format!("upload:{id}"));
    assert!(matches!(Source::of("object:generations/x"), Some(Source::Object("generations/x"))));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(head in 0..5_usize, tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        let heads: [&[u8]; 5] = [b"", &png::SIGNATURE, b"\xff\xd8\xff", b"GIF89a", b"RIFF\xff\xff\xff\xffWEBP"];
        let _ = inspect(&[heads[head], &tail].concat());
    }

    #[test]
    fn no_damage_to_an_image_makes_it_panic_or_larger_than_the_limits(
        which in 0..5_usize, damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
    ) {
        let (mut file, _) = whole().swap_remove(which);
        for (place, byte) in damage {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if let Ok(picture) = inspect(&file) {
            prop_assert!(u64::from(picture.width) * u64::from(picture.height) <= IMAGE_PIXELS_MAX);
            prop_assert!(picture.width > 0 && picture.height > 0);
        }
    }
}
