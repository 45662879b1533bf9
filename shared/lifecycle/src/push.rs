use domain::ids::ConnectionId;
use domain::wire::server::ServerMessage;
use futures_util::future::join_all;
use ports::{Push, PushError};

/// Whether a message reached a connection, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// The gateway took it.
    Yes,
    /// It may not have arrived; the stored record is the truth, and the client will ask.
    Unknown,
    /// The connection is gone.
    Gone,
}

/// Sends one message to one connection. A failure is logged here and never fails the work.
pub async fn push_to(push: &dyn Push, connection: &ConnectionId, message: &ServerMessage) -> Reached {
    match message.encode() {
        Ok(text) => send(push, connection, &text).await,
        Err(error) => {
            tracing::error!(%error, "message_not_encoded");
            Reached::Unknown
        }
    }
}

/// Sends one message to all of them at once and says what became of each.
pub async fn push_all(
    push: &dyn Push,
    connections: &[ConnectionId],
    message: &ServerMessage,
) -> Vec<(ConnectionId, Reached)> {
    if connections.is_empty() {
        return Vec::new();
    }
    let text = match message.encode() {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(%error, "message_not_encoded");
            return Vec::new();
        }
    };
    let reached = join_all(connections.iter().map(|connection| send(push, connection, &text))).await;
    connections.iter().cloned().zip(reached).collect()
}

async fn send(push: &dyn Push, connection: &ConnectionId, text: &str) -> Reached {
    match push.push(connection, text).await {
        Ok(()) => {
            tracing::info!(target: "metrics", Pushes = 1_u64);
            Reached::Yes
        }
        Err(PushError::Gone) => {
            tracing::info!(target: "metrics", PushesGone = 1_u64);
            Reached::Gone
        }
        Err(error @ (PushError::Throttled | PushError::TooLarge | PushError::Failed(_))) => {
            tracing::info!(target: "metrics", PushesFailed = 1_u64);
            tracing::warn!(%connection, %error, "push_failed");
            Reached::Unknown
        }
    }
}
