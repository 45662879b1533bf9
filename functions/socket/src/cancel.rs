//! `cancel`: stop paying. The workers end their variants and say so; what is written stays readable.

use crate::{Sender, Socket};
use domain::ids::GenerationId;
use lifecycle::{StepError, owned};

impl Socket {
    pub(crate) async fn cancel(
        &self,
        sender: &Sender,
        generation_id: &GenerationId,
        variant_index: Option<u8>,
    ) -> Result<(), StepError> {
        let recorded = owned(&*self.generations, sender.who_stops()?, generation_id).await?;
        lifecycle::cancel(&*self.variants, &recorded, variant_index).await
    }
}
