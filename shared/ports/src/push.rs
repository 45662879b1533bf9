use async_trait::async_trait;
use domain::ids::ConnectionId;

/// Why a message did not reach a connection, as far as is known. None of these fails the work: the record is the truth.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The connection is gone (410): stop sending to it.
    #[error("the connection is gone")]
    Gone,
    /// Too many messages, or the client reads too slowly (429), until the deadline.
    #[error("throttled until the deadline")]
    Throttled,
    /// Larger than the gateway takes (413).
    #[error("the message is too large")]
    TooLarge,
    /// Anything else; the message may have arrived.
    #[error("push failed: {0}")]
    Failed(String),
}

/// Messages to open connections.
#[async_trait]
pub trait Push: Send + Sync {
    /// Sends one text message. After success the gateway has taken it; messages that were pushed one after the other
    /// arrive in that order. Throttling is waited out within the call's own deadline.
    async fn push(&self, connection: &ConnectionId, text: &str) -> Result<(), PushError>;

    /// Whether a connection is open, as far as the gateway knows: one whose handshake is not over is not.
    async fn is_open(&self, connection: &ConnectionId) -> Result<bool, PushError>;

    /// Closes a connection with code 1000. Without effect on one that is gone.
    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError>;
}
