//! What a generation takes: four variants, 20 KB each in 500 deltas at 10 ms. How far behind the provider the end is, what
//! the client receives, what it costs; then what five times as much costs, and how long a durable write and a resume take. The
//! provider is the demo model of a second process, so that the figures are the stack's own. Run with `cargo bench -p local --bench generation`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark measures time and may fail"
)]

#[path = "generation/promise.rs"]
mod promise;
#[path = "generation/round.rs"]
mod round;

use end_to_end::Quartet;
use round::{Round, round};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_quartet");
const ROUNDS: usize = 5;
/// Each takes half a minute.
const LONG_ROUNDS: usize = 3;
const PACE_MS: u64 = 10;
const USUAL: Paced = Paced { deltas: 500, bytes: 20_480 };
const LONG: Paced = Paced { deltas: 2_500, bytes: 102_400 };

/// A page as the demo model writes it.
#[derive(Clone, Copy)]
struct Paced {
    deltas: u64,
    bytes: usize,
}

impl Paced {
    fn model(self) -> String {
        format!("demo-paced-{}x{PACE_MS}x{}", self.deltas, self.bytes)
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let (provider_data, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let provider = Quartet::start(BINARY, provider_data.path(), &[]).await;
    let base = format!("http://{}/demo/v1", provider.platform());
    let (usual, long) = (USUAL.model(), LONG.model());
    let environment = [("OPENAI_BASE_URL", &*base), ("MODELS", &*usual), ("MODELS_ALLOWED", &*long)];
    let before = Instant::now();
    let stack = Quartet::start(BINARY, data.path(), &environment).await;
    println!("start to greeting: {:.0} ms", millis(before.elapsed()));

    let mut rounds = Vec::new();
    for _ in 0..=ROUNDS {
        rounds.push(round(&stack, USUAL).await);
    }
    // The first round warms connections and caches.
    rounds.remove(0);
    let figures = |figure: fn(&Round) -> f64| rounds.iter().map(figure).collect::<Vec<f64>>();
    report("end behind the provider, ms (at most 300)", figures(|round| round.behind_ms));
    report(
        "asked to first chunk at the client, ms, slowest of four (at most 20)",
        figures(|round| round.first_chunk_ms),
    );
    report("bytes received / bytes of HTML (at most 1.3)", figures(|round| round.received_ratio));
    report("largest message, bytes (at most 32768)", figures(|round| round.largest));
    report("CPU of the stack, s (at most 0.2)", figures(|round| round.cpu_s));
    let usual_cpu_s = median(figures(|round| round.cpu_s));
    let mut ratios = Vec::new();
    for _ in 0..LONG_ROUNDS {
        ratios.push(round(&stack, LONG).await.cpu_s / usual_cpu_s);
    }
    report("CPU of 100 KB in 2,500 deltas / CPU of 20 KB in 500 (at most 3)", ratios);
    report("durable write of a chunk, ms (at most 10)", promise::durable_writes().await);
    report("resume to the first missing chunk, ms (at most 50)", promise::resumes(&stack).await);
    stack.interrupt().await;
    provider.interrupt().await;
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn report(what: &str, mut figures: Vec<f64>) {
    figures.sort_by(f64::total_cmp);
    let (first, middle, last) = (figures[0], figures[figures.len() / 2], figures[figures.len() - 1]);
    println!("{what}: median {middle:.3} ({first:.3} to {last:.3})");
}
