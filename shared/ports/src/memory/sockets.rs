use super::lock;
use crate::{Push, PushError};
use async_trait::async_trait;
use domain::ids::ConnectionId;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// What a client of [`MemorySockets`] has received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A text message.
    Text(String),
    /// The server closed the connection.
    Closed,
}

/// Open connections in memory; what is pushed is kept.
#[derive(Debug, Default)]
pub struct MemorySockets {
    open: Mutex<BTreeMap<ConnectionId, Vec<Frame>>>,
}

impl MemorySockets {
    /// Opens a connection.
    pub fn open(&self, connection: &ConnectionId) {
        lock(&self.open).entry(connection.clone()).or_default();
    }

    /// Ends a connection from the client's side: pushes to it are answered with 410 from now on.
    pub fn drop_connection(&self, connection: &ConnectionId) {
        lock(&self.open).remove(connection);
    }

    /// What a connection has received so far.
    #[must_use]
    pub fn received(&self, connection: &ConnectionId) -> Vec<Frame> {
        self.received_after(connection, 0)
    }

    /// What a connection has received after its first `count` frames.
    #[must_use]
    pub fn received_after(&self, connection: &ConnectionId, count: usize) -> Vec<Frame> {
        lock(&self.open)
            .get(connection)
            .and_then(|frames| frames.get(count..))
            .map(<[Frame]>::to_vec)
            .unwrap_or_default()
    }
}

#[async_trait]
impl Push for MemorySockets {
    async fn push(&self, connection: &ConnectionId, text: &str) -> Result<(), PushError> {
        match lock(&self.open).get_mut(connection) {
            Some(frames) if frames.last() != Some(&Frame::Closed) => {
                frames.push(Frame::Text(text.to_owned()));
                Ok(())
            }
            Some(_) | None => Err(PushError::Gone),
        }
    }

    async fn is_open(&self, connection: &ConnectionId) -> Result<bool, PushError> {
        Ok(lock(&self.open).get(connection).is_some_and(|frames| frames.last() != Some(&Frame::Closed)))
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        if let Some(frames) = lock(&self.open).get_mut(connection)
            && frames.last() != Some(&Frame::Closed)
        {
            frames.push(Frame::Closed);
        }
        Ok(())
    }
}
