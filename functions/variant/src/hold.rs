//! What a worker holds while it works on one attempt.

use crate::claim::has_time;
use boot::Invocation;
use domain::ids::{AttemptKey, ConnectionId};
use domain::limits::HEARTBEAT_MS;
use domain::progress::{Agent, Progress};
use domain::variant::{Account, Variant};
use domain::wire::server::ServerMessage;
use lifecycle::{Reached, push_all, push_to};
use ports::{Beat, Clock, Generations, Hold, Push, StoreError, Variants};
use std::sync::Arc;
use std::time::Duration;

/// Whether the worker may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The attempt is its own.
    Held,
    /// Somebody asked to stop.
    Cancelled,
    /// The attempt is no longer its own.
    Lost,
}

/// The lease and what was last read with it: who listens, and whether to stop.
pub(crate) struct Held {
    pub(crate) variants: Arc<dyn Variants>,
    /// To see which links are live.
    pub(crate) generations: Arc<dyn Generations>,
    pub(crate) push: Arc<dyn Push>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hold: Hold,
    pub(crate) lease_ms: u64,
    /// The record as it was last read.
    pub(crate) seen: Variant,
    /// When the attempt began.
    pub(crate) started_ms: u64,
    /// What is known of the work, for the record of an end without a page.
    pub(crate) account: Account,
    /// When the lease was last known to be held.
    pub(crate) sure_at_ms: u64,
    /// When the guests' links are looked at again.
    pub(crate) links_due_ms: u64,
    /// How far this attempt was said to be.
    pub(crate) progress: Progress,
    /// What became of its messages.
    pub(crate) pushed: Pushed,
}

/// Messages of one attempt, one a listener: those that arrived, that met a connection that is gone (410), and whose fate is
/// unknown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pushed {
    pub(crate) arrived: u32,
    pub(crate) gone: u32,
    pub(crate) unknown: u32,
}

impl Held {
    pub(crate) const fn key(&self) -> &AttemptKey {
        &self.hold.key
    }

    /// Takes over what a read has brought.
    pub(crate) fn saw(&mut self, variant: Variant) -> Standing {
        self.seen = variant;
        self.sure_at_ms = self.clock.now_ms();
        if self.seen.cancel_requested { Standing::Cancelled } else { Standing::Held }
    }

    /// When the next heartbeat is due if no chunk is written before.
    pub(crate) const fn heartbeat_due_ms(&self) -> u64 {
        self.sure_at_ms + HEARTBEAT_MS
    }

    /// A new end for the lease, once a third of it is used up; extending it with every chunk would cost an index write
    /// each time.
    pub(crate) fn lease_to_extend(&self) -> Option<u64> {
        let now_ms = self.clock.now_ms();
        let left_ms = self.seen.lease_until_ms.saturating_sub(now_ms);
        (left_ms < self.lease_ms / 3 * 2).then_some(now_ms + self.lease_ms)
    }

    /// Extends the lease and learns who listens and whether to stop.
    pub(crate) async fn beat(&mut self) -> Result<Standing, StoreError> {
        let lease_until_ms = self.lease_to_extend().unwrap_or(self.seen.lease_until_ms);
        match self.variants.heartbeat(&self.hold, lease_until_ms).await? {
            Beat::Held(variant) => Ok(self.saw(variant)),
            Beat::Lost => Ok(Standing::Lost),
        }
    }

    /// The same, again and again while the store does not answer and there is time.
    pub(crate) async fn beat_while(&mut self, invocation: &Invocation) -> Result<Standing, StoreError> {
        loop {
            match self.beat().await {
                Err(StoreError::Unavailable(reason)) if has_time(self.clock.now_ms(), invocation) => {
                    tracing::warn!(variant = %self.hold.key.variant, reason, "heartbeat_unknown");
                    tokio::time::sleep(Duration::from_millis(HEARTBEAT_MS)).await;
                }
                answered => return answered,
            }
        }
    }

    /// Sends a message to everyone who listens, and forgets those who are gone.
    pub(crate) async fn tell(&mut self, message: &ServerMessage) {
        self.shut_out_guests().await;
        let reached = push_all(&*self.push, &self.seen.listeners, message).await;
        for (_, reached) in &reached {
            *match reached {
                Reached::Yes => &mut self.pushed.arrived,
                Reached::Gone => &mut self.pushed.gone,
                Reached::Unknown => &mut self.pushed.unknown,
            } += 1;
        }
        for (gone, _) in reached.into_iter().filter(|(_, reached)| *reached == Reached::Gone) {
            let AttemptKey { variant, attempt } = self.key();
            tracing::info!(
                generation_id = %variant.generation_id, variant = variant.variant_index, attempt, connection = %gone,
                "listener_gone"
            );
            self.forget(&gone).await;
        }
    }

    async fn forget(&mut self, listener: &ConnectionId) {
        self.seen.listeners.retain(|one| one != listener);
        self.seen.guests.retain(|guest| guest.connection != *listener);
        // Only the record of who listens is at stake; the next message tries again.
        if let Err(error) = self.variants.unsubscribe(&self.hold.key.variant, listener).await {
            tracing::warn!(connection = %listener, %error, "unsubscribe_failed");
        }
    }

    /// Looks, as often as at a heartbeat, whether the guests' links are live, and sends nothing more to those whose is not: the owner's
    /// word counts from now on, also for who came before it.
    async fn shut_out_guests(&mut self) {
        let now_ms = self.clock.now_ms();
        if self.seen.guests.is_empty() || now_ms < self.links_due_ms {
            return;
        }
        let id = self.hold.key.variant.generation_id.clone();
        let links = match self.generations.generation(&id).await {
            Ok(recorded) => recorded.map(|recorded| recorded.generation.shares).unwrap_or_default(),
            // The next message tries again, and what is sent was recorded by the same table a moment ago.
            Err(error) => return tracing::warn!(generation_id = %id, %error, "links_not_read"),
        };
        self.links_due_ms = now_ms + HEARTBEAT_MS;
        let out: Vec<ConnectionId> = self.seen.shut_out(&links, now_ms / 1_000).cloned().collect();
        for guest in out {
            tracing::info!(generation_id = %id, connection = %guest, "guest_shut_out");
            push_to(&*self.push, &guest, &ServerMessage::no_longer_shared(&id)).await;
            self.forget(&guest).await;
        }
    }

    /// Says that a step begins.
    pub(crate) async fn step(&mut self, agent: Agent) {
        let percent = self.progress.step(agent, self.clock.now_ms());
        self.tell_progress(agent, percent).await;
    }

    /// Says how much of the page is written, where that is worth a message.
    pub(crate) async fn written(&mut self, page_bytes: u64) {
        if let Some(percent) = self.progress.written(page_bytes, self.clock.now_ms()) {
            self.tell_progress(Agent::Frontend, percent).await;
        }
    }

    async fn tell_progress(&mut self, agent: Agent, percent: u8) {
        let AttemptKey { variant, attempt } = self.key();
        let message = ServerMessage::progress(variant, *attempt, agent, percent);
        self.tell(&message).await;
    }
}
