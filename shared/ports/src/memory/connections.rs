use super::MemoryTable;
use crate::{Connection, Connections, Greeting, StoreError};
use async_trait::async_trait;
use domain::ids::{ConnectionId, GenerationId};

#[async_trait]
impl Connections for MemoryTable {
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
