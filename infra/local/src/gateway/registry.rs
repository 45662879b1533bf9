use super::event::iso8601;
use crate::limits::{STAGE_CONNECTIONS_MAX, WAITING_MESSAGES_MAX};
use domain::ids::ConnectionId;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Files that everything else may have open.
const FILES_KEPT: usize = 256;
/// What is taken for the system's limit where it does not say.
const FILES_USUAL: usize = 1_024;

/// What is sent to an open connection.
#[derive(Debug)]
pub(super) enum Outgoing {
    Text(String),
    Close,
}

/// What became of a message for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It will be sent.
    Taken,
    /// There is no such connection, or not yet, or no longer.
    Gone,
    /// The client reads too slowly.
    Full,
}

struct Entry {
    outgoing: mpsc::Sender<Outgoing>,
    connected_at_ms: u64,
    source_ip: String,
}

/// The open connections. One is in it from the end of its handshake to its close.
#[derive(Clone, Default)]
pub struct Registry {
    entries: Arc<Mutex<HashMap<ConnectionId, Entry>>>,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, Entry>> {
        // Every change is one insertion or removal, so a panic leaves the map whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn open(&self, id: &ConnectionId, connected_at_ms: u64, source_ip: String) -> mpsc::Receiver<Outgoing> {
        let (outgoing, receiver) = mpsc::channel(WAITING_MESSAGES_MAX);
        self.lock().insert(id.clone(), Entry { outgoing, connected_at_ms, source_ip });
        receiver
    }

    /// How many connections are open.
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    pub(super) fn forget(&self, id: &ConnectionId) {
        self.lock().remove(id);
    }

    /// Hands a message over for sending.
    #[must_use]
    pub fn post(&self, id: &ConnectionId, text: String) -> Posted {
        let outgoing = self.lock().get(id).map(|entry| entry.outgoing.clone());
        match outgoing.map(|outgoing| outgoing.try_send(Outgoing::Text(text))) {
            Some(Ok(())) => Posted::Taken,
            Some(Err(TrySendError::Full(_))) => Posted::Full,
            Some(Err(TrySendError::Closed(_))) | None => Posted::Gone,
        }
    }

    /// Closes a connection with code 1000, after what waits for it. False if there is none.
    #[must_use]
    pub fn close(&self, id: &ConnectionId) -> bool {
        // Out of the map first: nothing may be posted behind the close.
        let Some(entry) = self.lock().remove(id) else { return false };
        if let Err(TrySendError::Full(_)) = entry.outgoing.try_send(Outgoing::Close) {
            tracing::debug!(connection = %id, "closed_with_a_full_buffer");
        }
        true
    }

    /// What `GET @connections` tells.
    #[must_use]
    pub fn describe(&self, id: &ConnectionId) -> Option<Value> {
        self.lock().get(id).map(|entry| {
            let connected_at = iso8601(entry.connected_at_ms);
            json!({
                "connectedAt": connected_at,
                "lastActiveAt": connected_at,
                "identity": {"sourceIp": entry.source_ip},
            })
        })
    }
}

/// How many connections may be open: each is an open file, and the stores need some, too.
pub(super) fn connections_max() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(FILES_USUAL);
    connections_with(files)
}

fn connections_with(files: usize) -> usize {
    files.saturating_sub(FILES_KEPT).min(STAGE_CONNECTIONS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_messages_wait_for_a_client_and_no_more() {
        let (registry, id) = (Registry::default(), ConnectionId("slow".to_owned()));
        let mut sent = registry.open(&id, 0, String::new());
        for _ in 0..WAITING_MESSAGES_MAX {
            assert_eq!(registry.post(&id, "a message".to_owned()), Posted::Taken);
        }
        assert_eq!(registry.post(&id, "one more".to_owned()), Posted::Full);
        assert!(sent.try_recv().is_ok(), "the client takes one");
        assert_eq!(registry.post(&id, "the same again".to_owned()), Posted::Taken);
    }

    #[test]
    fn some_files_are_kept_for_everything_else() {
        let enough = FILES_KEPT + STAGE_CONNECTIONS_MAX;
        for (files, connections) in [
            (FILES_KEPT, 0),
            (enough - 1, STAGE_CONNECTIONS_MAX - 1),
            (enough, STAGE_CONNECTIONS_MAX),
            (enough + 1, STAGE_CONNECTIONS_MAX),
        ] {
            assert_eq!(connections_with(files), connections, "{files} files");
        }
        assert!((1..=STAGE_CONNECTIONS_MAX).contains(&connections_max()));
    }
}
