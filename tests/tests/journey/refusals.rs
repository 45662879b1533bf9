//! Bad input: one `error` with a code and a field, a connection that stays usable, nothing recorded, no model called.

use domain::wire::server::Kind;
use end_to_end::{Client, Heard, Http, start, start_with};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const LIST_TABLES: (&str, &str) = ("x-amz-target", "DynamoDB_20120810.ListTables");
const UNKNOWN: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

fn wrong_messages() -> Vec<(String, &'static str, Option<&'static str>)> {
    let generate = |more: Value| {
        let mut message = json!({"action": "generate", "prompt": {"text": "a page"}});
        for (name, value) in more.as_object().unwrap() {
            message[name] = value.clone();
        }
        message.to_string()
    };
    let resume = |more: Value| json!({"action": "resume", "generationId": UNKNOWN, "cursors": more}).to_string();
    vec![
        ("not json".to_owned(), "not_json", None),
        ("[1, 2]".to_owned(), "invalid_field", None),
        (json!({"action": "explode"}).to_string(), "unknown_action", Some("action")),
        (json!({"hello": 1}).to_string(), "invalid_field", Some("action")),
        (generate(json!({"generatedCodeConfig": "cobol"})), "invalid_field", Some("generatedCodeConfig")),
        (generate(json!({"inputMode": "smell"})), "invalid_field", Some("inputMode")),
        (generate(json!({"variants": 0})), "invalid_field", Some("variants")),
        (generate(json!({"variants": 99})), "invalid_field", Some("variants")),
        (generate(json!({"prompt": {"text": " "}})), "invalid_field", Some("prompt.text")),
        (generate(json!({"models": ["gpt-unheard-of"]})), "invalid_field", Some("models[0]")),
        (json!({"action": "resume", "generationId": "x"}).to_string(), "not_found", Some("generationId")),
        (resume(json!([])), "not_found", Some("generationId")),
        (resume(json!([{"variantIndex": 0, "attempt": 1, "seq": -1}])), "invalid_field", Some("cursors[0].seq")),
        (json!({"action": "cancel", "generationId": UNKNOWN}).to_string(), "not_found", Some("generationId")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_message_is_refused_by_name_and_leaves_nothing_behind() {
    let (place, stack) = start().await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    client.send(&json!({"action": "ping"})).await;
    client.until(|message| message.kind == Kind::Pong).await;
    assert_eq!(client.heard[0].kind, Kind::Connection, "the first answer on a socket");
    for (message, code, field) in wrong_messages() {
        client.send_text(message.clone()).await;
        let error = client.message().await;
        assert_eq!(error.kind, Kind::Error, "{message}");
        let data = error.data.unwrap();
        assert_eq!((data["code"].as_str(), data["field"].as_str()), (Some(code), field), "{message}");
        assert!(error.value.unwrap().len() > 10, "words that a person can act on");
        client.send(&json!({"action": "ping"})).await;
        assert_eq!(client.message().await.kind, Kind::Pong, "the connection stays usable after {message}");
    }
    let (_, history) = Http::to(public).get("/api/generations").await;
    assert_eq!(history["data"]["items"], json!([]));
    assert!(!place.path().join("s3/quartet/generations").exists(), "nothing was stored");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_api_gateway_does_not_take_closes_with_its_code() {
    let (_place, stack) = start().await;
    let public = stack.addresses().public;

    let mut large_frame = Client::connect(public).await;
    large_frame.send_text("x".repeat(33 * 1024)).await;
    assert_eq!(large_frame.until_closed().await, 1009);

    let mut binary = Client::connect(public).await;
    binary.send_binary(vec![1, 2, 3]).await;
    assert_eq!(binary.until_closed().await, 1003);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_beyond_what_is_stored_are_refused_by_name() {
    let (_place, stack) = start().await;
    let mut client = Client::connect(stack.addresses().public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 1})).await;
    client.until_done().await;
    for (cursor, field) in [
        (json!({"variantIndex": 1, "attempt": 1, "seq": 0}), "cursors[0].variantIndex"),
        (json!({"variantIndex": 0, "attempt": 2, "seq": 0}), "cursors[0].attempt"),
        (json!({"variantIndex": 0, "attempt": 1, "seq": 4_000_000}), "cursors[0].seq"),
    ] {
        client.send(&json!({"action": "resume", "generationId": id, "cursors": [cursor]})).await;
        let error = client.message().await;
        assert_eq!(error.data.unwrap()["field"], field);
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_key_is_named_to_the_client() {
    // OpenAI's own address, and no key: refused before anything is sent.
    let (_place, stack) = start_with(&[("OPENAI_BASE_URL", "https://api.openai.com/v1")]).await;
    let mut client = Client::connect(stack.addresses().public).await;
    client.generate(&json!({"prompt": {"text": "a page"}, "variants": 1})).await;
    let Heard::Message(error) = (loop {
        match client.next().await {
            Heard::Message(message) if message.kind != Kind::VariantError => {}
            heard => break heard,
        }
    }) else {
        panic!("closed")
    };
    assert!(error.value.unwrap().contains("OPENAI_API_KEY"));
    assert_eq!(error.data.unwrap()["code"], "misconfigured");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_that_somebody_visits_can_neither_connect_nor_spend() {
    let (_place, stack) = start().await;
    let public = stack.addresses().public;
    let http = Http::to(public);
    let ask = json!({"prompt": {"text": "a page"}});
    for stranger in [("origin", "https://evil.example"), ("origin", "null"), ("host", "evil.example")] {
        let mut upgrade = format!("ws://{public}/generate-code").into_client_request().unwrap();
        upgrade.headers_mut().insert(stranger.0, stranger.1.parse().unwrap());
        let refused = tokio_tungstenite::connect_async(upgrade).await.unwrap_err();
        assert!(matches!(&refused, Error::Http(answer) if answer.status() == 403), "{stranger:?}: {refused}");
        assert_eq!(http.post_status("/api/generations", &ask, &[stranger]).await, 403, "{stranger:?}");
        let platform = Http::to(stack.addresses().platform);
        let invoked = platform.post_status("/2015-03-31/functions/variant/invocations", &ask, &[stranger]).await;
        assert_eq!(invoked, 403, "{stranger:?}");
        let table = Http::to(stack.addresses().dynamodb);
        let listed = table.post_status("/", &json!({}), &[stranger, LIST_TABLES]).await;
        assert_eq!(listed, 403, "{stranger:?}: whoever reaches the table reads everybody's");
        let preflight = table.options("/", &[stranger, ("access-control-request-method", "POST")]).await;
        let allowed = preflight.headers().get("access-control-allow-origin");
        assert_eq!((preflight.status().as_u16(), allowed), (403, None), "{stranger:?}");
    }
    // Not even a page of this machine that is served from another port may read the table.
    let table = Http::to(stack.addresses().dynamodb);
    let question = [("origin", "http://localhost:5173"), ("access-control-request-method", "POST")];
    assert_eq!(table.options("/", &question).await.headers().get("access-control-allow-origin"), None);
    assert_eq!(table.post_status("/", &json!({}), &[LIST_TABLES]).await, 200, "programs of this machine may");
    let frontend = [("origin", "http://localhost:5173")];
    let preflight = http.options("/api/export", &[frontend[0], ("access-control-request-method", "POST")]).await;
    assert_eq!(preflight.status().as_u16(), 204);
    assert_eq!(preflight.headers()["access-control-allow-origin"], frontend[0].1);
    assert_eq!(http.post("/api/generations", &ask, &frontend).await.0, 202);
    stack.stop().await;
}
