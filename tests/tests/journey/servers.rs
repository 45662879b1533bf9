//! Every OpenAI-compatible server in its own shape, played by the demo: what it streams, how it refuses, how it fails.

use end_to_end::{Client, Http, View, ended, start_with};
use serde_json::{Value, json};

/// One generation with a variant for each of these models; its record, and the text that was streamed of each.
async fn generated(models: &[&str]) -> (Value, Vec<(String, String)>) {
    let line_up = models.join(",");
    let (_place, stack) = start_with(&[("MODELS", &line_up)]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a bakery"}, "variants": models.len()})).await;
    client.until_done().await;
    let http = Http::to(public);
    let record = ended(&http, &id).await;
    let mut texts = Vec::new();
    for (index, view) in View::of(&client.heard, false) {
        let (_, served) = http.get_text(&format!("/api/generations/{id}/variants/{index}")).await;
        texts.push((view.text(), served));
    }
    stack.stop().await;
    (record, texts)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_servers_stream_is_read_to_its_whole_page_and_its_count() {
    let models = [
        "demo-like-openai",
        "demo-like-ollama",
        "demo-like-vllm/org/Model-8B-Instruct",
        "demo-like-litellm",
        "demo-like-openrouter/vendor/model:free",
        "demo-like-azure",
    ];
    let (record, texts) = generated(&models).await;
    assert_eq!(record["status"], "completed", "{record}");
    for (index, (streamed, served)) in texts.iter().enumerate() {
        let variant = &record["variants"][index];
        assert_eq!(streamed, served, "{variant}");
        assert!(streamed.starts_with("<!DOCTYPE html>") && streamed.ends_with("</html>"), "{variant}");
        assert_eq!(variant["finishReason"], "stop", "{variant}");
        assert_eq!(variant["attempt"], 1, "{variant}");
        assert_eq!(variant["modelAnswered"], models[index], "{variant}");
        if models[index] == "demo-like-ollama" {
            assert_eq!(variant["usage"], Value::Null, "what was not counted is unknown");
        } else {
            let output = served.len().div_ceil(4);
            let counted = json!({"inputTokens": 210, "outputTokens": output, "cachedTokens": 10});
            assert_eq!(variant["usage"], counted, "{variant}");
        }
    }
    let totals = &record["totals"];
    assert_eq!((&totals["inputTokens"], &totals["cachedTokens"]), (&json!(5 * 210), &json!(50)));
    assert_eq!(totals["usageUnknown"], json!([1]), "and a sum says so");
    assert_eq!((&totals["costUsd"], &totals["costUnknown"]), (&Value::Null, &json!([0, 1, 2, 3, 4, 5])));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_servers_refusal_is_told_in_its_own_words_and_not_asked_again() {
    let models = [
        "demo-like-openai-refused",
        "demo-like-ollama-refused",
        "demo-like-vllm-refused",
        "demo-like-litellm-refused",
        "demo-like-openrouter-refused",
        "demo-like-azure-refused",
    ];
    let (record, _) = generated(&models).await;
    assert_eq!(record["status"], "failed");
    let expected = [
        ("provider_rate_limit", "It asks to wait 19 minutes before the next try."),
        ("provider_rejected", "this model does not support images"),
        ("provider_rejected", "maximum context length is 8192 tokens"),
        ("provider_authentication", "Invalid proxy server token passed. Received API Key = [key]"),
        ("provider_quota", "Insufficient credits"),
        ("content_filter", "content management policy"),
    ];
    for (index, (code, words)) in expected.into_iter().enumerate() {
        let variant = &record["variants"][index];
        assert_eq!(variant["error"]["code"], code, "{variant}");
        assert!(variant["error"]["message"].as_str().unwrap().contains(words), "{variant}");
        assert_eq!(variant["attempt"], 1, "{variant}");
        assert!(variant["durationMs"].is_u64(), "how long it took is known: {variant}");
        assert_eq!(variant["costUsd"], Value::Null, "{variant}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_a_server_does_not_know_is_named_by_its_own_words() {
    let models = [
        "demo-like-openai-missing",
        "demo-like-ollama-missing",
        "demo-like-vllm-missing",
        "demo-like-litellm-missing",
        "demo-like-openrouter-missing",
        "demo-like-azure-missing",
    ];
    let (record, _) = generated(&models).await;
    for (index, model) in models.into_iter().enumerate() {
        let error = &record["variants"][index]["error"];
        assert_eq!(error["code"], "model_not_found", "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(model) || message.contains("API deployment"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_fails_in_a_servers_own_way_is_asked_again_and_what_came_is_kept() {
    let models = [
        "demo-like-openai-broken",
        "demo-like-ollama-broken",
        "demo-like-vllm-broken",
        "demo-like-litellm-broken",
        "demo-like-openrouter-broken",
        "demo-like-azure-broken",
    ];
    let (record, texts) = generated(&models).await;
    let expected = [
        "The server had an error.",
        "an unknown error was encountered",
        "EngineCore encountered an issue.",
        "litellm.APIConnectionError: peer closed.",
        "Provider disconnected unexpectedly",
    ];
    for (index, words) in expected.into_iter().enumerate() {
        let variant = &record["variants"][index];
        assert_eq!(variant["error"]["code"], "stream_interrupted", "{variant}");
        assert!(variant["error"]["message"].as_str().unwrap().contains(words), "{variant}");
        assert_eq!(variant["attempt"], 3, "{variant}");
        let (streamed, served) = &texts[index];
        assert!(!streamed.is_empty() && streamed == served, "{variant}");
    }
    // Azure's filter stops the answer; another attempt would be stopped as well.
    assert_eq!(record["variants"][5]["error"]["code"], "content_filter");
    assert_eq!(record["variants"][5]["attempt"], 1);
}
