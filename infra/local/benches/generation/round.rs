//! One generation of four variants: what it takes, beside what its provider takes.

use crate::{PACE_MS, Paced, millis};
use domain::wire::server::Kind;
use end_to_end::{Client, Heard, Http, Quartet};
use serde_json::json;
use std::time::{Duration, Instant};

/// The figures of one generation.
pub struct Round {
    pub behind_ms: f64,
    pub first_chunk_ms: f64,
    pub received_ratio: f64,
    pub largest: f64,
    pub cpu_s: f64,
}

/// Generates once, as a browser does.
pub async fn round(stack: &Quartet, paced: Paced) -> Round {
    let mut client = Client::connect(stack.public()).await;
    let cpu = cpu_s(stack.process());
    let models = [(); 4].map(|()| paced.model());
    client.send(&json!({"action": "generate", "prompt": {"text": "a page"}, "models": models})).await;
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
    let provider_takes = Duration::from_millis(PACE_MS * (paced.deltas + 2));
    let last_asked = asked.iter().flatten().max().unwrap();
    let id = client.heard.iter().find_map(|message| message.generation_id.clone()).unwrap().to_string();
    let http = Http::to(stack.public());
    let mut html = 0;
    for variant in 0..4 {
        html += http.page(&id, variant).await.len();
    }
    let received: usize = client.sizes.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "sizes of a few kilobytes")]
    let (received_ratio, largest) =
        (received as f64 / html as f64, client.sizes.iter().copied().max().unwrap_or_default() as f64);
    Round {
        behind_ms: millis(done.duration_since(*last_asked)) - millis(provider_takes),
        first_chunk_ms: asked
            .iter()
            .zip(first)
            .map(|(asked, first)| millis(first.unwrap().duration_since(asked.unwrap())))
            .fold(0.0, f64::max),
        received_ratio,
        largest,
        cpu_s: used,
    }
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
