use super::*;
use proptest::prelude::*;

const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn remote(page: &str) -> Vec<String> {
    let base = Url::parse("https://example.com/app/").unwrap();
    find(page, Some(&base), 50)
        .sources
        .into_iter()
        .filter_map(|source| match source {
            Source::Remote(url) => Some(url.to_string()),
            Source::Inline(..) | Source::Drawn(..) => None,
        })
        .collect()
}

#[test]
fn pictures_are_found_wherever_pages_name_them() {
    for (page, url) in [
        ("<img src=\"https://placehold.co/600x400\">", "https://placehold.co/600x400"),
        ("<img alt='' src='https://host/photo?id=1&amp;w=2'>", "https://host/photo?id=1&w=2"),
        ("<IMG SRC=x src=\"a/b.png\">", "https://example.com/app/a/b.png"),
        ("<img src=\"//cdn.example.org/b\">", "https://cdn.example.org/b"),
        ("<video poster=\"/p.jpg\" src=\"/film.mp4\">", "https://example.com/p.jpg"),
        ("<svg><image href=\"/i.png\"/></svg>", "https://example.com/i.png"),
        ("<style>a{background:url(https://host/bg)}</style>", "https://host/bg"),
        ("<style>a{background:url('https://host/bg')}</style>", "https://host/bg"),
        ("<div style=\"background: url(&quot;https://host/bg&quot;)\">", "https://host/bg"),
        ("<script>const pictures = [`https://placehold.co/9`];</script>", "https://placehold.co/9"),
        ("<script>x = {src: 'https://host/a.webp'}</script>", "https://host/a.webp"),
    ] {
        assert_eq!(remote(page), [url], "{page}");
    }
    let set = "<img srcset=\"https://host/a.png 1x, https://host/b.png 2x\">";
    assert_eq!(remote(set), ["https://host/a.png", "https://host/b.png"]);
}

#[test]
fn a_picture_that_was_drawn_is_known_by_its_path_whatever_the_pages_address_is() {
    let path = "/api/generations/0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10/variants/3/pictures/2-7";
    let page = format!("<img src=\"{path}\"><img src='{path}'> {path}/more");
    for base in [None, Url::parse("https://example.com/").ok()] {
        let pictures = find(&page, base.as_ref(), 50);
        assert!(matches!(pictures.sources.as_slice(), [Source::Drawn(key, 7)] if key.attempt == 2), "{pictures:?}");
        let named = rewrite(&page, &pictures, &[Some("a.png".to_owned())]);
        assert_eq!(named, format!("<img src=\"a.png\"><img src='a.png'> {path}/more"));
    }
}

#[test]
fn scripts_styles_fonts_and_links_are_no_pictures() {
    for page in [
        "<script src=\"https://cdn.tailwindcss.com/3.4.17\"></script>",
        "<link rel=stylesheet href=\"https://fonts.googleapis.com/css2?family=Inter\">",
        "<style>@font-face{src:url(https://host/f.woff2)}</style>",
        "<a href=\"https://example.org/\">there</a> http://example.org <p>a: b</p>",
        "<img><p>https://example.org/</p>",
        "<img src=\"#\"><img src=\"\"><img src=\"javascript:void(0)\">",
    ] {
        assert_eq!(remote(page), Vec::<String>::new(), "{page}");
    }
}

#[test]
fn a_picture_in_the_page_becomes_bytes() {
    let pictures = find(&format!("<img src=\"{PNG}\">"), None, 50);
    let Source::Inline(bytes, content_type) = &pictures.sources[0] else { panic!("{pictures:?}") };
    assert_eq!((content_type.as_str(), Kind::of(bytes, content_type)), ("image/png", Some(Kind::Png)));
    for page in [
        "<img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\">",
        "<img src='data:image/svg+xml;utf8,<svg xmlns=\"http://www.w3.org/2000/svg\"/>'>",
        "<style>a{background:url(data:image/svg+xml,%3Csvg/%3E)}</style>",
    ] {
        let pictures = find(page, None, 50);
        let Source::Inline(bytes, content_type) = &pictures.sources[0] else { panic!("{pictures:?}") };
        assert_eq!(Kind::of(bytes, content_type), Some(Kind::Svg), "{page}");
        assert_eq!(pictures.places.len(), 1, "the name of a namespace is no picture: {page}");
    }
}

#[test]
fn a_rewritten_page_names_files_where_there_are_some_and_is_otherwise_as_it_was() {
    let page = format!(
        "<img src=\"https://host/a.png\"><img src='https://host/b.png'><img src=\"{PNG}\"> https://host/a.png é"
    );
    let pictures = find(&page, None, 50);
    assert_eq!(pictures.sources.len(), 3, "one named twice is one");
    let files = [Some(file_name(0, Kind::Png)), None, Some(file_name(2, Kind::Png))];
    assert_eq!(
        rewrite(&page, &pictures, &files),
        "<img src=\"images/picture-1.png\"><img src='https://host/b.png'><img src=\"images/picture-3.png\"> \
         images/picture-1.png é"
    );
    assert_eq!(rewrite(&page, &pictures, &[]), page);
}

#[test]
fn no_more_pictures_are_taken_than_the_limit() {
    let page: String = (0..9).map(|n| ["<img src='https://host/", &n.to_string(), ".png'>"].concat()).collect();
    let pictures = find(&page, None, 4);
    assert_eq!((pictures.sources.len(), pictures.places.len()), (4, 4));
}

#[test]
fn what_is_no_picture_has_no_kind() {
    assert_eq!(Kind::of(b"<!DOCTYPE html><svg></svg>", "text/html"), None);
    assert_eq!(Kind::of(b"not found", "image/png"), None);
    assert_eq!(Kind::of(b"", "image/svg+xml"), None);
    assert_eq!(Kind::of(b"RIFF\0\0\0\0WEBPVP8 ", ""), Some(Kind::Webp));
    assert_eq!(Kind::of(b"\0\0\0\x1cftypavif", "application/octet-stream"), Some(Kind::Avif));
}

/// The limits of every search keep the work linear: without them this takes minutes.
#[test]
fn a_page_made_to_be_slow_to_search_is_not() {
    for part in ["<img ", "http://", "data:image/a,", "url(https://", "<img src=\"", ":", "\"data:image/x,"] {
        let page = part.repeat((1 << 20) / part.len());
        assert!(find(&page, Some(&Url::parse("https://example.com/").unwrap()), 9).sources.len() <= 9, "{part}");
    }
}

proptest! {
    #[test]
    fn any_text_is_searched_without_a_panic_and_places_do_not_overlap(
        parts in proptest::collection::vec(prop_oneof![
            Just("<img"), Just(" src="), Just("\""), Just("'"), Just("`"), Just("https://placehold.co/1"), Just("http:"),
            Just("data:image/png;base64,AAAA"), Just("data:image/svg+xml,"), Just("data:image/"), Just("url("), Just(")"),
            Just("é🧁"), Just(" "), Just(">"), Just("//a/b.png"), Just("&quot;"), Just("://"), Just(","), Just("."),
        ], 0..30),
    ) {
        let page = parts.concat();
        let base = Url::parse("https://example.com/").unwrap();
        let pictures = find(&page, Some(&base), 50);
        let mut end = 0;
        for (range, source) in &pictures.places {
            prop_assert!(end <= range.start && range.start < range.end && *source < pictures.sources.len());
            end = range.end;
        }
        prop_assert_eq!(rewrite(&page, &pictures, &vec![None; pictures.sources.len()]), page);
    }
}
