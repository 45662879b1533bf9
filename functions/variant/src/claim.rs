//! Taking a variant, and what follows each attempt at it.

use crate::Worker;
use crate::attempt::{AttemptEnd, Interruption};
use crate::hold::{Held, Pushed, Standing};
use boot::Invocation;
use domain::error::Failure;
use domain::ids::VariantKey;
use domain::limits::{CLAIM_GRACE_MS, HANDOVER_MARGIN_MS};
use domain::progress::Progress;
use domain::retry::{AfterFailure, after_failure};
use domain::stage::Stage;
use domain::variant::{Account, Answer, Ending, Variant};
use domain::wire::invoke::WorkerEvent;
use domain::wire::server::ServerMessage;
use ports::{Claim, Ended, Hold, ModelError, StoreError};
use std::time::Duration;

/// What to do once an attempt is over.
enum Next {
    /// Claim the variant again.
    Again,
    /// Nothing is left to do here.
    Over,
}

impl Worker {
    /// Works on a variant until it has ended, is another worker's, or time is up.
    pub(crate) async fn run(&self, key: &VariantKey, invocation: &Invocation) -> Result<(), StoreError> {
        loop {
            // A claim that cannot be followed by work would only use up an attempt; the sweep invokes again.
            if !has_time(self.clock.now_ms(), invocation) {
                return Ok(());
            }
            let Some(mut held) = self.claim(key).await? else { return Ok(()) };
            let end = self.attempt(&mut held, invocation).await?;
            match self.after(held, end, invocation).await? {
                Next::Again => {}
                Next::Over => return Ok(()),
            }
        }
    }

    async fn claim(&self, key: &VariantKey) -> Result<Option<Held>, StoreError> {
        let holder = self.ids.holder();
        let now_ms = self.clock.now_ms();
        match self.variants.claim(key, &holder, now_ms, self.lease_ms).await? {
            Claim::Taken(variant) => {
                tracing::info!(
                    stage = %Stage::VariantClaimed,
                    generation_id = %key.generation_id,
                    variant = key.variant_index,
                    attempt = variant.attempt,
                    model = variant.model,
                    waited_ms = now_ms.saturating_sub(variant.created_at_ms)
                );
                Ok(Some(Held {
                    variants: self.variants.clone(),
                    generations: self.announcer.generations.clone(),
                    push: self.push.clone(),
                    clock: self.clock.clone(),
                    hold: Hold { key: variant.attempt_key(), holder },
                    lease_ms: self.lease_ms,
                    started_ms: now_ms,
                    account: Account { substitute: variant.account.substitute.clone(), ..Account::default() },
                    seen: variant,
                    sure_at_ms: now_ms,
                    links_due_ms: now_ms,
                    progress: Progress::default(),
                    pushed: Pushed::default(),
                }))
            }
            // Events come at least once, so this is usual: another worker has it, or it has ended.
            Claim::Refused(rule, _) => {
                tracing::debug!(variant = %key, ?rule, "claim_refused");
                Ok(None)
            }
            Claim::Missing => {
                tracing::warn!(variant = %key, "claim_of_a_missing_variant");
                Ok(None)
            }
        }
    }

    async fn after(&self, mut held: Held, end: AttemptEnd, invocation: &Invocation) -> Result<Next, StoreError> {
        match end {
            AttemptEnd::Completed(completion) => self.end(&mut held, Ending::Completed(completion)).await,
            AttemptEnd::Failed(failure) => self.fail(&mut held, failure, invocation).await,
            AttemptEnd::Broken(error) => self.retry(&mut held, error, invocation).await,
            AttemptEnd::Interrupted(interruption) => self.interrupted(&mut held, interruption, invocation).await,
        }
    }

