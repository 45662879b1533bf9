//! `$connect`: remember the connection. Nothing can be sent to it yet: the upgrade is pending until this returns
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html>).

use crate::Socket;
use domain::ids::{ConnectionId, UserId};
use domain::limits::CONNECTION_TTL_S;
use domain::stage::Stage;
use ports::{Connection, StoreError};

impl Socket {
    pub(crate) async fn connect(&self, id: ConnectionId) -> Result<(), StoreError> {
        let connected_at_ms = self.clock.now_ms();
        tracing::info!(stage = %Stage::Connected, connection = %id);
        self.connections
            .connected(&Connection {
                id,
                user: UserId::anonymous(),
                connected_at_ms,
                expires_at_s: connected_at_ms / 1_000 + CONNECTION_TTL_S,
                follows: Vec::new(),
            })
            .await
    }
}
