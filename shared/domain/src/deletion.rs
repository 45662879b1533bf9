//! What is left to do about a generation that was deleted, or that was kept for as long as it is to be kept.
//!
//! Its record and those of its variants go first, in one step: nobody reads it any more, and no worker can write for it, since
//! each of a worker's writes is conditional on its variant's record. What is left is what that step could not hold: chunks, and
//! objects, of which a worker that was in the middle of a put may leave one more. So they are looked for again until no worker
//! can live that was there before.

use crate::ids::{AttemptKey, ConnectionId, GenerationId, VariantKey};
use crate::limits::{DELETION_OFTEN_MS, DELETION_PASS_MS, DELETION_WATCH_MS};
use serde::{Deserialize, Serialize};

/// The note that a deletion leaves until it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    /// What was deleted.
    pub generation_id: GenerationId,
    /// When, in milliseconds since 1970.
    pub deleted_at_ms: u64,
    /// When it is looked at again.
    pub due_ms: u64,
    /// Each variant, and how many attempts may have left chunks. Empty once they are gone: none can come after that.
    pub attempts: Vec<(u8, u32)>,
    /// Keys of the uploads that it was made from. Empty once its use of them is given up.
    pub uploads: Vec<String>,
    /// Who followed it and has yet to be told.
    pub listeners: Vec<ConnectionId>,
    /// The socket of an unmodified screenshot-to-code frontend, which expects to be closed at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<ConnectionId>,
}

impl Deletion {
    /// Every attempt that may have left chunks.
    #[must_use]
    pub fn attempt_keys(&self) -> Vec<AttemptKey> {
        let key = |variant_index| VariantKey { generation_id: self.generation_id.clone(), variant_index };
        self.attempts
            .iter()
            .flat_map(|(index, last)| (1..=*last).map(move |attempt| (*index, attempt)))
            .map(|(index, attempt)| AttemptKey { variant: key(index), attempt })
            .collect()
    }

    /// What is left after a look that found everything gone; `None` once no worker can live that was there before.
    #[must_use]
    pub fn after_pass(&self, now_ms: u64) -> Option<Self> {
        let age_ms = now_ms.saturating_sub(self.deleted_at_ms);
        // A worker that lives hears of it within seconds, and what it had on its way follows at once: that is when a late object
        // comes. One that is frozen may come much later, and rarely.
        let pause_ms = match age_ms {
            // Whoever has yet to be told waits for it.
            _ if !self.listeners.is_empty() || self.closes.is_some() => 0,
            0..DELETION_OFTEN_MS => DELETION_PASS_MS,
            DELETION_OFTEN_MS.. => age_ms,
        };
        let due_ms = now_ms.saturating_add(pause_ms).min(self.deleted_at_ms + DELETION_WATCH_MS);
        (age_ms < DELETION_WATCH_MS).then(|| Self { due_ms, attempts: Vec::new(), uploads: Vec::new(), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::INVOCATION_MS_MAX;

    fn deletion() -> Deletion {
        Deletion {
            generation_id: GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap(),
            deleted_at_ms: 1_000,
            due_ms: 1_000,
            attempts: vec![(0, 2), (1, 0), (2, 1)],
            uploads: vec!["uploads/u/1".to_owned()],
            listeners: Vec::new(),
            closes: None,
        }
    }

    #[test]
    fn every_attempt_is_named_once() {
        let keys: Vec<(u8, u32)> =
            deletion().attempt_keys().iter().map(|key| (key.variant.variant_index, key.attempt)).collect();
        assert_eq!(keys, [(0, 1), (0, 2), (2, 1)]);
    }

    #[test]
    fn it_is_looked_at_within_a_minute_while_a_worker_may_write_and_until_none_can_live() {
        let mut now_ms = 1_000;
        let mut left = deletion().after_pass(now_ms);
        let mut passes = 1;
        let mut last_ms = now_ms;
        while let Some(deletion) = left {
            assert!(deletion.attempts.is_empty() && deletion.uploads.is_empty());
            if now_ms < 1_000 + DELETION_OFTEN_MS {
                assert!(deletion.due_ms <= now_ms + 60_000);
            }
            assert!(deletion.due_ms > now_ms, "it never turns in place");
            now_ms = deletion.due_ms;
            last_ms = now_ms;
            passes += 1;
            left = deletion.after_pass(now_ms);
        }
        assert!(last_ms >= 1_000 + INVOCATION_MS_MAX, "the last look comes after every worker's end: {last_ms}");
        assert!(passes < 25, "{passes} looks are few enough to cost nothing");
    }
}
