//! When the next chunk is due. Each chunk costs a write and a push, so deltas are gathered: the first goes at once,
//! later ones no more often than the interval and never before the one before is written and pushed. Under load
//! chunks therefore grow instead of queueing. The interval grows with the time that the attempt has taken, and with the time
//! that the last chunk took.

use crate::chunk::{Change, Chunk, split_at_message};
use crate::limits::{
    PUSH_INTERVAL_EFFORT, PUSH_INTERVAL_GROWTH, PUSH_INTERVAL_MS_MAX, PUSH_QUIET_MS, READ_REST_MS_MAX,
    READ_REST_MS_MIN, READ_REST_PART,
};

/// Gathers one attempt's text into numbered chunks. The caller tells the time, in milliseconds of any one clock.
#[derive(Debug)]
pub struct Coalescer {
    /// The least interval.
    interval_ms: u64,
    /// The interval behind the last chunk.
    grown_ms: u64,
    next_seq: u32,
    pending: String,
    /// The next chunk replaces the text instead of appending to it, even if it is empty.
    replace: bool,
    due_ms: u64,
    /// When the first chunk was taken.
    first_ms: Option<u64>,
    /// When the last chunk was taken, until it is written.
    taken_ms: Option<u64>,
}

impl Coalescer {
    /// A coalescer for a new attempt. The first attempt appends from the start; a later one first clears what an
    /// earlier one has shown.
    #[must_use]
    pub const fn new(attempt: u32, interval_ms: u64) -> Self {
        Self {
            interval_ms,
            grown_ms: interval_ms,
            next_seq: 0,
            pending: String::new(),
            replace: attempt > 1,
            due_ms: 0,
            first_ms: None,
            taken_ms: None,
        }
    }

    /// A coalescer for an attempt of which so many chunks are recorded.
    #[must_use]
    pub fn after(next_seq: u32, interval_ms: u64) -> Self {
        Self { next_seq, ..Self::new(1, interval_ms) }
    }

    /// Adds text to what is waiting.
    pub fn append(&mut self, text: &str) {
        self.pending.push_str(text);
    }

    /// Drops what is waiting: the text from here on is `text`.
    pub fn replace(&mut self, text: &str) {
        self.replace = true;
        self.pending.clear();
        self.pending.push_str(text);
    }

    /// Whether anything waits to be written.
    #[must_use]
    pub const fn has_pending(&self) -> bool {
        self.replace || !self.pending.is_empty()
    }

