use super::{Broken, Table};
use crate::{Connection, Connections, Greeting, Seated, StoreError};
use async_trait::async_trait;
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId};
use domain::seat::{Party, Seat};

#[async_trait]
impl Connections for Table {
    async fn take_seat(&self, party: &Party, seat: &Seat, seats_max: u32) -> Result<Seated, StoreError> {
        match (self.how, seat) {
            (Broken::SeatsEverybody, _) => Ok(Seated::Taken),
            (Broken::SeatsAllTogether, _) => {
                let all = Party::User(domain::ids::UserId("all".to_owned()));
                self.inner.take_seat(&all, seat, seats_max).await
            }
            (Broken::SeatsForEver, _) => {
                let endless = Seat { since_ms: u64::MAX / 2, ..seat.clone() };
                self.inner.take_seat(party, &endless, seats_max).await
            }
            (_, seat) => self.inner.take_seat(party, seat, seats_max).await,
        }
    }

    async fn give_back_seats(&self, party: &Party, seats: &[Seat]) -> Result<(), StoreError> {
        if self.how == Broken::KeepsEverySeat { Ok(()) } else { self.inner.give_back_seats(party, seats).await }
    }

    async fn connected(&self, connection: &Connection) -> Result<(), StoreError> {
        let mut connection = connection.clone();
        match (self.how, &mut connection.identity) {
            (Broken::KnowsEveryGuest, identity) => drop(identity.get_or_insert_with(Identity::anonymous)),
            (Broken::ForgetsWhenTokensEnd, Some(identity)) => identity.expires_at_s = None,
            (Broken::ForgetsLinks, None) => connection.link = None,
            (_, _) => {}
        }
        self.inner.connected(&connection).await
    }

    async fn greet(&self, id: &ConnectionId) -> Result<Option<Greeting>, StoreError> {
        if self.how == Broken::MakesUpConnections && self.inner.greet(id).await?.is_none() {
            self.inner.connected(&unknown(id)).await?;
        }
        let greeting = self.inner.greet(id).await?;
        let always = self.how == Broken::AlwaysTheFirstGreeting;
        Ok(greeting.map(|greeting| Greeting { first: greeting.first || always, ..greeting }))
    }

    async fn follow(&self, id: &ConnectionId, generation: &GenerationId) -> Result<(), StoreError> {
        if self.how == Broken::FollowsNothing { Ok(()) } else { self.inner.follow(id, generation).await }
    }

    async fn disconnected(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError> {
        let known = self.inner.disconnected(id).await?;
        if let (Broken::ForgetsNoConnection, Some(known)) = (self.how, &known) {
            self.inner.connected(known).await?;
        }
        Ok(known)
    }
}

fn unknown(id: &ConnectionId) -> Connection {
    Connection { id: id.clone(), identity: None, link: None, connected_at_ms: 0, expires_at_s: 0, follows: Vec::new() }
}
