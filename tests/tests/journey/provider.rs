//! Every way in which a provider misbehaves, and the honest end of each.

use end_to_end::{Client, Http, View, ended, start_with, stored_text};
use serde_json::json;

/// A variant's status, its number of attempts and its error's code, for a demo model.
async fn outcome(model: &str) -> (String, u64, Option<String>) {
    let (_place, stack) = start_with(&[("MODELS", model)]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 1})).await;
    client.until_done().await;
    let http = Http::to(public);
    let data = ended(&http, &id).await;
    let variant = &data["variants"][0];
    let view = &View::of(&client.heard, false)[&0];
    let attempt = variant["attempt"].as_u64().unwrap();
    assert_eq!(view.ended().map(u64::from), Some(attempt));
    if variant["status"] == "completed" {
        assert_eq!(view.text(), http.page(&id, 0).await, "the streamed text is the page");
    } else if !view.text().is_empty() {
        assert_eq!(view.text(), http.page(&id, 0).await, "partial text stays readable");
    }
    stack.stop().await;
    (variant["status"].as_str().unwrap().to_owned(), attempt, variant["error"]["code"].as_str().map(str::to_owned))
}

fn completed(attempts: u64) -> (String, u64, Option<String>) {
    ("completed".to_owned(), attempts, None)
}

fn failed(attempts: u64, code: &str) -> (String, u64, Option<String>) {
    ("failed".to_owned(), attempts, Some(code.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_an_unusual_shape_is_a_page_all_the_same() {
    for model in ["demo-prose", "demo-split", "demo-unknown-event", "demo-no-usage"] {
        assert_eq!(outcome(model).await, completed(1), "{model}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_breaks_and_a_busy_provider_are_asked_again() {
    for model in ["demo-cut-once-4", "demo-busy-once"] {
        assert_eq!(outcome(model).await, completed(2), "{model}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_gets_better_is_given_up_after_three_attempts() {
    assert_eq!(outcome("demo-cut-3").await, failed(3, "stream_interrupted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_refuses_for_good_is_not_asked_again() {
    for (model, code) in [
        ("demo-status-401", "provider_authentication"),
        ("demo-status-403", "provider_authentication"),
        ("demo-status-400", "provider_rejected"),
        ("demo-quota", "provider_quota"),
        ("demo-filter", "content_filter"),
        ("demo-empty", "no_page"),
        ("demo-no-page", "no_page"),
    ] {
        assert_eq!(outcome(model).await, failed(1, code), "{model}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_a_later_attempt_leaves_what_was_shown_on_the_screen() {
    let (_place, stack) = start_with(&[("MODELS", "demo-cut-then-401")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 1})).await;
    client.until_done().await;
    let view = &View::of(&client.heard, false)[&0];
    assert_eq!(view.ended(), Some(2));
    let http = Http::to(public);
    let first = stored_text(&http, &id, 0, 1).await;
    assert!(!first.is_empty(), "the first attempt came to something");
    assert_eq!(view.text(), first);
    assert_eq!(http.page(&id, 0).await, first, "and HTTP serves the same");
    stack.stop().await;
}
