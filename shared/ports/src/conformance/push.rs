use crate::memory::Frame;
use crate::{Push, PushError};
use async_trait::async_trait;
use domain::ids::{ConnectionId, GenerationId, VariantKey};
use domain::limits::MESSAGE_BYTES_MAX;
use domain::wire::server::ServerMessage;

/// The clients' ends of the connections that the suite pushes to.
#[async_trait]
pub trait Listeners: Send + Sync {
    /// Opens a connection.
    async fn open(&self) -> ConnectionId;

    /// Ends a connection from the client's side; returns once the gateway knows.
    async fn leave(&self, connection: &ConnectionId);

    /// The next `count` frames of a connection, waiting for them.
    async fn next(&self, connection: &ConnectionId, count: usize) -> Vec<Frame>;
}

/// Runs every check of the push port. Panics with the first guarantee that does not hold.
pub async fn push(push: &dyn Push, listeners: &dyn Listeners) {
    messages_arrive_whole_and_in_order(push, listeners).await;
    a_connection_that_is_gone_is_said_to_be(push, listeners).await;
    a_closed_connection_hears_so_and_nothing_after_it(push, listeners).await;
}

fn text(words: &str) -> String {
    let generation_id = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
    ServerMessage::status(&VariantKey { generation_id, variant_index: 1 }, words).encode().unwrap()
}

async fn messages_arrive_whole_and_in_order(push: &dyn Push, listeners: &dyn Listeners) {
    let (one, other) = (listeners.open().await, listeners.open().await);
    assert_ne!(one, other);
    let room = MESSAGE_BYTES_MAX - text("").len();
    let texts: Vec<String> = (0..30)
        .map(|number| text(&format!("{number} é🧁 \"quoted\"")))
        .chain([text(&"x".repeat(room)), text("after the largest")])
        .collect();
    for words in &texts {
        push.push(&one, words).await.unwrap();
    }
    push.push(&other, &texts[0]).await.unwrap();
    let sent: Vec<Frame> = texts.into_iter().map(Frame::Text).collect();
    assert_eq!(listeners.next(&one, sent.len()).await, sent);
    assert_eq!(listeners.next(&other, 1).await, sent[..1], "to whom it was sent");
    assert_eq!(push.is_open(&one).await, Ok(true));
}

async fn a_connection_that_is_gone_is_said_to_be(push: &dyn Push, listeners: &dyn Listeners) {
    let left = listeners.open().await;
    listeners.leave(&left).await;
    for gone in [left, ConnectionId("NeverWasThere=".to_owned())] {
        assert_eq!(push.push(&gone, &text("is anybody there?")).await, Err(PushError::Gone), "{gone}");
        assert_eq!(push.is_open(&gone).await, Ok(false), "{gone}");
        assert_eq!(push.close(&gone).await, Ok(()), "without effect: {gone}");
    }
}

async fn a_closed_connection_hears_so_and_nothing_after_it(push: &dyn Push, listeners: &dyn Listeners) {
    let connection = listeners.open().await;
    push.push(&connection, &text("the last word")).await.unwrap();
    push.close(&connection).await.unwrap();
    let heard = listeners.next(&connection, 2).await;
    assert_eq!(heard, [Frame::Text(text("the last word")), Frame::Closed]);
    assert_eq!(push.push(&connection, &text("one more")).await, Err(PushError::Gone));
    assert_eq!(push.is_open(&connection).await, Ok(false));
    assert_eq!(push.close(&connection).await, Ok(()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemorySockets;
    use futures_util::FutureExt;
    use std::panic::AssertUnwindSafe;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Connections in memory, and how many frames of each were looked at.
    #[derive(Default)]
    struct Memory {
        sockets: MemorySockets,
        opened: AtomicU64,
    }

    #[async_trait]
    impl Listeners for Memory {
        async fn open(&self) -> ConnectionId {
            let connection = ConnectionId(format!("{}=", self.opened.fetch_add(1, Ordering::Relaxed)));
            self.sockets.open(&connection);
            connection
        }

        async fn leave(&self, connection: &ConnectionId) {
            self.sockets.drop_connection(connection);
        }

        async fn next(&self, connection: &ConnectionId, count: usize) -> Vec<Frame> {
            self.sockets.received(connection).into_iter().take(count).collect()
        }
    }

    #[tokio::test]
    async fn connections_in_memory_conform() {
        let memory = Memory::default();
        push(&memory.sockets, &memory).await;
    }

    /// Breaks one word of the port.
    struct Broken<'a>(&'a MemorySockets, &'static str);

    #[async_trait]
    impl Push for Broken<'_> {
        async fn push(&self, connection: &ConnectionId, text: &str) -> Result<(), PushError> {
            match self.1 {
                "swallows every message" => Ok(()),
                "cuts long messages" => self.0.push(connection, &text[..text.len().min(1_000)]).await,
                "never says gone" => self.0.push(connection, text).await.or(Ok(())),
                _ => self.0.push(connection, text).await,
            }
        }

        async fn is_open(&self, connection: &ConnectionId) -> Result<bool, PushError> {
            match self.1 {
                "takes everything for open" => Ok(true),
                "takes everything for gone" => Ok(false),
                _ => self.0.is_open(connection).await,
            }
        }

        async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
            if self.1 == "never closes" { Ok(()) } else { self.0.close(connection).await }
        }
    }

    #[tokio::test]
    async fn every_broken_push_is_found() {
        for how in [
            "swallows every message",
            "cuts long messages",
            "never says gone",
            "never closes",
            "takes everything for open",
            "takes everything for gone",
        ] {
            let memory = Memory::default();
            let checked = AssertUnwindSafe(push(&Broken(&memory.sockets, how), &memory)).catch_unwind().await;
            assert!(checked.is_err(), "the suite lets a push pass that {how}");
        }
    }
}
