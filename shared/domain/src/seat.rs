//! Seats: how many connections somebody may have open at once. A seat is taken at the handshake and given back when the connection
//! ends. That a connection has ended is told at best effort only, so a seat also ends by itself, with the connection's record, and one
//! whose connection the gateway no longer knows is free.

use crate::ids::{ConnectionId, UserId};
use crate::limits::{CONNECTION_TTL_S, CONNECTIONS_OF_LINK_MAX, CONNECTIONS_OF_USER_MAX, HANDSHAKE_MS_MAX};
use crate::share::ShareId;

/// Those whose connections count together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// Somebody.
    User(UserId),
    /// Guests who came by the same link.
    Link(ShareId),
}

/// One connection among its party's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    /// When it was taken, in milliseconds since 1970.
    pub since_ms: u64,
    /// Whose it is.
    pub connection: ConnectionId,
}

impl Party {
    /// How many seats it has.
    #[must_use]
    pub const fn seats_max(&self) -> u32 {
        match self {
            Self::User(_) => CONNECTIONS_OF_USER_MAX,
            Self::Link(_) => CONNECTIONS_OF_LINK_MAX,
        }
    }
}

impl Seat {
    /// Whether it has ended by itself: no connection lives as long.
    #[must_use]
    pub const fn is_over(&self, now_s: u64) -> bool {
        self.since_ms / 1_000 + CONNECTION_TTL_S <= now_s
    }

    /// Whether its connection may still be on its way: the gateway knows it only once its handshake is over.
    #[must_use]
    pub const fn is_fresh(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.since_ms) < HANDSHAKE_MS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_fresh_then_there_then_over() {
        let seat = Seat { since_ms: 10_000, connection: ConnectionId("tab=".to_owned()) };
        assert!(seat.is_fresh(10_000 + HANDSHAKE_MS_MAX - 1));
        assert!(!seat.is_fresh(10_000 + HANDSHAKE_MS_MAX));
        assert!(!seat.is_over(10 + CONNECTION_TTL_S - 1));
        assert!(seat.is_over(10 + CONNECTION_TTL_S));
    }
}
