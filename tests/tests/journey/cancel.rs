//! Stop paying: the provider's stream is closed, the partial text stays.

use domain::wire::server::Kind;
use end_to_end::{Client, Http, View, ended, start_with};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn one_variant_is_stopped_and_the_others_go_on() {
    let (_place, stack) = start_with(&[("MODELS", "demo-paced-300x20x6000")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    client.until(|message| message.variant_index == Some(1) && message.seq == Some(1)).await;
    client.send(&json!({"action": "cancel", "generationId": id, "variantIndex": 1})).await;
    let stopped = client.until(|message| message.kind == Kind::VariantError).await;
    assert_eq!(stopped.variant_index, Some(1));
    assert_eq!(stopped.data.unwrap()["code"], "cancelled");
    assert_eq!(client.until_done().await.data.unwrap()["status"], "partial");

    let http = Http::to(public);
    let views = View::of(&client.heard, false);
    let partial = http.page(&id, 1).await;
    assert_eq!(partial, views[&1].text(), "the partial text is readable");
    assert!(!partial.is_empty() && !partial.contains("</html>"));
    assert_eq!(http.page(&id, 0).await, views[&0].text());
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_says_nothing_can_be_stopped_too() {
    let (_place, stack) = start_with(&[("MODELS", "demo-stall")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 1})).await;
    client.until(|message| message.kind == Kind::Chunk).await;
    let (status, _) = Http::to(public).post(&format!("/api/generations/{id}/cancel"), &json!({}), &[]).await;
    assert_eq!(status, 202);
    assert_eq!(client.until_done().await.data.unwrap()["status"], "cancelled");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_tab_cancels_nothing() {
    let (_place, stack) = start_with(&[("MODELS", "demo-paced-60x20x4000")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    assert_eq!(client.close(1001).await, 1001);
    assert_eq!(ended(&Http::to(public), &id).await["status"], "completed");
    stack.stop().await;
}
