use super::*;
use crate::html::page_of;
use crate::limits::SEAM_OVERLAP_BYTES_MIN;
use crate::usage::Usage;
use proptest::prelude::*;

fn ended(finish_reason: &str) -> Answer {
    Answer { finish_reason: Some(finish_reason.to_owned()), ..Answer::default() }
}

/// The text and the page of some parts, each cut into pieces of `size` bytes or a little more.
fn assembled(parts: &[&str], size: usize) -> (Assembly, String) {
    let mut assembly = Assembly::default();
    let mut page = String::new();
    for part in parts {
        assembly.begin_part();
        let mut rest = *part;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.ceil_char_boundary(size));
            page.push_str(&assembly.push(piece));
            rest = after;
        }
        page.push_str(&assembly.end_part());
    }
    (assembly, page)
}

fn text_of(parts: &[&str]) -> String {
    let (assembly, _) = assembled(parts, usize::MAX);
    for size in [1, 7, 1_000] {
        assert_eq!(assembled(parts, size).0.text(), assembly.text(), "in pieces of {size}");
    }
    assembly.text().to_owned()
}

fn page() -> String {
    let rows = (0..400).map(|row| format!("<li>row {row} é</li>\n")).collect::<Vec<_>>().concat();
    format!("<!DOCTYPE html>\n<html><body><ul>\n{rows}</ul></body></html>")
}

fn end_of(text: &str, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len() - bytes)..]
}

#[test]
fn what_follows_is_joined_without_a_seam_however_the_model_goes_on() {
    let page = page();
    let (start, rest) = page.split_at(page.find("row 200").unwrap() + 2);
    for more in [
        rest.to_owned(),
        format!("```html\n{rest}\n```"),
        format!("Certainly! Here is the rest:\n\n```html\n{rest}\n```"),
        format!("{}{rest}", end_of(start, 40)),
        format!("\n{}{rest}", end_of(start, 1_900)),
        format!("{}{rest}", end_of(start, 3_001)),
        page.clone(),
        format!("```\n{page}"),
    ] {
        let (_, joined) = assembled(&[start, &more], 9);
        assert!(joined.trim_end() == page, "{more:.60}");
        text_of(&[start, &more]);
    }
}

#[test]
fn a_few_equal_letters_are_no_repetition() {
    assert_eq!(text_of(&["<p>aaa", "aaa</p>"]), "<p>aaaaaa</p>");
    assert_eq!(text_of(&["<tr><td>1</td></tr>", "</td></tr>"]), "<tr><td>1</td></tr></td></tr>");
}

#[test]
fn a_model_that_begins_again_with_another_page_is_found_out() {
    let page = page();
    let start = &page[..4_000];
    let other = page.replace("row 3", "ROW 3");
    let (assembly, shown) = assembled(&[start, &other], 16);
    assert!(assembly.is_repeating());
    assert_eq!(assembly.text(), start, "nothing of the other page is mixed in");
    assert_eq!(shown, page_of(start));
    assert!(assembly.is_cut_off(&ended(REPEATED)) && !assembly.wants_rest(&ended(REPEATED)));
}

#[test]
fn a_page_that_repeats_itself_is_not_shortened() {
    let rows = "<tr><td>the same in every row</td></tr>\n".repeat(200);
    let icons = (0..150).map(|number| format!("<b>{number}</b>")).collect::<Vec<_>>().concat()
        + "<svg><path d='M0 0L9 9'/></svg>";
    for (before, after) in [(rows.as_str(), rows.as_str()), (&format!("{icons}1"), &format!("{icons}2{icons}"))] {
        let before = format!("<html><body>{before}");
        assert_eq!(text_of(&[&before, after]), format!("{before}{after}"));
    }
}

#[test]
fn a_document_that_was_cut_right_after_its_doctype_goes_on() {
    assert_eq!(text_of(&["<!DOCTYPE html>\n", "<html><p>1</html>"]), "<!DOCTYPE html>\n<html><p>1</html>");
}

#[test]
fn only_a_page_that_is_not_over_is_asked_to_go_on() {
    for (text, wanted) in [
        ("<html><p>1", true),
        ("```html\n<div>", true),
        ("<html></html> And I also", false),
        ("```html\n<p>1</p>\n``` And", false),
        ("I am still thinking about", false),
        ("", false),
    ] {
        let (assembly, _) = assembled(&[text], 100);
        assert_eq!(assembly.wants_rest(&ended("length")), wanted, "{text:?}");
        assert!(!assembly.wants_rest(&ended("stop")));
    }
}

#[test]
fn the_rest_is_asked_for_a_bounded_number_of_times() {
    let parts: Vec<String> = (0..PARTS_MAX).map(|part| format!("<p>part {part}</p>")).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    assert!(assembled(&parts[1..], 5).0.wants_rest(&ended("length")));
    let (last, _) = assembled(&parts, 5);
    assert!(!last.wants_rest(&ended("length")) && last.is_cut_off(&ended("length")));
}

#[test]
fn tokens_and_dollars_are_summed_and_what_is_unknown_stays_unknown() {
    let usage = |input_tokens, output_tokens| Some(Usage { input_tokens, output_tokens, cached_tokens: Some(1) });
    let first = Answer { usage: usage(10, 20), cost_usd: Some(0.5), first_text_ms: Some(7), ..ended("length") };
    let rest = Answer { usage: usage(30, 5), cost_usd: Some(0.25), first_text_ms: Some(9), ..ended("stop") };
    let both = sum(first.clone(), rest.clone());
    let total = Usage { input_tokens: 40, output_tokens: 25, cached_tokens: Some(2) };
    assert_eq!((both.usage, both.cost_usd, both.first_text_ms), (Some(total), Some(0.75), Some(7)));
    assert_eq!(both.finish_reason.as_deref(), Some("stop"));
    let unknown = sum(first, Answer { usage: None, cost_usd: None, ..rest });
    assert_eq!((unknown.usage, unknown.cost_usd), (None, None));
}

proptest! {
    #[test]
    fn how_the_parts_are_cut_changes_nothing_and_the_page_is_that_of_the_text(
        at in 0usize..6_000, back in 0usize..3_000, size in 1usize..64,
    ) {
        let page = page();
        let at = page.floor_char_boundary(at);
        let from = page.floor_char_boundary(at.saturating_sub(back));
        let (assembly, shown) = assembled(&[&page[..at], &page[from..]], size);
        let (whole, _) = assembled(&[&page[..at], &page[from..]], usize::MAX);
        prop_assert!(assembly.text() == whole.text());
        let last = assembly.last_piece();
        let text = assembly.into_text();
        prop_assert!(shown + &last == page_of(&text));
        // Overlaps below the least that counts cannot be told from chance.
        if back == 0 || at - from >= SEAM_OVERLAP_BYTES_MIN {
            prop_assert!(text == page);
        }
    }

    #[test]
    fn any_parts_at_all_are_taken(parts in proptest::collection::vec("(\\PC|[<>`/!'\"= \n-]){0,80}", 0..4)) {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        text_of(&parts);
    }
}
