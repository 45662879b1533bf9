use super::*;
use proptest::prelude::*;

fn by_character(answer: &str) -> String {
    let mut extractor = Extractor::default();
    let mut page: String = answer.chars().map(|character| extractor.push(&character.to_string())).collect();
    page.push_str(&extractor.finish());
    page
}

fn assert_page(answer: &str, page: &str) {
    assert_eq!(page_of(answer), page, "{answer:?}");
    assert_eq!(by_character(answer), page, "{answer:?} by character");
}

const PAGE: &str = "<!DOCTYPE html>\n<html>\n<body>`x` ```y``` é</body>\n</html>";

#[test]
fn the_page_is_found_in_whatever_models_wrap_it_in() {
    for (answer, page) in [
        (PAGE.to_owned(), PAGE),
        (format!("  \n{PAGE}\n"), PAGE),
        (format!("```html\n{PAGE}\n```\nEnjoy!"), PAGE),
        (format!("```html\n\n  {PAGE}\n\n```"), PAGE),
        (format!("Here it is:\n\n```html\n{PAGE}\n```"), PAGE),
        (format!("Sure, here is `index.html`: {PAGE} Bye."), PAGE),
        (format!("It begins with `<!DOCTYPE html>`, as ```this``` shows:\n{PAGE}"), PAGE),
        (format!("Install it:\n```bash\nnpm i <x>\n```\n```html\n{PAGE}\n```"), PAGE),
        (format!("```html\n```\n{PAGE}"), PAGE),
        (format!("```{PAGE}\n```"), PAGE),
        (format!("<file path=\"index.html\">\n{PAGE}\n</file>"), PAGE),
        (format!("<file path=\"index.html\">\n```html\n{PAGE}\n```\n</file>"), PAGE),
        (format!("```xml\n<file path=\"index.html\">\n{PAGE}\n</file>\n```"), PAGE),
        ("<file name='a'><div>1</div>\n</file> bye".to_owned(), "<div>1</div>"),
        ("<file name='a'><fieldset>1</fi>\n</FILE x=\"1\"> bye".to_owned(), "<fieldset>1</fi>"),
        ("<HTML><p>1</HTML > and so on".to_owned(), "<HTML><p>1</HTML >"),
        ("<div>only a part</div>\n".to_owned(), "<div>only a part</div>"),
        ("I made this: <p>part</p> ".to_owned(), "<p>part</p>"),
        ("```\n<p>cut off".to_owned(), "<p>cut off"),
        ("```css\nbody{}\n```\n<p>1</p>".to_owned(), "<p>1</p>"),
        (
            "import React from 'react';\nexport default () => <p/>\n".to_owned(),
            "import React from 'react';\nexport default () => <p/>",
        ),
        ("Here:\n```jsx\nconst A = () => <p>`1`</p>;\n```\nbye".to_owned(), "const A = () => <p>`1`</p>;"),
        ("<file path='A.jsx'>const A = 1 </ 2;</file>".to_owned(), "const A = 1 </ 2;"),
        ("1 < 2, and I cannot help with that.".to_owned(), ""),
        ("   \n".to_owned(), ""),
        ("im".to_owned(), ""),
        ("```css\u{a0}<p>1".to_owned(), "<p>1"),
        (String::new(), ""),
    ] {
        assert_page(&answer, page);
    }
}

#[test]
fn an_end_inside_a_script_a_style_a_comment_or_an_attribute_ends_nothing() {
    for inside in [
        "<script>document.write('</body></html>'); a = `\n```\n`; b = '</file>'</script>",
        "<script>if (a </html> b) '</scripts>'</script >",
        "<style>p::after { content: '</html>' }</style>",
        "<!-- </html>\n``` -- > - -->",
        "<!--></html><!---->".strip_suffix("</html><!---->").unwrap(),
        "<p title=\"</html>\" alt='</file>' data-x = \"a>b\">1</p>",
        "<p title=it's>'</p><p don't>'</p>",
        "<textarea></html></textarea><title></file></title>",
        "<!doctype html></htmlx></html-a>1 < 2 <<p></>",
    ] {
        let page = format!("<!DOCTYPE html><html><body>{inside}</body>\n</html>");
        assert_page(&format!("{page} bye </html>"), &page);
        assert_page(&format!("```html\n{page}\n```\nbye"), &page);
        assert_page(&format!("<file path='a'>\n{page}\n</file>\nbye"), &page);
    }
}

#[test]
fn a_page_streams_before_it_has_ended() {
    let mut extractor = Extractor::default();
    assert_eq!(extractor.push("```html\n<!DOCTYPE html>\n<bo"), "<!DOCTYPE html>\n<bo");
    assert_eq!(extractor.push("dy>\n"), "dy>");
    assert!(extractor.has_begun() && !extractor.is_over());
    assert_eq!(extractor.push("``"), "");
    assert_eq!(extractor.push("`"), "");
    assert!(extractor.is_over());
    assert_eq!(extractor.finish(), "");
}

/// What is quadratic does not end within anybody's patience.
#[test]
fn the_worst_answers_are_read_character_by_character_in_linear_time() {
    for unit in
        [" ", "<", "`", "\n", "```", "<file ", "<!doctyp", "``` \n", "\n``", "a<", "<file>", "</fil", "<!--", "' \n"]
    {
        for opening in ["", "x", "```html\n<p>", "<file><p ", "```bash\n", "<html><script>"] {
            let answer = format!("{opening}{}", unit.repeat(200_000 / unit.len()));
            let whole = page_of(&answer);
            assert_eq!(by_character(&answer), whole, "{unit:?} after {opening:?}");
        }
    }
}

fn places(answer: &str, cuts: &[usize]) -> Vec<usize> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| answer.floor_char_boundary(*cut)).collect();
    places.sort_unstable();
    places
}

proptest! {
    #[test]
    fn how_an_answer_is_cut_changes_nothing(
        parts in proptest::collection::vec(prop_oneof![
            Just("```"), Just("`"), Just("html"), Just("\n"), Just("<!DOCTYPE html>"), Just("<html>"), Just("</html>"),
            Just("<file path='a'>"), Just("</file>"), Just("<p>"), Just("é🧁"), Just("prose "), Just(" "), Just("<"),
            Just("<script>"), Just("</script>"), Just("<!--"), Just("-->"), Just("<p a='"), Just("'"), Just("bash"),
            Just("import "), Just("</"), Just("<style>"), Just(">"), Just("\""), Just("="),
        ], 0..32),
        cuts in proptest::collection::vec(0usize..200, 0..12),
    ) {
        let answer = parts.concat();
        let page = page_of(&answer);
        prop_assert_eq!(&by_character(&answer), &page);
        let mut extractor = Extractor::default();
        let (mut cut_page, mut from) = (String::new(), 0);
        for place in places(&answer, &cuts).into_iter().chain([answer.len()]) {
            cut_page.push_str(&extractor.push(&answer[from..place]));
            from = place;
        }
        cut_page.push_str(&extractor.finish());
        prop_assert_eq!(cut_page, page);
    }

    #[test]
    fn any_text_at_all_is_taken_and_what_is_passed_on_is_a_part_of_it(answer in "(\\PC|[<>`/!'\"= \n-]){0,200}") {
        let page = page_of(&answer);
        prop_assert!(answer.contains(&page));
        prop_assert_eq!(by_character(&answer), page);
    }
}