    async fn interrupted(
        &self,
        held: &mut Held,
        interruption: Interruption,
        invocation: &Invocation,
    ) -> Result<Next, StoreError> {
        match interruption {
            Interruption::Cancelled => self.end(held, Ending::Cancelled).await,
            Interruption::OutOfTime => self.hand_over(held, invocation).await,
            Interruption::Lost => {
                lost(held);
                Ok(Next::Over)
            }
        }
    }

    /// Ends the variant as failed, with what has been shown of it.
    async fn fail(&self, held: &mut Held, failure: Failure, invocation: &Invocation) -> Result<Next, StoreError> {
        match self.keep_text(held, invocation).await? {
            Standing::Held => self.end(held, Ending::Failed(failure)).await,
            Standing::Cancelled => self.end(held, Ending::Cancelled).await,
            Standing::Lost => {
                lost(held);
                Ok(Next::Over)
            }
        }
    }

    /// Records the end under the lease, then tells it. In this order: what is told is already so.
    async fn end(&self, held: &mut Held, ending: Ending) -> Result<Next, StoreError> {
        match &ending {
            // A page's record says all of it.
            Ending::Completed(_) => {}
            Ending::Failed(_) | Ending::Cancelled => self.account_for(held).await,
        }
        let lease_until_ms = self.clock.now_ms() + self.lease_ms;
        let Ended::Recorded(variant) = self.variants.end(&held.hold, &ending, lease_until_ms).await? else {
            lost(held);
            return Ok(Next::Over);
        };
        tell_the_log(&variant, &ending, held.pushed);
        self.announcer.tell(&variant).await?;
        Ok(Next::Over)
    }

    /// Notes what an attempt has taken that ends without a page. Only numbers are at stake, so a failure stops nothing.
    async fn account_for(&self, held: &mut Held) {
        held.account.duration_ms = Some(self.clock.now_ms().saturating_sub(held.started_ms));
        if let Err(error) = self.variants.note(&held.hold, &held.account).await {
            tracing::warn!(variant = %held.key().variant, %error, "note_failed");
        }
    }

    /// Another attempt where it can help. The lease is kept during the pause, so that a cancel is seen.
    async fn retry(&self, held: &mut Held, error: ModelError, invocation: &Invocation) -> Result<Next, StoreError> {
        let attempt = held.key().attempt;
        let (code, reason) = (error.failure.code, error.failure.message.clone());
        match after_failure(held.seen.claims, error.failure, error.retry_after_ms, self.ids.jitter()) {
            AfterFailure::GiveUp(failure) => self.fail(held, failure, invocation).await,
            AfterFailure::TryAgain { pause_ms } => {
                tracing::warn!(
                    stage = %Stage::Retried,
                    generation_id = %held.key().variant.generation_id,
                    variant = held.key().variant.variant_index,
                    attempt,
                    ?code,
                    reason,
                    pause_ms
                );
                let until_ms = self.clock.now_ms() + pause_ms;
                if until_ms >= stop_at_ms(invocation) {
                    // It does not fit into this invocation: the sweep starts the next attempt when the pause is over.
                    self.variants.release(&held.hold, until_ms, true).await?;
                    return Ok(Next::Over);
                }
                held.tell(&ServerMessage::asking_again(&held.key().variant.clone(), pause_ms)).await;
                if let Some(interruption) = self.pause(held, until_ms, invocation).await? {
                    self.interrupted(held, interruption, invocation).await
                } else {
                    self.variants.release(&held.hold, self.clock.now_ms() + CLAIM_GRACE_MS, true).await?;
                    Ok(Next::Again)
                }
            }
        }
    }

