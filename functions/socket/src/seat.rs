//! How many connections somebody has open: looked at while one more is on its way.

use crate::Socket;
use domain::seat::Seat;
use futures_util::future::join_all;
use ports::{Connection, Seated, StoreError};

impl Socket {
    /// Takes a seat for a connection that is on its way. Where all are taken, those are given back first whose connection the gateway
    /// no longer knows: that one has ended is told at best effort, and nobody is to wait for hours for a seat that nobody sits on.
    /// A connection that is refused after this, or a function that dies, leaves its seat to that as well.
    pub(crate) async fn is_seated(&self, connection: &Connection) -> Result<bool, StoreError> {
        let Some(party) = connection.party() else { return Ok(true) };
        let (seat, seats_max) = (connection.seat(), party.seats_max());
        let Seated::Full(taken) = self.connections.take_seat(&party, &seat, seats_max).await? else { return Ok(true) };
        let vanished = self.vanished(taken).await;
        if vanished.is_empty() {
            return Ok(false);
        }
        self.connections.give_back_seats(&party, &vanished).await?;
        Ok(self.connections.take_seat(&party, &seat, seats_max).await? == Seated::Taken)
    }

    /// Those whose connection is gone. One that may still be on its way, or of which the gateway says nothing now, is not.
    async fn vanished(&self, taken: Vec<Seat>) -> Vec<Seat> {
        let now_ms = self.clock.now_ms();
        let looked_at = taken.into_iter().filter(|seat| !seat.is_fresh(now_ms)).map(async |seat| {
            let is_gone = self.push.is_open(&seat.connection).await == Ok(false);
            is_gone.then_some(seat)
        });
        join_all(looked_at).await.into_iter().flatten().collect()
    }
}
