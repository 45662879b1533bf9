//! Connections that send garbage as fast as they can do not keep a client from its page, and leave the memory where it was.

use crate::BINARY;
use domain::limits::STORE_IDLE_CONNECTIONS_MAX;
use end_to_end::{Client, Http, Quartet, ended};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A generation that takes four seconds by its model's pace.
const MODEL: (&str, &str) = ("MODELS", "demo-paced-200x20x8000");

/// Connections to the table and to the rest of the platform that are kept for the next call, with both ends.
const KEPT_FILES: usize = 2 * 2 * STORE_IDLE_CONNECTIONS_MAX;

/// What garbage is: no JSON, half of it, JSON that means nothing, what is never there, and much of it.
fn garbage(number: u64) -> String {
    match number % 6 {
        0 => "\u{1f4a9}".repeat(200),
        1 => "{\"action\": \"generate\", \"prompt\": ".to_owned(),
        2 => "[".repeat(4_000),
        3 => format!(
            "{{\"action\": \"resume\", \"generationId\": \"0b5c3f6e-8a0f-4f0e-9b1a-{number:012x}\", \"cursors\": []}}"
        ),
        4 => format!("{{\"action\": \"{}\"}}", "x".repeat(20_000)),
        _ => "{\"action\": \"cancel\"}".to_owned(),
    }
}

/// How much garbage there was.
#[derive(Default)]
struct Heap {
    opened: AtomicU64,
    sent: AtomicU64,
}

/// One connection: again after each close, until told to stop.
async fn flood(address: SocketAddr, stop: CancellationToken, heap: Arc<Heap>) {
    while !stop.is_cancelled() {
        let Ok((socket, _)) = connect_async(format!("ws://{address}/generate-code")).await else {
            tokio::time::sleep(Duration::from_millis(200)).await;
            continue;
        };
        heap.opened.fetch_add(1, Ordering::Relaxed);
        let (mut sink, mut stream) = socket.split();
        let speak = async {
            loop {
                let number = heap.sent.fetch_add(1, Ordering::Relaxed);
                if sink.send(Message::text(garbage(number))).await.is_err() {
                    return;
                }
            }
        };
        let listen = async { while let Some(Ok(_)) = stream.next().await {} };
        tokio::select! {
            () = speak => {}
            () = listen => {}
            () = stop.cancelled() => {}
        }
    }
}

/// From asking to `done`.
async fn generation(address: SocketAddr) -> Duration {
    let begun = Instant::now();
    let mut client = Client::connect(address).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    client.until_done().await;
    let took = begun.elapsed();
    assert_eq!(ended(&Http::to(address), &id).await["status"], "completed");
    took
}

/// What the process holds in memory, in MB.
fn megabytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// How many files and sockets the process has open.
fn files(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}

struct Measured {
    usual: Duration,
    beside: Duration,
    before_mb: u64,
    during_mb: u64,
    after_mb: u64,
    opened: u64,
    sent: u64,
}

async fn measure(connections: usize) -> Measured {
    let data = TempDir::new().unwrap();
    let quartet = Quartet::start(BINARY, data.path(), &[MODEL]).await;
    let address = quartet.public();
    // The first one warms connections and caches.
    generation(address).await;
    let usual = generation(address).await;
    let (before_mb, before_files) = (megabytes(quartet.process()), files(quartet.process()));
    let (stop, floods, heap) = (CancellationToken::new(), TaskTracker::new(), Arc::<Heap>::default());
    for _ in 0..connections {
        floods.spawn(flood(address, stop.clone(), heap.clone()));
    }
    let all_are_there = async {
        while heap.opened.load(Ordering::Relaxed) < connections as u64 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), all_are_there).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let beside = generation(address).await;
    let during_mb = megabytes(quartet.process());
    stop.cancel();
    floods.close();
    floods.wait().await;
    let all_are_gone = async {
        while files(quartet.process()) > before_files + KEPT_FILES {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), all_are_gone).await.unwrap();
    generation(address).await;
    let after_mb = megabytes(quartet.process());
    quartet.interrupt().await;
    let [opened, sent] = [&heap.opened, &heap.sent].map(|count| count.load(Ordering::Relaxed));
    let measured = Measured { usual, beside, before_mb, during_mb, after_mb, opened, sent };
    println!(
        "{} connections sent {} messages; a generation took {:?}, usually {:?}; {} MB before, {} during, {} after",
        measured.opened,
        measured.sent,
        measured.beside,
        measured.usual,
        measured.before_mb,
        measured.during_mb,
        measured.after_mb
    );
    measured
}

fn holds(measured: &Measured) {
    // More than the gateway would handle in that time: they send as fast as it reads.
    assert!(measured.sent > 5_000, "{} messages are no flood", measured.sent);
    assert!(
        measured.beside <= measured.usual * 2,
        "{:?} beside garbage, {:?} usually",
        measured.beside,
        measured.usual
    );
    assert!(measured.after_mb <= measured.before_mb + 64, "{} MB, then {} MB", measured.before_mb, measured.after_mb);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_connections_that_send_garbage_keep_nobody_from_their_page() {
    holds(&measure(100).await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes both cores for half a minute; cargo test --workspace --test processes thousand -- --ignored --nocapture"]
async fn a_thousand_connections_that_send_garbage_keep_nobody_from_their_page() {
    holds(&measure(1_000).await);
}
