//! `/health` names the part that is wrong, within a second, and nothing that is secret.

use async_trait::async_trait;
use boot::Function;
use domain::limits::{HEALTH_CACHE_MS, HEALTH_MS_MAX};
use end_to_end::{CountingModel, Http, World, start, start_with, table};
use ports::fault::{Fault, Script};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_in_good_order_is_healthy_under_both_paths() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    for path in ["/health", "/api/health"] {
        let (status, body) = http.get(path).await;
        assert_eq!((status, &body["data"]["status"]), (200, &json!("ok")), "{body}");
        for part in ["table", "bucket", "key"] {
            assert_eq!(body["data"]["parts"][part]["status"], "ok", "{body}");
        }
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_gone_is_named() {
    let (_place, stack) = start().await;
    let endpoint = format!("http://{}", stack.addresses().dynamodb);
    table(&endpoint).delete_table().table_name(&stack.settings().table).send().await.unwrap();
    let (status, body) = Http::to(stack.addresses().public).get("/health").await;
    assert_eq!((status, &body["data"]["parts"]["table"]["status"]), (503, &json!("missing")), "{body}");
    assert_eq!(body["data"]["parts"]["bucket"]["status"], "ok");
    assert_eq!(body["error"]["message"], "Not everything that a generation needs answers: table is missing.");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_gone_is_named() {
    let (place, stack) = start().await;
    std::fs::remove_dir_all(place.path().join("s3").join(&stack.settings().bucket)).unwrap();
    let (status, body) = Http::to(stack.addresses().public).get("/api/health").await;
    assert_eq!((status, &body["data"]["parts"]["bucket"]["status"]), (503, &json!("missing")), "{body}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_there_is_named() {
    let (_place, stack) = start_with(&[("OPENAI_BASE_URL", "https://api.openai.com/v1")]).await;
    let (status, body) = Http::to(stack.addresses().public).get("/health").await;
    assert_eq!((status, &body["data"]["parts"]["key"]["status"]), (503, &json!("missing")), "{body}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_there_is_not_shown() {
    let (_place, stack) = start_with(&[("OPENAI_API_KEY", "sk-canary")]).await;
    let (status, text) = Http::to(stack.addresses().public).get_text("/health").await;
    assert_eq!(status, 200, "{text}");
    assert!(!text.contains("canary") && !text.contains("127.0.0.1"), "{text}");
    stack.stop().await;
}

/// A world whose stores take an hour to answer.
struct Frozen;

#[async_trait]
impl Script for Frozen {
    fn next(&self, _call: &'static str) -> Fault {
        Fault::None
    }

    async fn delay(&self, _call: &'static str) {
        tokio::time::sleep(Duration::from_hours(1)).await;
    }

    fn crashed(&self, _call: &'static str) {}
}

async fn health(world: &World, api: &api::Api) -> Value {
    let event = serde_json::from_str(include_str!("../../../events/api/health.json")).unwrap();
    let answer = api.handle(event, &world.invocation()).await.unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_is_named_within_a_second() {
    let world = World::new(CountingModel::new(1, Duration::ZERO));
    let script: Arc<dyn Script> = Arc::new(Frozen);
    let ports = world.faulty_ports(&script);
    let asked = tokio::time::Instant::now();
    let body = health(&world, &ports.api()).await;
    assert!(asked.elapsed() <= Duration::from_millis(HEALTH_MS_MAX + 1), "{:?}", asked.elapsed());
    assert_eq!(body["data"]["parts"]["table"]["status"], "unavailable", "{body}");
    assert_eq!(body["data"]["parts"]["bucket"]["status"], "unavailable");
    assert_eq!(body["data"]["parts"]["key"]["status"], "ok");
}

#[tokio::test(start_paused = true)]
async fn an_answer_stands_for_a_few_seconds_and_not_longer() {
    let world = World::new(CountingModel::new(1, Duration::ZERO));
    let api = world.ports().api();
    assert_eq!(health(&world, &api).await["data"]["status"], "ok");
    world.provider_key.remove();
    tokio::time::advance(Duration::from_millis(HEALTH_CACHE_MS - 1)).await;
    assert_eq!(health(&world, &api).await["data"]["status"], "ok");
    tokio::time::advance(Duration::from_millis(1)).await;
    let body = health(&world, &api).await;
    assert_eq!(body["data"]["parts"]["key"]["status"], "missing", "{body}");
}
