//! Why an answer that has ended is no page, in words that a person can act on.

use super::REFUSAL;
use crate::error::{ErrorCode, Failure};
use crate::limits::ANSWER_BYTES_MAX;
use crate::variant::{Answer, FINISH_TOO_LONG};

/// How models begin when they refuse.
const REFUSALS: [&str; 12] = [
    "i'm sorry",
    "i am sorry",
    "sorry, ",
    "i can't",
    "i cannot",
    "i can not",
    "i'm unable",
    "i am unable",
    "i'm not able",
    "i am not able",
    "i won't",
    "i will not",
];
/// Characters of the model's own words that a reason quotes.
const QUOTED_CHARACTERS_MAX: usize = 300;

/// Why there is no page in an answer; `None` if there is one.
#[must_use]
pub fn unusable(text: &str, page: &str, answer: &Answer, parts: u32) -> Option<Failure> {
    // A filter that stops the rest of a page leaves the page so far, which is shown as cut off.
    if answer.finish_reason.as_deref() == Some("content_filter") && parts <= 1 {
        return Some(Failure::new(
            ErrorCode::ContentFilter,
            "The provider's filter stopped the answer. Describe the page in other words.",
        ));
    }
    if answer.finish_reason.as_deref() == Some(FINISH_TOO_LONG) {
        let most = ANSWER_BYTES_MAX / (1024 * 1024);
        return Some(Failure::new(
            ErrorCode::AnswerTooLong,
            format!("The model was stopped after {most} MB, which is more than any page. What it wrote is kept."),
        ));
    }
    if has_element(page) {
        return None;
    }
    let said: String =
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(QUOTED_CHARACTERS_MAX).collect();
    let start = said.to_lowercase().replace('\u{2019}', "'");
    let refused = REFUSALS.iter().any(|refusal| start.starts_with(refusal));
    Some(if answer.finish_reason.as_deref() == Some(REFUSAL) || refused {
        Failure::new(
            ErrorCode::Refused,
            format!("The model refused: \u{201c}{said}\u{201d} Describe the page in other words."),
        )
    } else if said.is_empty() {
        Failure::new(
            ErrorCode::NoPage,
            "The model answered with nothing. Try again, or describe the page in other words.",
        )
    } else {
        Failure::new(
            ErrorCode::NoPage,
            format!(
                "The model answered without a page: \u{201c}{said}\u{201d} Try again, or describe the page in other words."
            ),
        )
    })
}

fn has_element(page: &str) -> bool {
    page.match_indices('<').any(|(at, _)| page[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, page: &str, finish_reason: &str, parts: u32) -> Option<ErrorCode> {
        let answer = Answer { finish_reason: Some(finish_reason.to_owned()), ..Answer::default() };
        unusable(text, page, &answer, parts).map(|failure| failure.code)
    }

    #[test]
    fn an_answer_without_a_page_says_why() {
        for (text, page, finish_reason, parts, expected) in [
            ("", "", "stop", 1, Some(ErrorCode::NoPage)),
            ("I am afraid not.", "", "stop", 1, Some(ErrorCode::NoPage)),
            ("const x = 1", "const x = 1", "stop", 1, Some(ErrorCode::NoPage)),
            ("I\u{2019}m sorry, but I can't help with that.", "", "stop", 1, Some(ErrorCode::Refused)),
            ("No.", "", "refusal", 1, Some(ErrorCode::Refused)),
            ("<p>1</p>", "<p>1</p>", "content_filter", 1, Some(ErrorCode::ContentFilter)),
            ("<p>1</p>", "<p>1</p>", "content_filter", 2, None),
            ("I'm sorry: <p>1</p>", "<p>1</p>", "stop", 1, None),
        ] {
            assert_eq!(code(text, page, finish_reason, parts), expected, "{text:?}");
        }
    }

    #[test]
    fn the_models_own_words_are_quoted_up_to_a_limit() {
        let words = "no \n".repeat(10_000);
        let failure = unusable(&words, "", &Answer::default(), 1).unwrap();
        assert!(failure.message.contains("no no no") && failure.message.len() < 500);
    }
}
