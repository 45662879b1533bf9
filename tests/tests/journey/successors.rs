//! Who answers: the chosen model, its successor, and never a host that a client chose.

use domain::wire::server::Kind;
use end_to_end::{Client, Http, ended, start, start_with};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;

/// Two models that are gone, each in its way, and a third that is dear.
const CATALOGUE: &str = r#"{"models": [
    {"id": "demo-like-openai-missing", "family": "gpt4", "successor": "demo-dear"},
    {"id": "demo-shut", "family": "gpt4", "shutdownDate": "2020-01-31", "successor": "demo-dear"},
    {"id": "demo-dear", "family": "compatible", "maxOutputTokens": 4096, "price": {"inputUsd": 1000, "outputUsd": 2000}}
]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_answers_within_the_same_attempt_and_everyone_is_told() {
    let (_place, stack) =
        start_with(&[("MODELS", "demo-like-openai-missing,demo-shut"), ("MODEL_CATALOGUE", CATALOGUE)]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a bakery"}, "variants": 2})).await;
    client.until_done().await;

    let record = ended(&Http::to(public), &id).await;
    assert_eq!(record["models"], json!(["demo-like-openai-missing", "demo-shut"]), "what was asked for");
    for (index, reason) in [(0, "not_found"), (1, "shut_down")] {
        let variant = &record["variants"][usize::from(index)];
        assert_eq!(variant["substitute"], json!({"model": "demo-dear", "reason": reason}));
        assert_eq!((&variant["modelUsed"], &variant["modelAnswered"]), (&json!("demo-dear"), &json!("demo-dear")));
        assert_eq!((&variant["status"], &variant["attempt"]), (&json!("completed"), &json!(1)));
        let usage = |name: &str| variant["usage"][name].as_f64().unwrap();
        let cost = (usage("inputTokens") * 1_000.0 + usage("outputTokens") * 2_000.0) / 1e6;
        assert!((variant["costUsd"].as_f64().unwrap() - cost).abs() < 1e-9, "at the successor's price: {variant}");
        let of_variant = |kind| client.heard.iter().filter(move |m| m.kind == kind && m.variant_index == Some(index));
        let told = of_variant(Kind::Status)
            .find(|message| message.data.as_ref().is_some_and(|data| data.get("modelUsed").is_some()))
            .expect("a notice");
        assert!(told.value.as_ref().unwrap().contains("demo-dear answers instead"), "{told:?}");
        let complete = of_variant(Kind::VariantComplete).next().unwrap().data.as_ref().unwrap();
        assert_eq!((&complete["model"], &complete["modelUsed"]), (&variant["model"], &json!("demo-dear")));
    }
    let totals = &record["totals"];
    assert_eq!((&totals["usageUnknown"], &totals["costUnknown"]), (&json!([]), &json!([])), "nothing is unknown");
    let sum: f64 = (0..2).map(|index| record["variants"][index]["costUsd"].as_f64().unwrap()).sum();
    assert!((totals["costUsd"].as_f64().unwrap() - sum).abs() < 1e-9);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_chooses_among_the_allowed_models_and_hears_which_is_not_one() {
    let (place, stack) = start_with(&[("MODELS", "demo-a,demo-b"), ("MODELS_ALLOWED", "demo-c/x:free")]).await;
    let public = stack.addresses().public;
    let http = Http::to(public);
    let ask = |models: Value| json!({"prompt": {"text": "a page"}, "variants": 2, "models": models});
    let (status, refused) = http.post("/api/generations", &ask(json!(["demo-c/x:free", "gpt-6-sol"])), &[]).await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!("invalid_field")));
    assert_eq!(refused["error"]["field"], "models[1]");
    assert!(!place.path().join("s3/quartet/generations").exists(), "nothing was stored");

    let (status, accepted) = http.post("/api/generations", &ask(json!(["demo-c/x:free", "demo-a"])), &[]).await;
    assert_eq!(status, 202);
    let record = ended(&http, accepted["data"]["id"].as_str().unwrap()).await;
    assert_eq!(record["models"], json!(["demo-c/x:free", "demo-a"]));
    let (_, models) = http.get("/api/models").await;
    let ids = |name: &str| models["data"][name].as_array().unwrap().iter().map(|m| m["id"].clone()).collect::<Value>();
    assert_eq!(
        (ids("models"), ids("allowed")),
        (json!(["demo-a", "demo-b"]), json!(["demo-a", "demo-b", "demo-c/x:free"]))
    );
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_the_models_is_listed_and_what_is_not_is_null() {
    let (_place, stack) = start_with(&[("OPENAI_API_KEY", "sk-canary")]).await;
    let (_, models) = Http::to(stack.addresses().public).get("/api/models").await;
    let line_up = models["data"]["models"].as_array().unwrap();
    assert_eq!(line_up.len(), 4);
    assert_eq!(
        line_up[0],
        json!({
            "id": "gpt-4o-2024-11-20", "family": "gpt4", "maxTokens": 16384, "maxOutputTokens": 16384,
            "price": {"inputUsd": 2.5, "outputUsd": 10.0, "cachedInputUsd": null}, "shutdownDate": "2027-01-14",
            "successor": "gpt-6.1-terra", "note": "Latest stable; followed by the newest model of the middle size.",
        })
    );
    assert_eq!(models["data"]["allowed"].as_array().unwrap().len(), 8, "the successors may be chosen too");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_and_a_key_that_a_client_sends_are_not_used_and_it_is_told_so() {
    // The provider that the server is set up with, a demo of its own; and a host that the client would like to be asked.
    let (_provider_place, provider) = start().await;
    let base_url = format!("http://{}/demo/v1", provider.addresses().platform);
    let (_place, stack) = start_with(&[
        ("OPENAI_API_KEY", "sk-canary-of-the-server"),
        ("OPENAI_BASE_URL", &base_url),
        ("MODELS", "demo-ok"),
    ])
    .await;
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let chosen = format!("http://{}/v1", trap.local_addr().unwrap());

    let public = stack.addresses().public;
    let ask = json!({
        "prompt": {"text": "a bakery"}, "variants": 1, "openAiBaseURL": chosen, "openAiApiKey": "sk-canary-of-the-client",
    });
    let mut client = Client::connect(public).await;
    let id = client.generate(&ask).await;
    client.until_done().await;
    let record = ended(&Http::to(public), &id).await;
    assert_eq!(record["status"], "completed", "the server's own provider answered");
    let notice = client.heard.iter().find(|message| {
        message.kind == Kind::Status
            && message.value.as_ref().is_some_and(|text| text.starts_with("openAiBaseURL, openAiApiKey"))
    });
    let told = json!({"code": "fields_ignored", "fields": ["openAiBaseURL", "openAiApiKey"]});
    assert_eq!(notice.and_then(|notice| notice.data.as_ref()), Some(&told), "{:?}", client.heard);
    let (_, accepted) = Http::to(public).post("/api/generations", &ask, &[]).await;
    assert!(accepted["data"]["notices"][0].as_str().unwrap().starts_with("openAiBaseURL"));
    assert_eq!(accepted["data"]["noticeDetails"], json!([told]));
    ended(&Http::to(public), accepted["data"]["id"].as_str().unwrap()).await;

    let caught = tokio::time::timeout(Duration::from_millis(50), trap.accept()).await;
    assert!(caught.is_err(), "nobody connected to the client's host");
    let seen = format!("{:?} {record}", client.heard);
    assert!(!seen.contains("canary") && !seen.contains(&chosen));
    stack.stop().await;
    provider.stop().await;
}