    /// Waits, with heartbeats; returns what came in between, if anything did.
    async fn pause(
        &self,
        held: &mut Held,
        until_ms: u64,
        invocation: &Invocation,
    ) -> Result<Option<Interruption>, StoreError> {
        loop {
            let now_ms = self.clock.now_ms();
            if !has_time(now_ms, invocation) {
                return Ok(Some(Interruption::OutOfTime));
            }
            if now_ms >= until_ms {
                return Ok(None);
            }
            if now_ms >= held.heartbeat_due_ms() {
                match held.beat().await? {
                    Standing::Held => {}
                    Standing::Cancelled => return Ok(Some(Interruption::Cancelled)),
                    Standing::Lost => return Ok(Some(Interruption::Lost)),
                }
            }
            let wake_ms = until_ms.min(held.heartbeat_due_ms()).min(stop_at_ms(invocation));
            tokio::select! {
                biased;
                () = tokio::time::sleep(Duration::from_millis(wake_ms.saturating_sub(now_ms).max(1))) => {}
                () = invocation.stop.come() => {}
            }
        }
    }

    /// Gives the variant back and, unless the whole process stops, starts a successor.
    async fn hand_over(&self, held: &Held, invocation: &Invocation) -> Result<Next, StoreError> {
        let key = held.key();
        tracing::info!(
            stage = %Stage::HandedOver,
            generation_id = %key.variant.generation_id,
            variant = key.variant.variant_index,
            attempt = key.attempt
        );
        // A process that stops is nobody's failure; time that ran out counts, or a model too slow would be asked for ever.
        let stops = invocation.stop.has_come();
        self.variants.release(&held.hold, self.clock.now_ms(), !stops).await?;
        if !stops {
            self.invoke.start(&WorkerEvent { variant: key.variant.clone() }).await?;
        }
        Ok(Next::Over)
    }
}

fn tell_the_log(variant: &Variant, ending: &Ending, pushed: Pushed) {
    let (generation_id, index, attempt) = (&variant.key.generation_id, variant.key.variant_index, variant.attempt);
    let (listeners, Pushed { arrived, gone, unknown }) = (variant.listeners.len(), pushed);
    // A variant without a page was paid for, too.
    let Answer { usage, cost_usd, .. } = match ending {
        Ending::Completed(completion) => &completion.answer,
        Ending::Failed(_) | Ending::Cancelled => &variant.account.answer,
    };
    let (input_tokens, output_tokens) = (usage.map(|usage| usage.input_tokens), usage.map(|usage| usage.output_tokens));
    match ending {
        Ending::Completed(completion) => tracing::info!(
            stage = %Stage::Completed, %generation_id, variant = index, attempt,
            duration_ms = completion.duration_ms, page_bytes = completion.page_bytes, chunks = variant.next_seq,
            model = variant.model, input_tokens, output_tokens, cost_usd, listeners, pushes = arrived, pushes_gone = gone,
            pushes_failed = unknown
        ),
        Ending::Failed(failure) => tracing::error!(
            stage = %Stage::Failed, %generation_id, variant = index, attempt, model = variant.model,
            code = ?failure.code, reason = failure.message, input_tokens, output_tokens, cost_usd, listeners,
            pushes = arrived, pushes_gone = gone, pushes_failed = unknown
        ),
        Ending::Cancelled => tracing::info!(
            stage = %Stage::Cancelled, %generation_id, variant = index, attempt, model = variant.model, input_tokens,
            output_tokens, cost_usd, listeners, pushes = arrived, pushes_gone = gone, pushes_failed = unknown
        ),
    }
}

fn lost(held: &Held) {
    let key = held.key();
    tracing::warn!(
        stage = %Stage::LeaseLost,
        generation_id = %key.variant.generation_id,
        variant = key.variant.variant_index,
        attempt = key.attempt
    );
}

/// Whether the worker may go on: its process is not told to stop, and what is left is enough to hand over.
pub(crate) fn has_time(now_ms: u64, invocation: &Invocation) -> bool {
    !invocation.stop.has_come() && now_ms < stop_at_ms(invocation)
}

/// When the worker has to stop so that it can still hand over.
pub(crate) const fn stop_at_ms(invocation: &Invocation) -> u64 {
    invocation.deadline_ms.saturating_sub(HANDOVER_MARGIN_MS)
}
