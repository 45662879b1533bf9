//! Any later connection gets exactly what it misses, then the rest live.

use domain::wire::server::Kind;
use end_to_end::{Client, Http, View, start_with};
use serde_json::{Value, json};

fn cursors(client: &Client) -> Value {
    let cursors: Vec<Value> = View::of(&client.heard, false)
        .iter()
        .filter_map(|(variant, view)| {
            let (attempt, seq) = view.cursor()?;
            Some(json!({"variantIndex": variant, "attempt": attempt, "seq": seq}))
        })
        .collect();
    json!(cursors)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_in_mid_stream_gets_every_missing_chunk_once() {
    let (_place, stack) = start_with(&[("MODELS", "demo-paced-300x20x8000"), ("PUSH_INTERVAL_MS", "40")]).await;
    let public = stack.addresses().public;
    let mut first = Client::connect(public).await;
    let id = first.generate(&json!({"prompt": {"text": "a page"}})).await;
    first.until(|message| message.seq == Some(1)).await;
    let cursors = cursors(&first);
    let before = std::mem::take(&mut first.heard);
    first.vanish();

    let mut second = Client::connect(public).await;
    second.send(&json!({"action": "resume", "generationId": id, "cursors": cursors})).await;
    second.until_shown(&before).await;
    let all: Vec<_> = before.into_iter().chain(second.heard).collect();
    let http = Http::to(public);
    let views = View::of(&all, false);
    assert_eq!(views.len(), 4);
    for (variant, view) in &views {
        assert_eq!(view.text(), http.page(&id, *variant).await);
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_device_follows_the_same_generation_from_its_start() {
    let (_place, stack) = start_with(&[("MODELS", "demo-paced-300x20x6000"), ("PUSH_INTERVAL_MS", "40")]).await;
    let public = stack.addresses().public;
    let mut desk = Client::connect(public).await;
    let id = desk.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    desk.until(|message| message.seq == Some(1)).await;
    let mut phone = Client::connect(public).await;
    phone.send(&json!({"action": "resume", "generationId": id})).await;
    tokio::join!(desk.until_shown(&[]), phone.until_shown(&[]));
    let (desk, phone) = (View::of(&desk.heard, false), View::of(&phone.heard, false));
    for variant in 0..2 {
        assert_eq!(desk[&variant].text(), phone[&variant].text());
        assert!(phone[&variant].text().ends_with("</html>"));
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_after_the_end_is_brought_to_done() {
    let (_place, stack) = start_with(&[("MODELS", "demo-paced-20x5x3000")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    client.until_done().await;
    let cursors = cursors(&client);
    client.vanish();

    for (cursors, chunks_again) in [(json!([]), true), (cursors, false)] {
        let mut later = Client::connect(public).await;
        later.send(&json!({"action": "resume", "generationId": id, "cursors": cursors})).await;
        assert_eq!(later.until_done().await.data.unwrap()["status"], "completed");
        let kinds: Vec<Kind> = later.heard.iter().map(|message| message.kind).collect();
        assert_eq!(kinds.contains(&Kind::Chunk), chunks_again);
        assert_eq!(kinds.iter().filter(|kind| **kind == Kind::VariantComplete).count(), 2);
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generate_that_is_sent_again_attaches_to_its_generation() {
    let (_place, stack) = start_with(&[("MODELS", "demo-paced-60x10x4000")]).await;
    let public = stack.addresses().public;
    let request = json!({"prompt": {"text": "a page"}, "variants": 1, "requestId": "again"});
    let mut first = Client::connect(public).await;
    let id = first.generate(&request).await;
    first.vanish();
    let mut second = Client::connect(public).await;
    assert_eq!(second.generate(&request).await, id);
    second.until_done().await;
    assert!(View::of(&second.heard, false)[&0].text().ends_with("</html>"));

    let mut other = request.clone();
    other["prompt"]["text"] = json!("another page");
    other["action"] = json!("generate");
    second.send(&other).await;
    let error = second.until(|message| message.kind == Kind::Error).await;
    assert_eq!(error.data.unwrap()["code"], "conflict");
    stack.stop().await;
}
