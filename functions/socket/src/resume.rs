//! `resume`: replay what came after the client's cursors, then follow live.

use crate::{Sender, Socket};
use domain::ids::GenerationId;
use domain::limits::{LISTENERS_MAX, LISTENERS_WITH_GUESTS_MAX};
use domain::share::ShareToken;
use domain::wire::client::Cursor;
use lifecycle::{StepError, visible};

impl Socket {
    pub(crate) async fn resume(
        &self,
        sender: &Sender,
        generation_id: &GenerationId,
        cursors: &[Cursor],
        share: Option<ShareToken>,
    ) -> Result<(), StepError> {
        let viewer = sender.who_sees(generation_id, share)?;
        let recorded = visible(&*self.generations, &viewer, self.clock.now_ms(), generation_id).await?;
        let is_owner = viewer.user.as_ref() == Some(&recorded.generation.user);
        let listeners_max = if is_owner { LISTENERS_MAX } else { LISTENERS_WITH_GUESTS_MAX };
        let link = viewer.share.filter(|_| !is_owner).map(|token| token.id());
        // First, so that a disconnect in the middle of the replay knows what to leave.
        self.follow(sender, generation_id).await;
        self.replayer.replay(&sender.connection, link.as_ref(), &recorded, cursors, listeners_max).await
    }
}