    /// When the next chunk may be taken, if anything waits.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        self.has_pending().then_some(self.due_ms)
    }

    /// How long the provider's next words may be left where they are while text waits for its chunk, in milliseconds.
    #[must_use]
    pub fn rest_ms(&self) -> Option<u64> {
        self.has_pending().then(|| (self.grown_ms / READ_REST_PART).clamp(READ_REST_MS_MIN, READ_REST_MS_MAX))
    }

    fn grow(&mut self, now_ms: u64) {
        let first_ms = *self.first_ms.get_or_insert(now_ms);
        let grown_ms = now_ms.saturating_sub(first_ms) / PUSH_INTERVAL_GROWTH;
        self.grown_ms = self.interval_ms.max(grown_ms.min(PUSH_INTERVAL_MS_MAX));
    }

    /// Takes the next chunk, as large as one message allows. Nothing if nothing waits.
    pub fn take(&mut self, now_ms: u64) -> Option<Chunk> {
        if !self.has_pending() {
            return None;
        }
        let (piece, rest) = split_at_message(&self.pending);
        let (text, rest) = (piece.to_owned(), rest.to_owned());
        let change = if self.replace { Change::Replace } else { Change::Append };
        // A remainder that did not fit is due at once: its text is older than the interval asks for.
        self.grow(now_ms);
        self.due_ms = if rest.is_empty() { now_ms + self.grown_ms } else { now_ms };
        self.taken_ms = rest.is_empty().then_some(now_ms);
        self.pending = rest;
        self.replace = false;
        let chunk = Chunk { seq: self.next_seq, change, text };
        self.next_seq += 1;
        Some(chunk)
    }

    /// The last chunk is written and pushed: the next is due no earlier than its effort asks for.
    pub fn written(&mut self, now_ms: u64) {
        if let Some(taken_ms) = self.taken_ms.take() {
            let effort_ms = now_ms.saturating_sub(taken_ms + PUSH_QUIET_MS) * PUSH_INTERVAL_EFFORT;
            self.grown_ms = self.grown_ms.max(effort_ms.min(PUSH_INTERVAL_MS_MAX));
            self.due_ms = taken_ms + self.grown_ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::assemble;
    use proptest::prelude::*;

    #[test]
    fn the_first_chunk_is_due_at_once_and_the_next_after_the_interval() {
        let mut coalescer = Coalescer::new(1, 250);
        assert_eq!(coalescer.due_ms(), None);
        coalescer.append("<");
        assert_eq!(coalescer.due_ms(), Some(0));
        assert!(coalescer.take(1_000).is_some());
        coalescer.append("p");
        assert_eq!(coalescer.due_ms(), Some(1_250));
    }

    #[test]
    fn the_interval_grows_with_the_attempt_up_to_its_maximum() {
        let mut coalescer = Coalescer::new(1, 250);
        for (now_ms, next_ms) in [(1_000, 1_250), (1_750, 2_125), (2_500, 3_250), (3_400, 4_600), (90_000, 91_400)] {
            coalescer.append("p");
            assert!(coalescer.take(now_ms).is_some());
            coalescer.append("p");
            assert_eq!(coalescer.due_ms(), Some(next_ms));
        }
    }

    #[test]
    fn what_takes_long_to_write_is_written_more_rarely_up_to_the_maximum() {
        let mut coalescer = Coalescer::new(1, 250);
        // A chunk that was quick again brings the interval of its time back.
        for (now_ms, took_ms, next_ms) in
            [(1_000, 30, 1_250), (1_500, 70, 2_140), (2_200, 1_000, 3_600), (3_300, 1, 4_450)]
        {
            coalescer.append("p");
            assert!(coalescer.take(now_ms).is_some());
            coalescer.written(now_ms + took_ms);
            coalescer.append("p");
            assert_eq!(coalescer.due_ms(), Some(next_ms));
        }
    }

    #[test]
    fn what_is_left_of_a_text_over_one_message_waits_for_no_effort() {
        let mut coalescer = Coalescer::new(1, 250);
        coalescer.append(&"x".repeat(70_000));
        assert!(coalescer.take(1_000).is_some());
        coalescer.written(1_100);
        assert_eq!(coalescer.due_ms(), Some(1_000));
    }

    #[test]
    fn the_provider_rests_while_text_waits_and_longer_as_the_interval_grows() {
        let mut coalescer = Coalescer::new(1, 250);
        assert_eq!(coalescer.rest_ms(), None, "the first words are waited for");
        for (now_ms, rest_ms) in [(1_000, 120), (2_500, 120), (3_240, 160), (90_000, 200)] {
            coalescer.append("p");
            assert!(coalescer.take(now_ms).is_some());
            assert_eq!(coalescer.rest_ms(), None, "what comes next starts a chunk");
            coalescer.append("p");
            assert_eq!(coalescer.rest_ms(), Some(rest_ms));
        }
    }

    #[test]
    fn a_longer_interval_than_the_maximum_is_kept() {
        let mut coalescer = Coalescer::new(1, 10_000);
        coalescer.append("p");
        assert!(coalescer.take(500_000).is_some());
        coalescer.append("p");
        assert_eq!(coalescer.due_ms(), Some(510_000));
    }

    #[test]
    fn a_later_attempt_begins_with_an_empty_replacement_if_nothing_is_there_yet() {
        let chunk = Coalescer::new(2, 250).take(0).unwrap();
        assert_eq!(chunk, Chunk { seq: 0, change: Change::Replace, text: String::new() });
    }

    #[test]
    fn a_text_over_one_message_goes_as_a_replacement_and_appends() {
        let text = "x".repeat(70_000);
        let mut coalescer = Coalescer::new(1, 250);
        coalescer.replace(&text);
        let chunks: Vec<Chunk> = std::iter::from_fn(|| coalescer.take(0)).collect();
        let changes: Vec<Change> = chunks.iter().map(|chunk| chunk.change).collect();
        assert_eq!(changes, [Change::Replace, Change::Append, Change::Append]);
        assert_eq!(assemble(&chunks), text);
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out_in_order_and_densely_numbered(
            steps in proptest::collection::vec(("\\PC{0,40}", any::<bool>(), any::<bool>()), 0..60), attempt in 1u32..3,
        ) {
            let mut coalescer = Coalescer::new(attempt, 250);
            let (mut text, mut chunks) = (String::new(), Vec::new());
            for (piece, replaces, takes) in &steps {
                if *replaces {
                    text = piece.clone();
                    coalescer.replace(piece);
                } else {
                    text.push_str(piece);
                    coalescer.append(piece);
                }
                if *takes {
                    chunks.extend(coalescer.take(0));
                }
            }
            chunks.extend(std::iter::from_fn(|| coalescer.take(0)));
            prop_assert_eq!(assemble(&chunks), text);
            prop_assert!(chunks.iter().enumerate().all(|(position, chunk)| chunk.seq as usize == position));
        }
    }
}
