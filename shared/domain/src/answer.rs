//! A model's answer, which may come in several parts: an answer that ended at the length limit is continued by asking for
//! the rest.

mod seam;
mod unusable;

pub use unusable::unusable;

use crate::html::Extractor;
use crate::limits::PARTS_MAX;
use crate::prompt::{Message, Speaker};
use crate::variant::Answer;
use seam::Seam;

/// The finish reason of a part that broke off before the provider gave one.
pub const INTERRUPTED: &str = "interrupted";
/// The finish reason of a part in which the model began again instead of going on.
pub const REPEATED: &str = "repeated";
/// The finish reason of an answer that is a refusal.
pub const REFUSAL: &str = "refusal";

const GO_ON: &str = "Your answer was cut off at the length limit. Go on exactly where it ends, with the very next \
     character: repeat nothing, leave nothing out, add no Markdown fence and no explanation.";

/// Puts an answer together and finds the page in it, both as it streams.
#[derive(Debug, Default)]
pub struct Assembly {
    text: String,
    extractor: Extractor,
    seam: Seam,
    parts: u32,
}

impl Assembly {
    /// What comes from now on is the next part.
    pub fn begin_part(&mut self) {
        self.seam = if self.parts == 0 { Seam::default() } else { Seam::undecided() };
        self.parts += 1;
    }

    /// Takes the next piece of the part; returns the next piece of the page.
    pub fn push(&mut self, piece: &str) -> String {
        let piece = self.seam.push(&self.text, piece);
        self.text.push_str(&piece);
        self.extractor.push(&piece)
    }

    /// The part has ended; returns the next piece of the page.
    pub fn end_part(&mut self) -> String {
        let piece = self.seam.finish(&self.text);
        self.text.push_str(&piece);
        self.extractor.push(&piece)
    }

    /// The answer, its parts joined.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Parts that were begun.
    #[must_use]
    pub const fn parts(&self) -> u32 {
        self.parts
    }

    /// Whether the part repeats what was already there and then differs: nothing that follows can be used.
    #[must_use]
    pub const fn is_repeating(&self) -> bool {
        self.seam.is_broken()
    }

    /// Whether the page is cut off in the middle by an answer that ended in this way.
    #[must_use]
    pub fn is_cut_off(&self, answer: &Answer) -> bool {
        let broken_off = match answer.finish_reason.as_deref() {
            Some("length" | "content_filter" | INTERRUPTED | REPEATED) => true,
            Some(_) | None => false,
        };
        broken_off && self.extractor.has_begun() && !self.extractor.is_over()
    }

    /// Whether to ask for the rest after an answer that ended in this way.
    #[must_use]
    pub fn wants_rest(&self, answer: &Answer) -> bool {
        let may_go_on = matches!(answer.finish_reason.as_deref(), Some("length" | INTERRUPTED));
        may_go_on && self.is_cut_off(answer) && self.parts < PARTS_MAX
    }

    /// What is still to come of the page if the answer ends here.
    #[must_use]
    pub fn last_piece(&self) -> String {
        self.extractor.last_piece()
    }

    /// The answer.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

/// The two turns that ask for the rest of an answer.
#[must_use]
pub fn rest_turns(so_far: &str) -> [Message; 2] {
    let turn = |speaker, text: &str| Message { speaker, text: text.to_owned(), images: Vec::new() };
    [turn(Speaker::Assistant, so_far), turn(Speaker::User, GO_ON)]
}

/// What two consecutive parts took together: sums where both are known, unknown otherwise.
#[must_use]
pub fn sum(first: Answer, rest: Answer) -> Answer {
    Answer {
        model_answered: rest.model_answered.or(first.model_answered),
        finish_reason: rest.finish_reason,
        usage: first.usage.zip(rest.usage).map(|(first, rest)| first.plus(rest)),
        cost_usd: first.cost_usd.zip(rest.cost_usd).map(|(first, rest)| first + rest),
        first_text_ms: first.first_text_ms,
    }
}

#[cfg(test)]
mod tests;
