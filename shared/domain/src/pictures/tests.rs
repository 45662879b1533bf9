use super::*;
use proptest::prelude::*;

fn wanted(page: &str) -> Vec<(String, Shape)> {
    find(page, 8).wanted.into_iter().map(|wanted| (wanted.description, wanted.shape)).collect()
}

#[test]
fn placeholders_that_say_what_they_stand_for_are_found_wherever_pages_write_them() {
    for (page, description, shape) in [
        ("<img src=\"https://placehold.co/600x400\" alt=\"a loaf\">", "a loaf", Shape::Landscape),
        ("<IMG ALT='a \"loaf\"' SRC='http://via.placeholder.com/300x600.png'/>", "a \"loaf\"", Shape::Portrait),
        ("<img alt=loaf src=//dummyimage.com/64>", "loaf", Shape::Square),
        ("<img src=\"https://placehold.co/9\" width=\"640px\" height=480 alt=\"x\">", "x", Shape::Landscape),
        (
            "<img src=\"https://placehold.co/600x400?a=1&amp;b=2\" alt=\"salt &amp; rye\">",
            "salt & rye",
            Shape::Landscape,
        ),
        ("<img\nalt = \"x\"\nsrc = \"https://placehold.it/500x450/EEE\" >", "x", Shape::Square),
        (
            "<script type=text/babel>a = <img onClick={() => {a > b}} src=\"https://placehold.co/2x2\" alt=\"x\" /></script>",
            "x",
            Shape::Square,
        ),
    ] {
        assert_eq!(wanted(page), [(description.to_owned(), shape)], "{page}");
    }
}

#[test]
fn what_is_no_placeholder_or_does_not_say_what_it_shows_is_left_alone() {
    for page in [
        "<img src=\"https://placehold.co/600x400\">",
        "<img src=\"https://placehold.co/600x400\" alt=\" \">",
        "<img src=\"https://placehold.co/600x400\" alt>",
        "<img src=\"https://placehold.co/600x400\" alt=\"{{ name }}\">",
        "<img src=\"https://placehold.co/${size}\" alt=\"a loaf\">",
        "<img src={\"https://placehold.co/1\"} alt=\"a loaf\">",
        "<img src=\"https://placehold.co/1\" srcset=\"https://placehold.co/2 2x\" alt=\"a loaf\">",
        "<img src=\"https://example.com/placehold.co\" alt=\"a loaf\">",
        "<img src=\"https://placehold.co.example.com/1\" alt=\"a loaf\">",
        "<img src=\"https://picsum.photos/600/400\" alt=\"a loaf\">",
        "<!-- <img src=\"https://placehold.co/1\" alt=\"a loaf\"> -->",
        "<imgs src=\"https://placehold.co/1\" alt=\"a loaf\">",
        "<img src=\"https://placehold.co/1\" alt=\"a loaf",
        "<script>a = \"<img src=\\\"https://placehold.co/1\\\" alt=\\\"a loaf\\\">\"</script>",
    ] {
        assert_eq!(find(page, 8), Placeholders::default(), "{page}");
    }
}

#[test]
fn equal_pictures_are_wanted_once_and_those_beyond_the_limit_are_counted() {
    let image = |alt: &str| format!("<img src=\"https://placehold.co/1\" alt=\"{alt}\">");
    let page = ["a", "b", "a", "c", "b", "d"].map(image).concat();
    let found = find(&page, 2);
    assert_eq!((found.wanted.len(), found.places.len(), found.left_out), (2, 4, 2));
    let replaced = replace(&page, &found, &[Some("/1".to_owned()), None]);
    assert_eq!(replaced, page.replace("https://placehold.co/1\" alt=\"a\"", "/1\" alt=\"a\""));
}

#[test]
fn a_pictures_path_reads_back_and_nothing_else_does() {
    let generation_id = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
    let key = AttemptKey { variant: VariantKey { generation_id, variant_index: 3 }, attempt: 2 };
    let path = path(&key, 7);
    assert_eq!(path, "/api/generations/0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10/variants/3/pictures/2-7");
    assert_eq!(read_path(&path), Some((key, 7)));
    for other in [&path[1..], &format!("{path}/"), &path.replace("2-7", "2"), &path.replace("/3/", "/../"), "/a.png"] {
        assert_eq!(read_path(other), None, "{other}");
    }
}

/// Without its bounds this takes minutes.
#[test]
fn a_page_made_to_be_slow_to_search_is_not() {
    for part in ["<img ", "<img a=\"", "<img a={", "<img =", "<!--", "<", "<img src=\"https://placehold.co/1\" alt="] {
        let page = part.repeat((4 << 20) / part.len());
        assert_eq!(find(&page, 8).places, [], "{part}");
    }
}

proptest! {
    #[test]
    fn only_the_addresses_of_placeholders_change_in_any_text(
        parts in proptest::collection::vec(prop_oneof![
            Just("<img"), Just(" src="), Just(" alt="), Just("\""), Just("'"), Just("https://placehold.co/1"), Just("a loaf"),
            Just(" "), Just(">"), Just("/"), Just("="), Just("{"), Just("}"), Just("<!--"), Just("-->"), Just("é🧁"),
            Just("<img src=\"https://placehold.co/3x2\" alt=\"é\">"), Just(" srcset=x"), Just("&amp;"), Just("<p>"),
        ], 0..40),
    ) {
        let page = parts.concat();
        let found = find(&page, 8);
        let (mut end, mut rebuilt) = (0, String::new());
        for (range, wanted) in &found.places {
            prop_assert!(end <= range.start && *wanted < found.wanted.len());
            prop_assert!(page[range.clone()].contains("placehold.co"));
            rebuilt.push_str(&page[end..range.start]);
            rebuilt.push_str("/new");
            end = range.end;
        }
        rebuilt.push_str(&page[end..]);
        let addresses = vec![Some("/new".to_owned()); found.wanted.len()];
        prop_assert_eq!(replace(&page, &found, &addresses), rebuilt);
        prop_assert_eq!(replace(&page, &found, &vec![None; found.wanted.len()]), page);
    }
}

#[test]
fn a_page_that_is_shown_by_a_link_has_its_token_behind_its_own_pictures_and_no_others() {
    let key = |id: &str| AttemptKey {
        variant: VariantKey { generation_id: GenerationId::parse(id).unwrap(), variant_index: 1 },
        attempt: 2,
    };
    let own = key("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10");
    let others = key("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a11");
    let token = ShareToken::new(&own.variant.generation_id, &"0a".repeat(32));
    let page = |suffix: &str| {
        let (own, others) = (path(&own, 3), path(&others, 3));
        format!("<img src=\"{own}{suffix}\"><img src='{own}{suffix}'>{others} url({own}{suffix})")
    };
    assert_eq!(shown_by(&page(""), &token), page(&format!("?share={}", token.as_str())));
    assert_eq!(shown_by("<p>none", &token), "<p>none");
}
