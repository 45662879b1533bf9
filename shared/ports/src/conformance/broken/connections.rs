use super::{Broken, Table};
use crate::{Connection, Connections, Greeting, StoreError};
use async_trait::async_trait;
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId};

#[async_trait]
impl Connections for Table {
    async fn connected(&self, connection: &Connection) -> Result<(), StoreError> {
        let mut connection = connection.clone();
        match (self.how, &mut connection.identity) {
            (Broken::KnowsEveryGuest, identity) => drop(identity.get_or_insert_with(Identity::anonymous)),
            (Broken::ForgetsWhenTokensEnd, Some(identity)) => identity.expires_at_s = None,
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
    Connection { id: id.clone(), identity: None, connected_at_ms: 0, expires_at_s: 0, follows: Vec::new() }
}
