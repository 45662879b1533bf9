//! The stack stops in mid-generation and starts again: every variant ends, and nothing shown is lost.

use end_to_end::{Client, Http, Place, View, ended};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_mid_generation_brings_every_variant_to_its_end() {
    let place = Place::new(&[("MODELS", "demo-paced-300x20x6000"), ("PUSH_INTERVAL_MS", "40")]);
    let stack = place.start().await;
    let mut client = Client::connect(stack.addresses().public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}})).await;
    client.until(|message| message.seq == Some(1)).await;
    stack.stop().await;
    assert_eq!(client.until_closed().await, 1001, "the gateway says that it goes away");
    let shown = View::of(&client.heard, false);
    assert_eq!(shown.len(), 4);

    let stack = place.start().await;
    let http = Http::to(stack.addresses().public);
    for (variant, view) in &shown {
        let path = format!("/api/generations/{id}/variants/{variant}/chunks?attempt={}", view.attempt());
        let (_, stored) = http.get(&path).await;
        let text: String =
            stored["data"]["chunks"].as_array().unwrap().iter().map(|chunk| chunk["value"].as_str().unwrap()).collect();
        assert!(text.starts_with(&view.text()), "what was shown before the restart is still readable");
    }
    let data = ended(&http, &id).await;
    assert_eq!(data["status"], "completed");
    for variant in data["variants"].as_array().unwrap() {
        assert_eq!(variant["attempt"], 2, "a new attempt after the one that was given back");
    }

    let mut later = Client::connect(stack.addresses().public).await;
    later.send(&json!({"action": "resume", "generationId": id})).await;
    later.until_done().await;
    for (variant, view) in View::of(&later.heard, false) {
        assert_eq!(view.text(), http.page(&id, variant).await);
    }
    stack.stop().await;
}
