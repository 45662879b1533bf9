use domain::error::Refusal;
use domain::identity::{Identity, Viewer};
use domain::ids::{ConnectionId, GenerationId, UserId};
use domain::share::ShareToken;
use ports::Connection;

/// Who sent a message, and what they may do with it. A token that has ended since the connection was opened ends what may be
/// begun, and nothing that was.
pub(crate) struct Sender {
    pub(crate) connection: ConnectionId,
    identity: Option<Identity>,
    follows: Vec<GenerationId>,
    now_s: u64,
}

impl Sender {
    pub(crate) fn of(connection: Connection, now_ms: u64) -> Self {
        let Connection { id, identity, follows, link: _, connected_at_ms: _, expires_at_s: _ } = connection;
        Self { connection: id, identity, follows, now_s: now_ms / 1_000 }
    }

    fn has_expired(&self) -> bool {
        self.identity.as_ref().is_some_and(|identity| identity.has_expired(self.now_s))
    }

    /// Who begins something that is to be paid for: no guest, and nobody whose token has ended.
    pub(crate) fn who_starts(&self) -> Result<&UserId, Refusal> {
        let identity = self.identity.as_ref().filter(|_| !self.has_expired());
        identity.map(|identity| &identity.user).ok_or_else(Refusal::unauthorized)
    }

    /// Who wants to see a generation, perhaps by a link. Once the token has ended, only what the connection follows already.
    pub(crate) fn who_sees(&self, id: &GenerationId, share: Option<ShareToken>) -> Result<Viewer, Refusal> {
        if self.has_expired() && !self.follows.contains(id) {
            return Err(Refusal::unauthorized());
        }
        Ok(Viewer { user: self.identity.as_ref().map(|identity| identity.user.clone()), share })
    }

    /// Who stops something: its owner may, also when the token has ended, since nothing is begun by it. A guest owns nothing.
    pub(crate) fn who_stops(&self) -> Result<&UserId, Refusal> {
        self.identity.as_ref().map(|identity| &identity.user).ok_or_else(Refusal::not_found)
    }
}
