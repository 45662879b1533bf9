use crate::StoreError;
use async_trait::async_trait;
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId};

/// A socket that is open, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Who opened it, by a token that was good then; none for a guest, who has nothing but a link that was shared.
    pub identity: Option<Identity>,
    /// When, in milliseconds since 1970.
    pub connected_at_ms: u64,
    /// When its record is forgotten, in seconds since 1970.
    pub expires_at_s: u64,
    /// The generations that it follows.
    pub follows: Vec<GenerationId>,
}

/// A connection that has said something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The connection.
    pub connection: Connection,
    /// Whether this was the first time.
    pub first: bool,
}

/// Records of connections.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Remembers a connection. Idempotent.
    async fn connected(&self, connection: &Connection) -> Result<(), StoreError>;

    /// Notes that a connection has said something. Of all calls for one connection exactly one is the first. `None` if
    /// the connection is not known.
    async fn greet(&self, id: &ConnectionId) -> Result<Option<Greeting>, StoreError>;

    /// Notes that a connection follows a generation. Idempotent; without effect if the connection is not known.
    async fn follow(&self, id: &ConnectionId, generation: &GenerationId) -> Result<(), StoreError>;

    /// Forgets a connection and returns what was known of it.
    async fn disconnected(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError>;
}
