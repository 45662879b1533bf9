//! Who knows the id can be brought to the end by plain HTTP.

use end_to_end::{Client, Http, View, ended, start, start_with};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_is_killed_in_mid_stream_gets_all_four_pages_back() {
    let (_place, stack) = start().await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a bakery"}})).await;
    client.until(|message| message.seq == Some(1)).await;
    let shown = View::of(&client.heard, false);
    client.vanish();

    let http = Http::to(public);
    let data = ended(&http, &id).await;
    assert_eq!(data["status"], "completed");
    assert_eq!(data["variants"].as_array().unwrap().len(), 4);
    for variant in 0..4 {
        let page = http.page(&id, variant).await;
        assert!(page.ends_with("</html>"));
        if let Some(view) = shown.get(&variant) {
            assert!(page.starts_with(&view.text()), "what was shown is a prefix of what is recorded");
        }
    }
    assert_eq!(data["html"], http.page(&id, 0).await);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_started_over_http_is_read_where_its_location_says() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    let body = json!({"prompt": {"text": "a page"}, "variants": 1});
    let key = [("idempotency-key", "k1")];
    let (status, accepted) = http.post("/api/generations", &body, &key).await;
    assert_eq!(status, 202);
    let id = accepted["data"]["id"].as_str().unwrap();
    assert_eq!(accepted["data"]["url"], format!("/api/generations/{id}"));
    let (_, again) = http.post("/api/generations", &body, &key).await;
    assert_eq!(again["data"]["id"], id, "the same key with the same request is the same generation");
    let other = json!({"prompt": {"text": "another page"}, "variants": 1});
    let (status, refused) = http.post("/api/generations", &other, &key).await;
    assert_eq!((status, refused["error"]["code"].as_str()), (409, Some("conflict")));

    ended(&http, id).await;
    let (_, history) = http.get("/api/generations").await;
    let ids: Vec<&str> =
        history["data"]["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [id]);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_over_http_are_those_after_the_cursor() {
    let (_place, stack) = start_with(&[("MODELS", "demo-paced-200x20x4000")]).await;
    let http = Http::to(stack.addresses().public);
    let body = json!({"prompt": {"text": "a page"}, "variants": 1});
    let (_, accepted) = http.post("/api/generations", &body, &[]).await;
    let id = accepted["data"]["id"].as_str().unwrap().to_owned();
    ended(&http, &id).await;
    let path = format!("/api/generations/{id}/variants/0/chunks");
    let (_, all) = http.get(&path).await;
    let chunks = all["data"]["chunks"].as_array().unwrap();
    assert!(chunks.len() > 2 && all["data"]["ended"] == true && all["data"]["attempt"] == 1);
    let text: String = chunks.iter().map(|chunk| chunk["value"].as_str().unwrap()).collect();
    assert_eq!(text, http.page(&id, 0).await);
    let (_, rest) = http.get(&format!("{path}?attempt=1&after=1")).await;
    assert_eq!(rest["data"]["chunks"].as_array().unwrap()[..], chunks[2..]);
    let (status, refused) = http.get(&format!("{path}?attempt=2")).await;
    assert_eq!((status, refused["error"]["field"].as_str()), (400, Some("attempt")));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_and_a_malformed_id_are_not_found_alike() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    let unknown = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";
    let mut answers = Vec::new();
    for id in [unknown, "nonsense", "a%20b", "0B5C3F6E-8A0F-4F0E-9B1A-2F6D1C7E9A10"] {
        for path in ["", "/variants/0", "/variants/0/chunks"] {
            answers.push(http.get(&format!("/api/generations/{id}{path}")).await);
        }
        answers.push(http.post(&format!("/api/generations/{id}/cancel"), &json!({}), &[]).await);
    }
    for (status, body) in &answers {
        assert_eq!(*status, 404);
        assert_eq!(body["success"], false);
        assert_eq!(*body, answers[0].1, "all alike");
    }
    assert_eq!(http.get("/nowhere").await.0, 404);
    assert_eq!(http.post("/api/health", &json!({}), &[]).await.0, 405);
    stack.stop().await;
}
