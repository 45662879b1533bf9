use super::MemoryTable;
use crate::{Connection, Connections, Greeting, Seated, StoreError};
use async_trait::async_trait;
use domain::ids::{ConnectionId, GenerationId};
use domain::seat::{Party, Seat};

#[async_trait]
impl Connections for MemoryTable {
    async fn take_seat(&self, party: &Party, seat: &Seat, seats_max: u32) -> Result<Seated, StoreError> {
        let mut state = self.lock();
        let taken = state.seats.entry(party.clone()).or_default();
        // The newest is asked for now, so its time is the time.
        taken.retain(|one| !one.is_over(seat.since_ms / 1_000));
        if taken.len() >= seats_max as usize && !taken.contains(seat) {
            return Ok(Seated::Full(taken.iter().cloned().collect()));
        }
        taken.insert(seat.clone());
        Ok(Seated::Taken)
    }

    async fn give_back_seats(&self, party: &Party, seats: &[Seat]) -> Result<(), StoreError> {
        if let Some(taken) = self.lock().seats.get_mut(party) {
            taken.retain(|one| !seats.contains(one));
        }
        Ok(())
    }

    async fn connected(&self, connection: &Connection) -> Result<(), StoreError> {
        self.lock().connections.entry(connection.id.clone()).or_insert_with(|| (connection.clone(), false));
        Ok(())
    }

    async fn greet(&self, id: &ConnectionId) -> Result<Option<Greeting>, StoreError> {
        Ok(self.lock().connections.get_mut(id).map(|(connection, greeted)| Greeting {
            connection: connection.clone(),
            first: !std::mem::replace(greeted, true),
        }))
    }

    async fn follow(&self, id: &ConnectionId, generation: &GenerationId) -> Result<(), StoreError> {
        if let Some((connection, _)) = self.lock().connections.get_mut(id)
            && !connection.follows.contains(generation)
        {
            connection.follows.push(generation.clone());
        }
        Ok(())
    }

    async fn disconnected(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError> {
        Ok(self.lock().connections.remove(id).map(|(connection, _)| connection))
    }
}
