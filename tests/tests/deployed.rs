//! The journey over the URLs of a deployed stack: connect, generate, disconnect, resume, recover, history, page, deletion.
//!
//! Run by `tests/deployed`, which deploys the template to a stand-in for AWS, or takes a real stack's URLs.

use domain::wire::server::Kind;
use end_to_end::{Client, Http, View, ended};
use reqwest::Method;
use serde_json::{Value, json};

fn url(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run tests/deployed"))
}

fn http() -> Http {
    Http::to_url(&url("QUARTET_PAGE_URL"))
}

async fn connect() -> Client {
    Client::connect_to(&url("QUARTET_SOCKET_URL")).await
}

fn cursors(view: &std::collections::BTreeMap<u8, View>) -> Value {
    view.iter()
        .filter_map(|(variant, view)| {
            let (attempt, seq) = view.cursor()?;
            Some(json!({"variantIndex": variant, "attempt": attempt, "seq": seq}))
        })
        .collect()
}

/// One test: what a person does, in the order in which they do it, and one generation to pay for.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a deployed stack: tests/deployed runs it"]
async fn a_person_gets_every_page_over_the_deployed_urls() {
    let http = http();
    assert_eq!(http.get("/health").await.0, 200);
    let (status, page) = http.get_text("/").await;
    assert!(status == 200 && page.contains("<title>"), "the page is served: {status}");
    let (_, config) = http.get("/api/config").await;
    assert!(config["data"].to_string().contains("wss://"), "the page learns where its socket is: {config}");

    let mut first = connect().await;
    first.send(&json!({"action": "ping"})).await;
    first.until(|message| message.kind == Kind::Pong).await;
    let id = first.generate(&json!({"prompt": {"text": "a landing page for a bakery"}})).await;
    first.until(|message| message.kind == Kind::Chunk && message.seq >= Some(1)).await;
    let shown = View::of(&first.heard, false);
    let mut before = std::mem::take(&mut first.heard);
    first.vanish();

    let mut second = connect().await;
    second.send(&json!({"action": "resume", "generationId": id, "cursors": cursors(&shown)})).await;
    let done = second.until_done().await;
    assert_eq!(done.generation_id.map(|id| id.to_string()).as_deref(), Some(id.as_str()));
    before.append(&mut second.heard);

    let data = ended(&http, &id).await;
    assert_eq!(data["status"], "completed", "{data}");
    let views = View::of(&before, false);
    assert_eq!(views.len(), data["variants"].as_array().unwrap().len());
    for (variant, view) in &views {
        let page = http.page(&id, *variant).await;
        assert_eq!(view.text(), page, "what was shown is what is recorded, of variant {variant}");
    }
    let (_, history) = http.get("/api/generations").await;
    let items = history["data"]["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["id"] == id.as_str()), "{history}");
    let unknown = http.get("/api/generations/0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10/variants/0").await;
    assert_eq!(unknown.0, 404, "an object that is not there is not a server's error");

    let one = format!("/api/generations/{id}");
    assert_eq!(http.send(Method::DELETE, &one, &Value::Null).await.0, 204, "its owner deletes it");
    assert_eq!(http.get(&one).await.0, 404, "what was deleted is not read");
    assert_eq!(http.get_text(&format!("{one}/variants/0")).await.0, 404, "nor is its page");
}
