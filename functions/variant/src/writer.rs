//! One chunk: durable, then pushed.

use crate::hold::{Held, Standing};
use domain::chunk::Chunk;
use domain::stage::Stage;
use domain::wire::server::ServerMessage;
use ports::{Appended, StoreError};
use std::time::Duration;

/// Tries of a chunk whose outcome is unknown, on top of those of the store's client.
const TRIES: u32 = 3;

impl Held {
    /// Records the chunk and, once it is durable, pushes it to everyone who listened at that moment.
    ///
    /// An unknown outcome is resolved by asking again: the store recognises its own chunk. A worker that cannot be sure
    /// of its lease returns [`Standing::Lost`] without a push.
    pub(crate) async fn write(&mut self, chunk: &Chunk) -> Result<Standing, StoreError> {
        let mut tries = 0;
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
                Err(StoreError::Unavailable(reason)) if tries + 1 < TRIES => {
                    tries += 1;
                    tracing::warn!(variant = %self.hold.key.variant, reason, "append_unknown");
                    tokio::time::sleep(Duration::from_millis(200)).await;
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
                listeners = self.seen.listeners.len()
            );
        }
    }
}
