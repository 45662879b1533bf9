//! `cancel`: stop paying. The workers end their variants and say so; what is written stays readable.

use crate::{Sender, Socket};
use domain::ids::GenerationId;
use lifecycle::{StepError, visible};

impl Socket {
    pub(crate) async fn cancel(
        &self,
        sender: &Sender,
        generation_id: &GenerationId,
        variant_index: Option<u8>,
    ) -> Result<(), StepError> {
        let recorded = visible(&*self.generations, &sender.user, generation_id).await?;
        lifecycle::cancel(&*self.variants, &recorded, variant_index).await
    }
}
