//! One socket.

use crate::tally::{Finished, Tally};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Connecting; a server under load may take its time.
const CONNECT: Duration = Duration::from_secs(30);
/// As the page does, so that nothing idles out.
const PING: Duration = Duration::from_mins(4);

/// What all clients count together.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) connected: AtomicUsize,
    pub(crate) refused: AtomicUsize,
    pub(crate) running: AtomicUsize,
    pub(crate) chunks: AtomicU64,
    pub(crate) broken: AtomicUsize,
}

pub(crate) struct Client {
    pub(crate) number: usize,
    pub(crate) url: String,
    pub(crate) variants: u8,
    pub(crate) began: Instant,
    pub(crate) counters: Arc<Counters>,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Client {
    /// Opens the socket; none if the server does not take it.
    pub(crate) async fn connect(&self) -> Option<Socket> {
        let Ok(Ok((socket, _))) = timeout(CONNECT, connect_async(&self.url)).await else {
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        self.counters.connected.fetch_add(1, Ordering::Relaxed);
        Some(socket)
    }

    /// Begins a generation each time it is told to, and returns them all once it is told no more and all have ended, or
    /// when time is up.
    pub(crate) async fn run(self, mut socket: Socket, mut begins: mpsc::Receiver<()>, until: Instant) -> Vec<Finished> {
        let (mut tally, mut finished, mut more, mut count) = (Tally::default(), Vec::new(), true, 0_u64);
        let mut pings = interval_at(Instant::now() + PING, PING);
        while more || tally.is_waiting() {
            let heard = tokio::select! {
                begin = begins.recv(), if more => {
                    more = begin.is_some();
                    if more {
                        count += 1;
                        let request_id = format!("load-{}-{}-{count}", std::process::id(), self.number);
                        tally.ask(request_id.clone(), self.began.elapsed());
                        self.counters.running.fetch_add(1, Ordering::Relaxed);
                        let message = json!({
                            "action": "generate", "requestId": request_id, "variants": self.variants,
                            "prompt": {"text": "a page under load"},
                        });
                        // A socket that is gone is heard of below.
                        let _ = socket.send(Message::text(message.to_string())).await;
                    }
                    continue;
                }
                heard = socket.next() => heard,
                _ = pings.tick() => {
                    let _ = socket.send(Message::text(r#"{"action":"ping"}"#)).await;
                    continue;
                }
                () = tokio::time::sleep_until(until) => break,
            };
            match heard {
                Some(Ok(Message::Text(text))) => {
                    let before = tally.chunks;
                    let ended = tally.hear(text.as_str(), self.began.elapsed());
                    self.counters.chunks.fetch_add(tally.chunks - before, Ordering::Relaxed);
                    if let Some(ended) = ended {
                        self.counters.running.fetch_sub(1, Ordering::Relaxed);
                        finished.push(ended);
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => {
                    self.counters.broken.fetch_add(1, Ordering::Relaxed);
                    break;
                }
            }
        }
        finished.extend(tally.give_up());
        // The server may be gone already.
        let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
        finished
    }
}
