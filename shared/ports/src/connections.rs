use crate::StoreError;
use async_trait::async_trait;
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId, UserId};
use domain::seat::{Party, Seat};
use domain::share::ShareId;

/// A socket that is open, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Who opened it, by a token that was good then; none for a guest, who has nothing but a link that was shared.
    pub identity: Option<Identity>,
    /// The link that a guest came by.
    pub link: Option<ShareId>,
    /// When, in milliseconds since 1970.
    pub connected_at_ms: u64,
    /// When its record is forgotten, in seconds since 1970.
    pub expires_at_s: u64,
    /// The generations that it follows.
    pub follows: Vec<GenerationId>,
}

impl Connection {
    /// Among whose connections it counts; none where nobody is asked who they are.
    #[must_use]
    pub fn party(&self) -> Option<Party> {
        match &self.identity {
            Some(identity) if identity.user == UserId::anonymous() => None,
            Some(identity) => Some(Party::User(identity.user.clone())),
            None => self.link.clone().map(Party::Link),
        }
    }

    /// Its seat among those.
    #[must_use]
    pub fn seat(&self) -> Seat {
        Seat { since_ms: self.connected_at_ms, connection: self.id.clone() }
    }
}

/// What became of a seat that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seated {
    /// It is taken.
    Taken,
    /// All are. Here is by whom, the longest first.
    Full(Vec<Seat>),
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
    /// Takes a seat for a party's connection if fewer than `seats_max` are taken, however many are asked for at once. Those that are
    /// over ([`Seat::is_over`]) are not counted and may be forgotten. Idempotent. After [`StoreError::Unavailable`] it may be taken; the
    /// same call again settles it.
    async fn take_seat(&self, party: &Party, seat: &Seat, seats_max: u32) -> Result<Seated, StoreError>;

    /// Gives seats back. Idempotent.
    async fn give_back_seats(&self, party: &Party, seats: &[Seat]) -> Result<(), StoreError>;

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
