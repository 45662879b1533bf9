//! From the model's last word to `completed`: raw answer, page, record - in this order. The raw answer is saved by the pump,
//! the moment the model has finished.

use crate::Worker;
use crate::attempt::{AttemptEnd, Interruption, Raw};
use crate::hold::{Held, Standing};
use domain::error::{ErrorCode, Failure};
use domain::ids::AttemptKey;
use domain::keys;
use domain::limits::ANSWER_BYTES_MAX;
use domain::request::hex_sha256;
use domain::stage::Stage;
use domain::variant::{Completion, FINISH_TOO_LONG};
use domain::wire::server::Agent;
use ports::{Object, StoreError};

impl Worker {
    /// Saves the page of an answer whose raw text is saved and whose chunks are written. The caller records the completion.
    pub(crate) async fn finish(
        &self,
        held: &mut Held,
        raw: Raw,
        page: String,
        started_ms: u64,
    ) -> Result<AttemptEnd, StoreError> {
        let key = held.key().clone();
        if let Some(failure) = unusable(&raw, &page) {
            return Ok(AttemptEnd::Failed(failure));
        }
        // The lease was last proved with the last chunk; a large answer may have taken its time on the way to S3.
        match held.beat().await? {
            Standing::Held => {}
            Standing::Cancelled => return Ok(AttemptEnd::Interrupted(Interruption::Cancelled)),
            Standing::Lost => return Ok(AttemptEnd::Interrupted(Interruption::Lost)),
        }
        held.progress(Agent::Checks, 95).await;
        let completion = Completion {
            page_bytes: page.len() as u64,
            page_sha256: hex_sha256(page.as_bytes()),
            duration_ms: self.clock.now_ms().saturating_sub(started_ms),
            answer: raw.answer,
        };
        self.save_page(&key, page).await?;
        Ok(AttemptEnd::Completed(completion))
    }

    /// Saves a model's whole answer, before anything else is done with it.
    pub(crate) async fn save_raw(&self, key: &AttemptKey, raw: &Raw) -> Result<(), StoreError> {
        let note = serde_json::to_string(&raw.answer).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let object = Object {
            bytes: raw.text.clone().into_bytes(),
            content_type: "text/plain; charset=utf-8".to_owned(),
            // Metadata is ASCII; an answer without its note is used all the same.
            note: note.is_ascii().then_some(note),
        };
        self.objects.put(&keys::raw(key), object).await?;
        tracing::info!(
            stage = %Stage::RawSaved,
            generation_id = %key.variant.generation_id,
            variant = key.variant.variant_index,
            attempt = key.attempt,
            bytes = raw.text.len()
        );
        Ok(())
    }

    async fn save_page(&self, key: &AttemptKey, page: String) -> Result<(), StoreError> {
        let bytes = page.len();
        let object =
            Object { bytes: page.into_bytes(), content_type: "text/html; charset=utf-8".to_owned(), note: None };
        self.objects.put(&keys::page(key), object).await?;
        tracing::info!(
            stage = %Stage::PageSaved,
            generation_id = %key.variant.generation_id,
            variant = key.variant.variant_index,
            attempt = key.attempt,
            bytes
        );
        Ok(())
    }
}

/// Why a whole answer is no page.
fn unusable(raw: &Raw, page: &str) -> Option<Failure> {
    if raw.answer.finish_reason.as_deref() == Some("content_filter") {
        return Some(Failure::new(
            ErrorCode::ContentFilter,
            "The provider's filter stopped the answer. Describe the page in other words.",
        ));
    }
    if raw.answer.finish_reason.as_deref() == Some(FINISH_TOO_LONG) {
        let most = ANSWER_BYTES_MAX / (1024 * 1024);
        return Some(Failure::new(
            ErrorCode::AnswerTooLong,
            format!("The model was stopped after {most} MB, which is more than any page. What it wrote is kept."),
        ));
    }
    page.trim().is_empty().then(|| {
        Failure::new(
            ErrorCode::NoPage,
            "The model answered without a page. Try again, or describe the page in other words.",
        )
    })
}
