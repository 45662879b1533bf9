//! `resume`: replay what came after the client's cursors, then follow live.

use crate::{Sender, Socket};
use domain::ids::GenerationId;
use domain::wire::client::Cursor;
use lifecycle::{StepError, visible};

impl Socket {
    pub(crate) async fn resume(
        &self,
        sender: &Sender,
        generation_id: &GenerationId,
        cursors: &[Cursor],
    ) -> Result<(), StepError> {
        let recorded = visible(&*self.generations, &sender.user, generation_id).await?;
        // First, so that a disconnect in the middle of the replay knows what to leave.
        self.follow(sender, generation_id).await;
        self.replayer.replay(&sender.connection, &recorded, cursors).await
    }
}
