//! The raw answer in S3, part by part, each put the moment it has come; and what an earlier attempt left there.

use crate::Worker;
use domain::answer::{Assembly, sum};
use domain::ids::AttemptKey;
use domain::keys;
use domain::limits::PARTS_MAX;
use domain::stage::Stage;
use domain::variant::Answer;
use ports::{Object, StoreError};

/// A model's answer, as far as it has come.
#[derive(Default)]
pub(crate) struct Raw {
    /// Its parts, joined.
    pub(crate) assembly: Assembly,
    /// How it ended and what it took, all parts together.
    pub(crate) answer: Answer,
    /// What is known of its page, as far as that is certain.
    pub(crate) page_so_far: String,
}

/// One part as it came.
pub(crate) struct Part {
    text: String,
    answer: Answer,
}

impl Raw {
    /// The answer of the parts.
    pub(crate) fn of(parts: Vec<Part>) -> Self {
        let mut raw = Self::default();
        for Part { text, answer } in parts {
            raw.assembly.begin_part();
            let piece = raw.assembly.push(&text);
            raw.page_so_far.push_str(&piece);
            let piece = raw.assembly.end_part();
            raw.page_so_far.push_str(&piece);
            raw.add(answer);
        }
        raw
    }

    /// Adds what the part that has just ended took.
    pub(crate) fn add(&mut self, answer: Answer) {
        let before = std::mem::take(&mut self.answer);
        self.answer = if self.assembly.parts() > 1 { sum(before, answer) } else { answer };
    }
}

impl Worker {
    /// Saves a part of an answer, before anything else is done with it.
    pub(crate) async fn save_part(
        &self,
        key: &AttemptKey,
        number: u32,
        text: String,
        answer: &Answer,
    ) -> Result<(), StoreError> {
        let note = serde_json::to_string(answer).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let bytes = text.len();
        let object = Object {
            bytes: text.into_bytes(),
            content_type: "text/plain; charset=utf-8".to_owned(),
            // Metadata is ASCII; an answer without its note is used all the same.
            note: note.is_ascii().then_some(note),
        };
        self.objects.put(&keys::part(key, number), object).await?;
        tracing::info!(
            stage = %Stage::RawSaved,
            generation_id = %key.variant.generation_id,
            variant = key.variant.variant_index,
            attempt = key.attempt,
            part = number,
            finish_reason = answer.finish_reason,
            bytes
        );
        Ok(())
    }

    /// The raw answer that the last earlier attempt left which saved any: it is paid for, so it is used.
    pub(crate) async fn earlier_parts(&self, key: &AttemptKey) -> Result<Vec<Part>, StoreError> {
        for attempt in (1..key.attempt).rev() {
            let earlier = AttemptKey { variant: key.variant.clone(), attempt };
            let parts = self.parts_of(&earlier).await?;
            if !parts.is_empty() {
                return Ok(parts);
            }
        }
        Ok(Vec::new())
    }

    async fn parts_of(&self, key: &AttemptKey) -> Result<Vec<Part>, StoreError> {
        let mut parts = Vec::new();
        for number in 1..=PARTS_MAX {
            let Some(object) = self.objects.get(&keys::part(key, number)).await? else { break };
            // Without its note a part is whole all the same; only its token counts are lost.
            let answer = object.note.as_deref().and_then(|note| serde_json::from_str(note).ok()).unwrap_or_default();
            let Ok(text) = String::from_utf8(object.bytes) else { break };
            parts.push(Part { text, answer });
        }
        Ok(parts)
    }

    /// Saves the parts under this attempt too: `completed` promises the objects of the attempt that it names. The first part
    /// comes last, since it is what a successor looks for.
    pub(crate) async fn save_again(&self, key: &AttemptKey, parts: &[Part]) -> Result<(), StoreError> {
        for (before, part) in (0..PARTS_MAX).zip(parts).rev() {
            self.save_part(key, before + 1, part.text.clone(), &part.answer).await?;
        }
        Ok(())
    }
}
