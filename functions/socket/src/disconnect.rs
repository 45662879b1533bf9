//! `$disconnect`: forget the connection. Delivery is best effort; what is missed expires. A tab that closes cancels
//! nothing; the close code 4333 is how the screenshot-to-code frontend says "cancel".

use crate::Socket;
use domain::ids::{ConnectionId, GenerationId};
use domain::stage::Stage;
use lifecycle::StepError;
use ports::{Connection, StoreError};

const CANCELLED_BY_CLIENT: i64 = 4333;

impl Socket {
    pub(crate) async fn disconnect(&self, id: &ConnectionId, code: Option<i64>) -> Result<(), StoreError> {
        tracing::info!(stage = %Stage::Disconnected, connection = %id, code);
        let Some(connection) = self.connections.disconnected(id).await? else { return Ok(()) };
        if let Some(party) = connection.party() {
            self.connections.give_back_seats(&party, &[connection.seat()]).await?;
        }
        for generation in &connection.follows {
            let step = self.leave(&connection, generation, code == Some(CANCELLED_BY_CLIENT)).await;
            match step {
                Ok(()) | Err(StepError::Refused(_) | StepError::Exceeded(_)) => {}
                Err(StepError::Store(error)) => return Err(error),
            }
        }
        Ok(())
    }

    async fn leave(&self, connection: &Connection, generation: &GenerationId, cancels: bool) -> Result<(), StepError> {
        // What it follows it was allowed to see; to leave it no leave is asked.
        let Some(recorded) = self.generations.generation(generation).await? else { return Ok(()) };
        let owner = &recorded.generation.user;
        if cancels && connection.identity.as_ref().is_some_and(|identity| identity.user == *owner) {
            lifecycle::cancel(&*self.variants, &recorded, None).await?;
        }
        for variant in recorded.readable() {
            if variant.listeners.contains(&connection.id) {
                self.variants.unsubscribe(&variant.key, &connection.id).await?;
            }
        }
        Ok(())
    }
}
