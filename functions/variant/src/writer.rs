//! One chunk: durable, then pushed.

use crate::Worker;
use crate::attempt::Interruption;
use crate::claim::has_time;
use crate::hold::{Held, Standing};
use boot::Invocation;
use domain::chunk::Chunk;
use domain::coalesce::Coalescer;
use domain::stage::Stage;
use domain::wire::server::ServerMessage;
use ports::{Appended, StoreError};
use std::time::Duration;

/// The longest pause before a chunk is tried again.
const PAUSE_MAX: Duration = Duration::from_secs(2);

impl Worker {
    /// Writes everything that waits. Returns what came in between, if anything did.
    pub(crate) async fn write_all(
        &self,
        held: &mut Held,
        coalescer: &mut Coalescer,
        invocation: &Invocation,
    ) -> Result<Option<Interruption>, StoreError> {
        while let Some(chunk) = coalescer.take(self.clock.now_ms()) {
            match held.write(&chunk, invocation).await? {
                Standing::Held => {}
                Standing::Cancelled => return Ok(Some(Interruption::Cancelled)),
                Standing::Lost => return Ok(Some(Interruption::Lost)),
            }
        }
        Ok(None)
    }
}

impl Held {
    /// Records the chunk and, once it is durable, pushes it to everyone who listened at that moment.
    ///
    /// An unknown outcome is resolved by asking again: the store recognises its own chunk. While it does not answer, and
    /// there is time, the model goes on being read: its answer is paid for. Whatever happens meanwhile, the fence decides; a
    /// worker that is not sure of its attempt returns [`Standing::Lost`] without a push.
    pub(crate) async fn write(&mut self, chunk: &Chunk, invocation: &Invocation) -> Result<Standing, StoreError> {
        let mut pause = Duration::from_millis(200);
        loop {
            let lease = self.lease_to_extend();
            match self.variants.append(&self.hold, chunk, self.seen.signals, lease).await {
                Ok(Appended::Recorded) => {
                    self.sure_at_ms = self.clock.now_ms();
                    self.seen.next_seq = chunk.seq + 1;
                    self.seen.lease_until_ms = lease.unwrap_or(self.seen.lease_until_ms);
                    self.show(chunk).await;
                    return Ok(Standing::Held);
                }
                Ok(Appended::Changed(variant)) => {
                    if self.saw(variant) == Standing::Cancelled {
                        return Ok(Standing::Cancelled);
                    }
                }
                Ok(Appended::Lost) => return Ok(Standing::Lost),
                Err(StoreError::Unavailable(reason)) if has_time(self.clock.now_ms(), invocation) => {
                    tracing::warn!(variant = %self.hold.key.variant, reason, "append_unknown");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(PAUSE_MAX);
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn show(&mut self, chunk: &Chunk) {
        let key = self.key().clone();
        self.tell(&ServerMessage::chunk(&key.variant, key.attempt, chunk)).await;
        if chunk.seq == 0 {
            tracing::info!(
                stage = %Stage::FirstChunk,
                generation_id = %key.variant.generation_id,
                variant = key.variant.variant_index,
                attempt = key.attempt,
                listeners = self.seen.listeners.len(),
                since_accepted_ms = self.clock.now_ms().saturating_sub(self.seen.created_at_ms)
            );
        }
    }
}
