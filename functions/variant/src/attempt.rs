//! One attempt: from the stored request to the page.

use crate::Worker;
use crate::finish::Finish;
use crate::hold::Held;
use crate::images::Prepared;
use crate::parts::Raw;
use crate::pump::{Pumped, pump};
use boot::Invocation;
use domain::coalesce::Coalescer;
use domain::error::{ErrorCode, Failure};
use domain::html::page_of;
use domain::limits::ATTEMPTS_MAX;
use domain::progress::Agent;
use domain::request::GenerationRequest;
use domain::retry::{AfterFailure, after_failure};
use domain::stack::Stack;
use domain::stage::Stage;
use domain::sweep::exhausted;
use domain::variant::Completion;
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

impl Worker {
    pub(crate) async fn attempt(&self, held: &mut Held, invocation: &Invocation) -> Result<AttemptEnd, StoreError> {
        if held.seen.cancel_requested {
            return Ok(AttemptEnd::Interrupted(Interruption::Cancelled));
        }
        let mut coalescer = Coalescer::new(held.key().attempt, self.push_interval_ms);
        let parts = self.earlier_parts(held.key()).await?;
        self.save_again(held.key(), &parts).await?;
        let mut raw = Raw::of(parts);
        let request = self.request(held).await?;
        let may_ask = held.seen.claims <= ATTEMPTS_MAX;
        if raw.assembly.parts() > 0 {
            tracing::info!(
                stage = %Stage::RawSaved, generation_id = %held.key().variant.generation_id,
                variant = held.key().variant.variant_index, attempt = held.key().attempt, again = raw.assembly.parts()
            );
            let finish = match &request {
                Ok(request) => Finish::of(request, invocation),
                Err(_) => Finish { stack: Stack::HtmlTailwind, wants_pictures: false, invocation },
            };
            if !may_ask || request.is_err() || !raw.assembly.wants_rest(&raw.answer) {
                return self.finish_again(held, coalescer, raw, finish).await;
            }
            coalescer.replace(&std::mem::take(&mut raw.page_so_far));
        } else if !may_ask {
            return Ok(AttemptEnd::Failed(exhausted(held.seen.claims - 1)));
        }
        let request = match request {
            Ok(request) => request,
            Err(failure) => return Ok(AttemptEnd::Failed(failure)),
        };
        held.step(Agent::Planner).await;
        self.ask(held, coalescer, request, raw, invocation).await
    }

    /// Asks the model, and its successor if the provider does not know it.
    async fn ask(
        &self,
        held: &mut Held,
        mut coalescer: Coalescer,
        request: GenerationRequest,
        mut raw: Raw,
        invocation: &Invocation,
    ) -> Result<AttemptEnd, StoreError> {
        let finish = Finish::of(&request, invocation);
        let messages = prompt::messages(&request);
        drop(request);
        let mut turned = self.turn_if_shut_down(held).await?;
        let mut messages = match self.prepare_images(held, messages).await? {
            Prepared::Ready(messages) => messages,
            Prepared::Failed(failure) => return Ok(AttemptEnd::Failed(failure)),
            Prepared::Interrupted(interruption) => return Ok(AttemptEnd::Interrupted(interruption)),
        };
        loop {
            if let Some(interruption) = turned {
                return Ok(AttemptEnd::Interrupted(interruption));
            }
            let model = held.seen.model_used().to_owned();
            let asked = ModelRequest { shape: self.catalogue.shape(&model), model, messages };
            match pump(self, asked, held, &mut coalescer, raw, invocation).await? {
                Pumped::Finished(raw) => return self.finish(held, coalescer, raw, finish).await,
                Pumped::Refused { error, request } => match self.after_not_found(held, &error) {
                    Some(substitute) => {
                        turned = self.turn_to(held, substitute).await?;
                        (messages, raw) = (request.messages, Raw::default());
                    }
                    None => return Ok(AttemptEnd::Broken(error)),
                },
                Pumped::Broken { error, raw: Some(raw) } if is_last(held.seen.claims, &error) => {
                    // What is there of the page was paid for; it is shown, and marked as cut off.
                    return self.finish(held, coalescer, raw, finish).await;
                }
                Pumped::Broken { error, raw } => {
                    held.account.answer = raw.map(|raw| raw.answer).unwrap_or_default();
                    return Ok(AttemptEnd::Broken(error));
                }
                Pumped::Interrupted(interruption) => return Ok(AttemptEnd::Interrupted(interruption)),
            }
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

    /// Brings an answer that was already paid for to its end.
    async fn finish_again(
        &self,
        held: &mut Held,
        mut coalescer: Coalescer,
        raw: Raw,
        finish: Finish<'_>,
    ) -> Result<AttemptEnd, StoreError> {
        coalescer.replace(&page_of(raw.assembly.text()));
        match self.write_all(held, &mut coalescer, finish.invocation).await? {
            Some(interruption) => Ok(AttemptEnd::Interrupted(interruption)),
            None => self.finish(held, coalescer, raw, finish).await,
        }
    }
}

/// Whether no attempt follows one that broke off like this.
fn is_last(claims: u32, error: &ModelError) -> bool {
    match after_failure(claims, error.failure.clone(), None, 0.0) {
        AfterFailure::GiveUp(_) => true,
        AfterFailure::TryAgain { .. } => false,
    }
}
