//! What was deleted, and what was kept for as long as it is to be kept: removed until nothing is left of it.

use crate::{SIDE_BY_SIDE, Sweep, Swept};
use domain::deletion::Deletion;
use domain::generation::Overall;
use domain::limits::{RETENTION_BATCH, SWEEP_BATCH};
use domain::wire::server::ServerMessage;
use futures_util::StreamExt;
use futures_util::stream::iter;
use lifecycle::push_all;
use ports::StoreError;

impl Sweep {
    /// Takes away what was accepted too long ago. A failure leaves it to the next sweep.
    pub(crate) async fn expire(&self, swept: &mut Swept) {
        let Some(retention_ms) = self.retention_ms else { return };
        let before_ms = self.clock.now_ms().saturating_sub(retention_ms);
        let old = match self.eraser.deletions.accepted_before(before_ms, RETENTION_BATCH).await {
            Ok(old) => old,
            Err(error) => return failed(swept, &error),
        };
        for id in old {
            match self.eraser.take_away(&id, None).await {
                Ok(Some(_)) => swept.expired += 1,
                // The index lags behind.
                Ok(None) => {}
                Err(error) => failed(swept, &error),
            }
        }
    }

    /// Looks at every deletion that is due. One that fails does not keep the others waiting.
    pub(crate) async fn erase(&self, swept: &mut Swept) {
        let due = match self.eraser.deletions.deletions_due(self.clock.now_ms(), SWEEP_BATCH).await {
            Ok(due) => due,
            Err(error) => return failed(swept, &error),
        };
        let passes = due.into_iter().map(|deletion| async move { self.erase_one(deletion).await });
        let mut outcomes = iter(passes).buffer_unordered(SIDE_BY_SIDE);
        while let Some(outcome) = outcomes.next().await {
            match outcome {
                Ok(()) => swept.erased += 1,
                Err(error) => failed(swept, &error),
            }
        }
    }

    async fn erase_one(&self, mut deletion: Deletion) -> Result<(), StoreError> {
        self.tell_deleted(&deletion).await;
        // Who did not hear it is told by the next question: there is no such generation.
        deletion.listeners.clear();
        deletion.closes = None;
        self.eraser.pass(&deletion).await
    }

    /// Nobody waits in silence: whoever followed it hears that it is gone, and its end.
    async fn tell_deleted(&self, deletion: &Deletion) {
        let id = &deletion.generation_id;
        push_all(&*self.push, &deletion.listeners, &ServerMessage::deleted(id)).await;
        push_all(&*self.push, &deletion.listeners, &ServerMessage::done(id, Overall::Cancelled)).await;
        if let Some(connection) = &deletion.closes
            && let Err(error) = self.push.close(connection).await
        {
            tracing::warn!(%connection, %error, "close_failed");
        }
    }
}

fn failed(swept: &mut Swept, error: &StoreError) {
    swept.errors += 1;
    tracing::error!(%error, "sweep_failed");
}
