//! One worker's process, and events that come more than once.

use crate::programs::programs;
use crate::{BINARY, LEASE};
use end_to_end::{Client, Http, Quartet, View, ended, shown_is_stored};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

/// How long a takeover may take: the lease, and five seconds for the sweep and a new process.
pub const TAKEOVER: Duration = Duration::from_millis(4_500 + 5_000);

/// Kills one of two workers in mid-stream. Returns the attempts of both variants once the generation has ended.
///
/// # Errors
/// Says what was shown and lost, or that nobody took the variant over in time.
pub async fn a_killed_worker(folder: &Path, patience: Duration) -> Result<Vec<u64>, String> {
    let data = TempDir::new().unwrap();
    let bootstraps = ["--bootstraps", folder.to_str().unwrap()];
    let environment = [("MODELS", "demo-paced-300x20x6000"), ("PUSH_INTERVAL_MS", "100"), LEASE];
    let quartet = Quartet::start_with(BINARY, data.path(), &environment, &bootstraps).await;
    let mut client = Client::connect(quartet.public()).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    client.until(|message| message.seq == Some(1)).await;
    let workers = quartet.children("variant");
    assert_eq!(workers.len(), 2, "a process for each variant");
    let killed = std::process::Command::new("kill").args(["-9", &workers[0].to_string()]).status().unwrap();
    assert!(killed.success());
    let died = Instant::now();

    let http = Http::to(quartet.public());
    shown_is_stored(&http, &id, &client.heard).await?;
    tokio::time::timeout(patience, client.until(|message| message.attempt == Some(2)))
        .await
        .map_err(|_| format!("nobody took over within {patience:?}"))?;
    println!("taken over after {:?}, with {} of {}", died.elapsed(), LEASE.0, LEASE.1);
    let record = ended(&http, &id).await;
    client.until_done().await;
    assert_eq!(record["status"], "completed");
    for (variant, view) in View::of(&client.heard, false) {
        assert_eq!(view.text(), http.page(&id, variant).await, "what is shown is the page");
    }
    let attempts = (0..2).map(|index| record["variants"][index]["attempt"].as_u64().unwrap()).collect();
    quartet.interrupt().await;
    Ok(attempts)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_in_mid_stream_is_replaced() {
    let attempts = a_killed_worker(programs(), TAKEOVER).await.unwrap();
    assert_eq!(attempts.iter().sum::<u64>(), 3, "one was taken over, the other was not: {attempts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoke_that_is_delivered_twice_is_worked_on_once() {
    let data = TempDir::new().unwrap();
    let quartet = Quartet::start(BINARY, data.path(), &[("MODELS", "demo-paced-60x20x4000")]).await;
    let mut client = Client::connect(quartet.public()).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 1})).await;
    let platform = Http::to(quartet.platform());
    let event = json!({"generationId": id, "variantIndex": 0});
    for _ in 0..3 {
        let invoked = platform
            .post_status("/2015-03-31/functions/variant/invocations", &event, &[("x-amz-invocation-type", "Event")])
            .await;
        assert_eq!(invoked, 202);
    }
    client.until_done().await;
    let record = Http::to(quartet.public()).generation(&id).await;
    assert_eq!((record["status"].as_str(), record["variants"][0]["attempt"].as_u64()), (Some("completed"), Some(1)));
    assert_eq!(View::of(&client.heard, false).len(), 1);
    quartet.interrupt().await;
}
