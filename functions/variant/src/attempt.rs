//! One attempt: from the stored request to the page.

use crate::Worker;
use crate::hold::{Held, Standing};
use crate::images::Prepared;
use crate::pump::{Pumped, pump};
use boot::Invocation;
use domain::coalesce::Coalescer;
use domain::error::{ErrorCode, Failure};
use domain::ids::AttemptKey;
use domain::limits::ATTEMPTS_MAX;
use domain::request::GenerationRequest;
use domain::stage::Stage;
use domain::sweep::exhausted;
use domain::variant::{Answer, Completion};
use domain::wire::server::Agent;
use domain::{keys, prompt};
use ports::{ModelError, ModelRequest, StoreError};

/// How an attempt ended.
pub(crate) enum AttemptEnd {
    /// The page is in S3.
    Completed(Completion),
    /// No further attempt can help.
    Failed(Failure),
    /// The model did not answer to the end; another attempt may help.
    Broken(ModelError),
    /// Something else came first.
    Interrupted(Interruption),
}

/// What keeps an attempt from going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// Somebody asked to stop.
    Cancelled,
    /// The invocation's time is nearly up, or the process stops.
    OutOfTime,
    /// The attempt is no longer the worker's.
    Lost,
}

/// A model's whole answer.
pub(crate) struct Raw {
    /// Its text, as it came.
    pub(crate) text: String,
    /// How it ended and what it took.
    pub(crate) answer: Answer,
}

impl Worker {
    pub(crate) async fn attempt(&self, held: &mut Held, invocation: &Invocation) -> Result<AttemptEnd, StoreError> {
        let started_ms = self.clock.now_ms();
        if held.seen.cancel_requested {
            return Ok(AttemptEnd::Interrupted(Interruption::Cancelled));
        }
        if let Some(raw) = self.earlier_answer(held.key()).await? {
            return self.finish_again(held, raw, started_ms, invocation).await;
        }
        if held.seen.claims > ATTEMPTS_MAX {
            return Ok(AttemptEnd::Failed(exhausted(held.seen.claims - 1)));
        }
        let request = match self.request(held).await? {
            Ok(request) => request,
            Err(failure) => return Ok(AttemptEnd::Failed(failure)),
        };
        held.progress(Agent::Planner, 5).await;
        let messages = match self.prepare_images(held, prompt::messages(&request)).await? {
            Prepared::Ready(messages) => messages,
            Prepared::Failed(failure) => return Ok(AttemptEnd::Failed(failure)),
            Prepared::Interrupted(interruption) => return Ok(AttemptEnd::Interrupted(interruption)),
        };
        let asked = ModelRequest { model: held.seen.model.clone(), messages };
        let mut coalescer = Coalescer::new(held.key().attempt, self.push_interval_ms);
        match pump(self, &asked, held, &mut coalescer, invocation).await? {
            Pumped::Finished { raw, page } => self.finish(held, raw, page, started_ms).await,
            Pumped::Broken(error) => Ok(AttemptEnd::Broken(error)),
            Pumped::Interrupted(interruption) => Ok(AttemptEnd::Interrupted(interruption)),
        }
    }

    /// The request as it was stored. One that cannot be read fails this variant and no other.
    async fn request(&self, held: &Held) -> Result<Result<GenerationRequest, Failure>, StoreError> {
        let key = keys::request(&held.key().variant.generation_id);
        let object = self.objects.get(&key).await?;
        Ok(object.and_then(|object| serde_json::from_slice(&object.bytes).ok()).ok_or_else(|| {
            tracing::error!(key, "corrupt_record");
            Failure::new(ErrorCode::CorruptRecord, "The stored request cannot be read, so nothing could be generated.")
        }))
    }

    /// The raw answer of an earlier attempt that died after it was saved: it is paid for, so it is used.
    async fn earlier_answer(&self, key: &AttemptKey) -> Result<Option<Raw>, StoreError> {
        for attempt in (1..key.attempt).rev() {
            let earlier = AttemptKey { variant: key.variant.clone(), attempt };
            let Some(object) = self.objects.get(&keys::raw(&earlier)).await? else { continue };
            // Without its note the answer is whole all the same; only its token counts are lost.
            let answer = object.note.as_deref().and_then(|note| serde_json::from_str(note).ok()).unwrap_or_default();
            if let Ok(text) = String::from_utf8(object.bytes) {
                tracing::info!(
                    stage = %Stage::RawSaved,
                    generation_id = %key.variant.generation_id,
                    variant = key.variant.variant_index,
                    attempt = key.attempt,
                    of_attempt = attempt
                );
                return Ok(Some(Raw { text, answer }));
            }
        }
        Ok(None)
    }

    /// Brings an answer that was already paid for to its end.
    async fn finish_again(
        &self,
        held: &mut Held,
        raw: Raw,
        started_ms: u64,
        invocation: &Invocation,
    ) -> Result<AttemptEnd, StoreError> {
        // Under this attempt too: `completed` promises the objects of the attempt that it names.
        self.save_raw(held.key(), &raw).await?;
        let mut extractor = domain::html::Extractor::default();
        let mut page = extractor.push(&raw.text);
        page.push_str(&extractor.finish());
        let mut coalescer = Coalescer::new(held.key().attempt, self.push_interval_ms);
        coalescer.replace(&page);
        while let Some(chunk) = coalescer.take(self.clock.now_ms()) {
            match held.write(&chunk, invocation).await? {
                Standing::Held => {}
                Standing::Cancelled => return Ok(AttemptEnd::Interrupted(Interruption::Cancelled)),
                Standing::Lost => return Ok(AttemptEnd::Interrupted(Interruption::Lost)),
            }
        }
        self.finish(held, raw, page, started_ms).await
    }
}
