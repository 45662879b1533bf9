//! One generation of four variants, 20 KB each in 500 deltas at 10 ms: how far behind the provider the end is, what the
//! client receives, and what it costs. The provider is the demo model of a second process, so that the figures are the
//! stack's own. Run with `cargo bench -p local --bench generation`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark measures time and may fail"
)]

use domain::wire::server::Kind;
use end_to_end::{Client, Heard, Http, Quartet};
use serde_json::json;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_quartet");
const ROUNDS: usize = 5;
const DELTAS: u64 = 500;
const PACE_MS: u64 = 10;
const BYTES: usize = 20_480;

struct Round {
    behind_ms: f64,
    first_chunk_ms: f64,
    received_ratio: f64,
    largest: usize,
    cpu_s: f64,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let (provider_data, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let provider = Quartet::start(BINARY, provider_data.path(), &[]).await;
    let base = format!("http://{}/demo/v1", provider.platform());
    let model = format!("demo-paced-{DELTAS}x{PACE_MS}x{BYTES}");
    let before = Instant::now();
    let stack = Quartet::start(BINARY, data.path(), &[("OPENAI_BASE_URL", &base), ("MODELS", &model)]).await;
    println!("start to greeting: {:.0} ms", millis(before.elapsed()));

    let mut rounds = Vec::new();
    for _ in 0..=ROUNDS {
        rounds.push(round(&stack).await);
    }
    // The first round warms connections and caches.
    rounds.remove(0);
    report("end behind the provider, ms (at most 300)", &rounds, |round| round.behind_ms);
    report("asked to first chunk at the client, ms, slowest of four (at most 20)", &rounds, |round| {
        round.first_chunk_ms
    });
    report("bytes received / bytes of HTML (at most 1.3)", &rounds, |round| round.received_ratio);
    #[expect(clippy::cast_precision_loss, reason = "a message's size")]
    report("largest message, bytes (at most 32768)", &rounds, |round| round.largest as f64);
    report("CPU of the stack, s (at most 0.2)", &rounds, |round| round.cpu_s);
    stack.interrupt().await;
    provider.interrupt().await;
}

async fn round(stack: &Quartet) -> Round {
    let mut client = Client::connect(stack.public()).await;
    let cpu = cpu_s(stack.process());
    client.send(&json!({"action": "generate", "prompt": {"text": "a page"}})).await;
    let mut asked: [Option<Instant>; 4] = [None; 4];
    let mut first: [Option<Instant>; 4] = [None; 4];
    loop {
        let Heard::Message(message) = client.next().await else { panic!("closed") };
        let now = Instant::now();
        let index = usize::from(message.variant_index.unwrap_or(0));
        if message.kind == Kind::Progress {
            // Told right before the model is asked, so the request itself is part of the figure.
            asked[index].get_or_insert(now);
        } else if message.kind == Kind::Chunk {
            first[index].get_or_insert(now);
        } else if message.kind == Kind::Done {
            break;
        }
    }
    let done = Instant::now();
    let used = cpu_s(stack.process()) - cpu;
    // Deltas, then the finish, the token counts and [DONE], each one step of the pace after the other.
    let provider_takes = Duration::from_millis(PACE_MS * (DELTAS + 2));
    let last_asked = asked.iter().flatten().max().unwrap();
    let id = client.heard.iter().find_map(|message| message.generation_id.clone()).unwrap().to_string();
    let http = Http::to(stack.public());
    let mut html = 0;
    for variant in 0..4 {
        html += http.page(&id, variant).await.len();
    }
    let received: usize = client.sizes.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "sizes of a few kilobytes")]
    let received_ratio = received as f64 / html as f64;
    Round {
        behind_ms: millis(done.duration_since(*last_asked)) - millis(provider_takes),
        first_chunk_ms: asked
            .iter()
            .zip(first)
            .map(|(asked, first)| millis(first.unwrap().duration_since(asked.unwrap())))
            .fold(0.0, f64::max),
        received_ratio,
        largest: client.sizes.iter().copied().max().unwrap(),
        cpu_s: used,
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// The CPU time of all threads that the process has, in seconds, from the scheduler's own count of nanoseconds.
fn cpu_s(process: u32) -> f64 {
    let mut total = 0.0;
    for task in std::fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten() {
        let text = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        total += text.split(' ').next().and_then(|first| first.parse::<f64>().ok()).unwrap_or(0.0) / 1e9;
    }
    total
}

fn report(what: &str, rounds: &[Round], figure: impl Fn(&Round) -> f64) {
    let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    let (first, middle, last) = (figures[0], figures[figures.len() / 2], figures[figures.len() - 1]);
    println!("{what}: median {middle:.3} ({first:.3} to {last:.3})");
}
