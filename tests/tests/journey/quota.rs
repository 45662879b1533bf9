//! What may be spent: counted before a model is asked, whoever asks at the same time, and given back at the end.

use boot::SystemClock;
use domain::wire::server::Kind;
use end_to_end::{Client, Http, ended, start_with};
use futures_util::future::join_all;
use ports::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const ONE: &str = r#"{"prompt": {"text": "a page"}, "variants": 1}"#;

fn one() -> Value {
    serde_json::from_str(ONE).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_at_once_as_many_are_accepted_as_the_limit_says() {
    let models = ("MODELS", "demo-paced-100x100x5000");
    for quota in [("QUOTA_USER", "minute:5"), ("QUOTA_STACK", "tokens:110500")] {
        let (_place, stack) = start_with(&[models, quota]).await;
        let http = Http::to(stack.addresses().public);
        // The minute is the clock's: not over its end.
        let second = SystemClock.now_ms() / 1_000 % 60;
        if second > 40 {
            tokio::time::sleep(Duration::from_secs(60 - second)).await;
        }
        let answers = join_all((0..16).map(async |_| http.post_raw("/api/generations", &one()).await)).await;
        let mut accepted = 0;
        for answer in answers {
            if answer.status() == 202 {
                accepted += 1;
                continue;
            }
            assert_eq!(answer.status(), 429, "{quota:?}");
            let retry_after: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            let error = answer.json::<Value>().await.unwrap()["error"].clone();
            assert_eq!(error["code"], "quota_exceeded");
            assert_eq!(error["quota"]["retryAfterS"].as_u64().unwrap().abs_diff(retry_after), 0);
            assert!((1..=86_400).contains(&retry_after));
        }
        assert_eq!(accepted, 5, "{quota:?}");
        stack.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_free_again_when_its_variant_has_ended_or_was_deleted() {
    let environment = [("MODELS", "demo-paced-120x50x4000"), ("QUOTA_USER", "running:2")];
    let (_place, stack) = start_with(&environment).await;
    let http = Http::to(stack.addresses().public);
    let mut client = Client::connect(stack.addresses().public).await;
    let ask = json!({"prompt": {"text": "a page"}, "variants": 2, "requestId": "first"});
    let first = client.generate(&ask).await;

    let (status, refused) = http.post("/api/generations", &one(), &[]).await;
    let quota = &refused["error"]["quota"];
    assert_eq!((status, quota["scope"].as_str(), quota["limit"].as_str()), (429, Some("user"), Some("running")));
    assert_eq!(quota["max"], 2);
    client.send(&json!({"action": "generate", "prompt": {"text": "another"}, "variants": 1})).await;
    let told = client.until(|message| message.kind == Kind::Error).await;
    let data = told.data.unwrap();
    assert_eq!((data["code"].as_str(), data["quota"]["limit"].as_str()), (Some("quota_exceeded"), Some("running")));
    assert_eq!(client.generate(&ask).await, first, "a resend is of what was counted already");

    assert_eq!(ended(&http, &first).await["status"], "completed");
    let (_, second) = accepted_in_time(&http).await;
    let (status, _) = http.send(Method::DELETE, &format!("/api/generations/{second}"), &Value::Null).await;
    assert_eq!(status, 204);
    let both = json!({"prompt": {"text": "a page"}, "variants": 2});
    let (status, accepted) = http.post("/api/generations", &both, &[]).await;
    assert_eq!(status, 202, "deleting frees its place at once: {accepted}");
    stack.stop().await;
}

/// The place is given back after the end is told.
async fn accepted_in_time(http: &Http) -> (u16, String) {
    for _ in 0..100 {
        let (status, answer) = http.post("/api/generations", &one(), &[]).await;
        if status == 202 {
            return (status, answer["data"]["id"].as_str().unwrap().to_owned());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no place was given back");
}
