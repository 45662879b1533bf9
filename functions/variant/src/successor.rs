//! Who answers: the model that was asked for, or its successor once it is gone. Turning to a successor costs no attempt:
//! nothing was written and nothing was paid for.

use crate::Worker;
use crate::attempt::Interruption;
use crate::hold::{Held, Standing};
use domain::error::ErrorCode;
use domain::stage::Stage;
use domain::variant::{Gone, Substitute};
use domain::wire::server::ServerMessage;
use ports::{Beat, ModelError, StoreError};

impl Worker {
    /// Turns to a successor if the model's shutdown date has passed. Returns what came first, if anything did.
    pub(crate) async fn turn_if_shut_down(&self, held: &mut Held) -> Result<Option<Interruption>, StoreError> {
        let used = held.seen.model_used();
        let present = self.catalogue.present(used, self.clock.now_ms()).to_owned();
        if present == used {
            return Ok(None);
        }
        self.turn_to(held, Substitute { model: present, reason: Gone::ShutDown }).await
    }

    /// The successor, if the provider refused because it does not know the model.
    pub(crate) fn after_not_found(&self, held: &Held, error: &ModelError) -> Option<Substitute> {
        if error.failure.code != ErrorCode::ModelNotFound {
            return None;
        }
        let model = self.catalogue.successor(held.seen.model_used(), self.clock.now_ms())?.to_owned();
        Some(Substitute { model, reason: Gone::NotFound })
    }

    /// Records who answers, then tells it. In this order: whoever comes back reads what was told.
    pub(crate) async fn turn_to(
        &self,
        held: &mut Held,
        substitute: Substitute,
    ) -> Result<Option<Interruption>, StoreError> {
        let key = held.key().clone();
        tracing::warn!(
            stage = %Stage::Substituted,
            generation_id = %key.variant.generation_id,
            variant = key.variant.variant_index,
            attempt = key.attempt,
            asked_for = held.seen.model,
            model = substitute.model,
            reason = ?substitute.reason
        );
        held.account.substitute = Some(substitute);
        let variant = match self.variants.note(&held.hold, &held.account).await? {
            Beat::Held(variant) => variant,
            Beat::Lost => return Ok(Some(Interruption::Lost)),
        };
        if held.saw(variant) == Standing::Cancelled {
            return Ok(Some(Interruption::Cancelled));
        }
        if let Some(message) = ServerMessage::substituted(&held.seen) {
            held.tell(&message).await;
        }
        Ok(None)
    }
}
