//! Deleting: nothing is left of a generation within a minute, also of one that runs.

use domain::wire::server::Kind;
use end_to_end::images::png;
use end_to_end::{Client, Http, Place, ended, scan, start_with};
use local::Stack;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

async fn delete(http: &Http, id: &str) -> u16 {
    http.send(Method::DELETE, &format!("/api/generations/{id}"), &Value::Null).await.0
}

/// Files whose path names it.
fn files(folder: &Path, id: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.display().to_string().contains(id) {
            found.push(path.display().to_string());
        }
        if path.is_dir() {
            found.extend(files(&path, id));
        }
    }
    found
}

/// What table and bucket still hold of it, except for the note of the deletion and the idempotency key.
async fn left(place: &Place, stack: &Stack, id: &str) -> Vec<String> {
    let endpoint = format!("http://{}", stack.addresses().dynamodb);
    let items = scan(&endpoint, &stack.settings().table).await;
    let text = |item: &std::collections::HashMap<_, aws_sdk_dynamodb::types::AttributeValue>, name: &str| {
        item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
    };
    let keys = items.iter().map(|item| (text(item, "pk"), text(item, "sk")));
    let named = keys.filter(|(pk, sk)| pk.contains(id) || sk.contains(id)).map(|(pk, sk)| format!("{pk} {sk}"));
    let items = named.filter(|key| !key.starts_with("X#"));
    items.chain(files(&place.path().join("s3"), id)).collect()
}

async fn gone(place: &Place, stack: &Stack, id: &str) -> Duration {
    let begun = Instant::now();
    loop {
        let left = left(place, stack, id).await;
        if left.is_empty() {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "left after a minute: {left:#?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_while_it_runs_stops_and_leaves_nothing() {
    let (place, stack) = start_with(&[("MODELS", "demo-paced-600x40x20000,demo-stall")]).await;
    let public = stack.addresses().public;
    let http = Http::to(public);
    let upload = http.upload("image/png", png(300, 200, true)).await;
    let mut client = Client::connect(public).await;
    let ask = json!({"prompt": {"text": "a secret bakery", "images": [upload]}, "variants": 2, "requestId": "once"});
    let id = client.generate(&ask).await;
    client.until(|message| message.seq == Some(3)).await;
    assert!(!left(&place, &stack, &id).await.is_empty());

    assert_eq!(delete(&http, &id).await, 204);
    for path in ["", "/variants/0", "/variants/0/chunks"] {
        let (status, refused) = http.get(&format!("/api/generations/{id}{path}")).await;
        assert_eq!((status, refused["error"]["code"].as_str()), (404, Some("not_found")), "{path}");
    }
    let (_, list) = http.get("/api/generations").await;
    assert_eq!(list["data"]["items"], json!([]));
    assert_eq!(delete(&http, &id).await, 404, "there is nothing to delete a second time");

    let told = client.until(|message| message.kind == Kind::Error).await;
    assert_eq!(told.value.as_deref(), Some("This generation was deleted."));
    assert_eq!(client.until_done().await.data.unwrap()["status"], "cancelled");
    println!("gone after {:?}", gone(&place, &stack, &id).await);
    let upload = upload.trim_start_matches("upload:");
    assert_eq!(files(&place.path().join("s3"), upload), Vec::<String>::new(), "the screenshot it was made from");

    // The workers are gone, too: stopping waits for those that run, and one of these models would say nothing for an hour.
    client.send(&json!({"action": "ping"})).await;
    client.until(|message| message.kind == Kind::Pong).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(left(&place, &stack, &id).await, Vec::<String>::new(), "nothing came after");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_stays_for_the_generation_that_still_uses_it() {
    let (place, stack) = start_with(&[("MODELS", "demo-paced-20x5x3000")]).await;
    let http = Http::to(stack.addresses().public);
    let upload = http.upload("image/png", png(3, 2, false)).await;
    let params = json!({"prompt": {"text": "a page", "images": [upload]}, "variants": 1});
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (_, accepted) = http.post("/api/generations", &params, &[]).await;
        ids.push(accepted["data"]["id"].as_str().unwrap().to_owned());
    }
    for id in &ids {
        ended(&http, id).await;
    }
    let stored = || files(&place.path().join("s3/quartet/uploads"), upload.trim_start_matches("upload:"));
    assert_eq!(delete(&http, &ids[0]).await, 204);
    gone(&place, &stack, &ids[0]).await;
    assert_eq!(stored().len(), 1, "the other may be changed, and its history names it");
    assert_eq!(delete(&http, &ids[1]).await, 204);
    gone(&place, &stack, &ids[1]).await;
    assert_eq!(stored(), Vec::<String>::new());
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_generation_stays_deleted_over_a_restart() {
    let place = Place::new(&[("MODELS", "demo-paced-600x40x20000")]);
    let stack = place.start().await;
    let mut client = Client::connect(stack.addresses().public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    client.until(|message| message.kind == Kind::Chunk).await;
    assert_eq!(delete(&Http::to(stack.addresses().public), &id).await, 204);
    stack.stop().await;
    let stack = place.start().await;
    gone(&place, &stack, &id).await;
    assert_eq!(delete(&Http::to(stack.addresses().public), &id).await, 404);
    stack.stop().await;
}
