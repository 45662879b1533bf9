//! From the model's last word to `completed`: raw answer, page, record - in this order. The raw answer is saved by the pump,
//! the moment the model has finished.

use crate::Worker;
use crate::attempt::{AttemptEnd, Interruption};
use crate::hold::{Held, Standing};
use crate::parts::Raw;
use boot::Invocation;
use domain::answer::unusable;
use domain::checks::check;
use domain::coalesce::Coalescer;
use domain::html::{page_of, page_of_component};
use domain::ids::AttemptKey;
use domain::keys;
use domain::progress::Agent;
use domain::request::{GenerationRequest, hex_sha256};
use domain::stack::Stack;
use domain::stage::Stage;
use domain::variant::Completion;
use ports::{Object, StoreError};

/// What finishing needs besides the answer.
#[derive(Clone, Copy)]
pub(crate) struct Finish<'a> {
    /// What the page is built with.
    pub(crate) stack: Stack,
    /// Whether pictures take the place of its placeholders, if anything draws them.
    pub(crate) wants_pictures: bool,
    /// How long there is time.
    pub(crate) invocation: &'a Invocation,
}

impl<'a> Finish<'a> {
    /// What an accepted request asks for. A client that says nothing of pictures gets them, as from its peer.
    pub(crate) fn of(request: &GenerationRequest, invocation: &'a Invocation) -> Self {
        let wants_pictures = request.is_image_generation_enabled.unwrap_or(true);
        Self { stack: request.stack, wants_pictures, invocation }
    }
}

impl Worker {
    /// Saves the page of an answer whose raw text is saved and whose chunks are written. The caller records the completion.
    pub(crate) async fn finish(
        &self,
        held: &mut Held,
        mut coalescer: Coalescer,
        raw: Raw,
        finish: Finish<'_>,
    ) -> Result<AttemptEnd, StoreError> {
        let key = held.key().clone();
        let Raw { assembly, mut answer, .. } = raw;
        held.account.answer = answer.clone();
        let (parts, cut_off) = (assembly.parts(), assembly.is_cut_off(&answer));
        let text = assembly.into_text();
        let mut page = page_of(&text);
        let runs = page_of_component(&page, finish.stack);
        if let Some(failure) = unusable(&text, runs.as_ref().unwrap_or(&page), &answer, parts) {
            return Ok(AttemptEnd::Failed(failure));
        }
        drop(text);
        if let Some(runs) = runs {
            // What was streamed is not the page yet: the last text that a client is shown has to be.
            coalescer.replace(&runs);
            page = runs;
            if let Some(interruption) = self.write_all(held, &mut coalescer, finish.invocation).await? {
                return Ok(AttemptEnd::Interrupted(interruption));
            }
        }
        let mut missing = None;
        if let Some(commission) = self.commission(&page, finish) {
            self.save_page(&key, page.clone()).await?;
            // Until all of them are accounted for, nobody knows what the variant costs.
            held.account.answer.cost_usd = None;
            match self.illustrate(held, &commission, finish.invocation).await? {
                Ok(gallery) => {
                    answer.cost_usd = answer.cost_usd.zip(gallery.cost_usd).map(|(text, pictures)| text + pictures);
                    missing = gallery.missing(&commission);
                    page = gallery.hang(&page, &commission);
                }
                Err(interruption) => return Ok(AttemptEnd::Interrupted(interruption)),
            }
            coalescer.replace(&page);
            if let Some(interruption) = self.write_all(held, &mut coalescer, finish.invocation).await? {
                return Ok(AttemptEnd::Interrupted(interruption));
            }
        }
        // The lease was proved with the last chunk, unless a large answer has taken its time on the way to S3.
        if self.clock.now_ms() >= held.heartbeat_due_ms() {
            match held.beat().await? {
                Standing::Held => {}
                Standing::Cancelled => return Ok(AttemptEnd::Interrupted(Interruption::Cancelled)),
                Standing::Lost => return Ok(AttemptEnd::Interrupted(Interruption::Lost)),
            }
        }
        held.step(Agent::Checks).await;
        let completion = Completion {
            page_bytes: page.len() as u64,
            page_sha256: hex_sha256(page.as_bytes()),
            duration_ms: self.clock.now_ms().saturating_sub(held.started_ms),
            cut_off,
            checks: check(&page).into_iter().chain(missing).collect(),
            answer,
        };
        self.save_page(&key, page).await?;
        Ok(AttemptEnd::Completed(completion))
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
