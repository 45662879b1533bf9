//! `$disconnect`: forget the connection. Delivery is best effort; what is missed expires. A tab that closes cancels
//! nothing; the close code 4333 is how the screenshot-to-code frontend says "cancel".

use crate::Socket;
use domain::ids::ConnectionId;
use domain::stage::Stage;
use lifecycle::{StepError, visible};
use ports::{Connection, StoreError};

const CANCELLED_BY_CLIENT: i64 = 4333;

impl Socket {
    pub(crate) async fn disconnect(&self, id: &ConnectionId, code: Option<i64>) -> Result<(), StoreError> {
        tracing::info!(stage = %Stage::Disconnected, connection = %id, code);
        let Some(connection) = self.connections.disconnected(id).await? else { return Ok(()) };
        for generation in &connection.follows {
            let step = self.leave(&connection, generation, code == Some(CANCELLED_BY_CLIENT)).await;
            match step {
                Ok(()) | Err(StepError::Refused(_)) => {}
                Err(StepError::Store(error)) => return Err(error),
            }
        }
        Ok(())
    }

    async fn leave(
        &self,
        connection: &Connection,
        generation: &domain::ids::GenerationId,
        cancels: bool,
    ) -> Result<(), StepError> {
        let recorded = visible(&*self.generations, &connection.user, generation).await?;
        if cancels {
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
