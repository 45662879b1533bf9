//! Real processes, really killed: a worker in mid-stream, and the whole stack again and again.

#![expect(clippy::unwrap_used, reason = "helpers of tests end their test")]

use domain::wire::server::Kind;
use end_to_end::{Client, Heard, Http, Quartet, View, ended};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_quartet");
/// The shortest lease that is allowed, so that a takeover is not waited for longer than it has to be.
const LEASE: (&str, &str) = ("LEASE_MS", "4500");

/// Builds the functions' programs, which cargo does not do for another package's tests, and says where they are.
fn programs() -> PathBuf {
    let folder = Path::new(BINARY).parent().unwrap().to_owned();
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "-p", "socket", "-p", "variant", "-p", "api", "-p", "sweep", "--bins"]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success(), "the functions are built");
    folder
}

async fn chunks(http: &Http, id: &str, variant: u8, attempt: u32) -> String {
    let (mut text, mut after) = (String::new(), String::new());
    loop {
        let path = format!("/api/generations/{id}/variants/{variant}/chunks?attempt={attempt}{after}");
        let (status, body) = http.get(&path).await;
        assert_eq!(status, 200, "{body}");
        let chunks = body["data"]["chunks"].as_array().unwrap().clone();
        for chunk in &chunks {
            if chunk["type"] == "setCode" {
                text.clear();
            }
            text.push_str(chunk["value"].as_str().unwrap());
        }
        match chunks.last() {
            Some(last) => after = format!("&after={}", last["seq"]),
            None => return text,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_in_mid_stream_is_replaced() {
    let data = TempDir::new().unwrap();
    let folder = programs();
    let bootstraps = ["--bootstraps", folder.to_str().unwrap()];
    let environment = [("MODELS", "demo-paced-150x20x6000"), LEASE];
    let quartet = Quartet::start_with(BINARY, data.path(), &environment, &bootstraps).await;
    let mut client = Client::connect(quartet.public()).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    client.until(|message| message.seq == Some(3)).await;

    let workers = quartet.children("variant");
    assert_eq!(workers.len(), 2, "a process for each variant");
    let killed = std::process::Command::new("kill").args(["-9", &workers[0].to_string()]).status().unwrap();
    assert!(killed.success());

    assert_eq!(client.until_done().await.data.unwrap()["status"], "completed");
    let http = Http::to(quartet.public());
    let record = http.generation(&id).await;
    let attempts: Vec<u64> = (0..2).map(|index| record["variants"][index]["attempt"].as_u64().unwrap()).collect();
    assert_eq!(attempts.iter().sum::<u64>(), 3, "one was taken over, the other was not: {attempts:?}");
    for (variant, view) in View::of(&client.heard, false) {
        assert_eq!(view.text(), http.page(&id, variant).await);
        for (attempt, chunk) in view.chunks() {
            assert!(chunks(&http, &id, variant, attempt).await.contains(&chunk.text), "what was shown is still there");
        }
    }
    quartet.interrupt().await;
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

/// Reads what comes for so long, or until the connection ends.
async fn listen(client: &mut Client, for_ms: u64) {
    let until = Duration::from_millis(for_ms);
    let _ = tokio::time::timeout(until, async { while let Heard::Message(_) = client.next().await {} }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_of_the_whole_stack_lose_no_character() {
    let data = TempDir::new().unwrap();
    let environment = [("MODELS", "demo-paced-100x15x5000"), LEASE];
    let mut shown: Vec<(String, Vec<domain::wire::server::ServerMessage>)> = Vec::new();
    for round in 0..20_u64 {
        let quartet = Quartet::start(BINARY, data.path(), &environment).await;
        let mut client = Client::connect(quartet.public()).await;
        let ask = json!({"action": "generate", "prompt": {"text": format!("page {round}")}, "variants": 2});
        client.send(&ask).await;
        // Moments spread over a generation's whole way: before the answer, in mid-stream, around the end.
        listen(&mut client, 5 + (round * 617) % 1_900).await;
        quartet.kill().await;
        listen(&mut client, 500).await;
        let id = client
            .heard
            .iter()
            .find(|message| message.kind == Kind::Generation)
            .map(|message| message.generation_id.as_ref().unwrap().to_string());
        shown.extend(id.map(|id| (id, std::mem::take(&mut client.heard))));
    }
    assert!(shown.len() > 10, "most rounds got as far as an id");

    let quartet = Quartet::start(BINARY, data.path(), &environment).await;
    let http = Http::to(quartet.public());
    for (id, heard) in &shown {
        let record: Value = ended(&http, id).await;
        for variant in record["variants"].as_array().unwrap() {
            let attempt = variant["attempt"].as_u64().unwrap();
            assert!((1..=6).contains(&attempt), "each attempt follows a death: {variant}");
        }
        for (variant, view) in View::of(heard, false) {
            if view.attempt() > 0 {
                let stored = chunks(&http, id, variant, view.attempt()).await;
                assert!(stored.starts_with(&view.text()), "shown and lost, of {id}/{variant}");
            }
        }
    }
    quartet.interrupt().await;
}
