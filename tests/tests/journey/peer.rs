//! The unmodified screenshot-to-code frontend: bare params on a socket that is closed at the end.

mod flows;
mod recorder;
mod routes;

use domain::wire::server::Kind;
use end_to_end::{Client, Http, View, start, start_with};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Field for field what its text mode sends.
fn params() -> Value {
    json!({
        "openAiApiKey": null, "openAiBaseURL": null, "replicateApiKey": null, "anthropicApiKey": null,
        "geminiApiKey": null, "screenshotOneApiKey": null, "isImageGenerationEnabled": true, "editorTheme": "cobalt",
        "generatedCodeConfig": "html_tailwind", "codeGenerationModel": "gemini-3-flash-preview (minimal thinking)",
        "selectedDesignSystemId": null, "isTermOfServiceAccepted": false, "generationType": "create",
        "inputMode": "text", "prompt": {"text": "a simple landing page for a bakery", "images": [], "videos": []},
        "designSystem": null
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn bare_params_stream_as_the_peer_expects_and_end_with_1000() {
    let (_place, stack) = start().await;
    let mut client = Client::connect(stack.addresses().public).await;
    client.send(&params()).await;
    assert_eq!(client.until_closed().await, 1000);

    let kinds: Vec<Kind> = client.heard.iter().map(|message| message.kind).collect();
    assert_eq!(kinds[0], Kind::VariantCount, "anything that names a variant before its count is dropped");
    assert_eq!(client.heard[0].value.as_deref(), Some("4"), "a text, not a number");
    let statuses = kinds.iter().filter(|kind| **kind == Kind::Status).count();
    let first_chunk = kinds.iter().position(|kind| *kind == Kind::Chunk).unwrap();
    let last_status = kinds.iter().rposition(|kind| *kind == Kind::Status).unwrap();
    assert_eq!(statuses, 4);
    assert!(last_status < first_chunk);
    let views = View::of(&client.heard, false);
    assert_eq!(views.len(), 4);
    for view in views.values() {
        assert!(view.text().ends_with("</html>"));
        assert_eq!(view.ended(), Some(1), "each has a terminal message before the close");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_that_fails_is_told_before_the_close() {
    let (_place, stack) = start_with(&[("MODELS", "demo-ok,demo-status-401")]).await;
    let mut client = Client::connect(stack.addresses().public).await;
    client.send(&params()).await;
    assert_eq!(client.until_closed().await, 1000);
    // Two that end at once may both be told by the one that closes, and once more by their own.
    let ended = |kind: Kind| {
        let of_kind = client.heard.iter().filter(|message| message.kind == kind);
        of_kind.filter_map(|message| message.variant_index).collect::<BTreeSet<_>>().len()
    };
    assert_eq!((ended(Kind::VariantError), ended(Kind::VariantComplete)), (2, 2));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_close_code_4333_is_echoed_and_stops_the_work() {
    let (_place, stack) = start_with(&[("MODELS", "demo-slow")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    client.send(&params()).await;
    let id = client.until(|message| message.kind == Kind::Chunk).await.generation_id.unwrap().to_string();
    assert_eq!(client.close(4333).await, 4333, "1000 would look like a completed generation");

    let http = Http::to(public);
    let ended = end_to_end::ended(&http, &id).await;
    assert_eq!(ended["status"], "cancelled");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn params_that_are_wrong_end_in_an_error_that_the_frontend_shows() {
    let (_place, stack) = start().await;
    for (field, value) in [("generatedCodeConfig", "cobol"), ("inputMode", "video"), ("generationType", "destroy")] {
        let mut client = Client::connect(stack.addresses().public).await;
        let mut wrong = params();
        wrong[field] = json!(value);
        client.send(&wrong).await;
        assert_eq!(client.until_closed().await, 1000, "{field}");
        let kinds: Vec<Kind> = client.heard.iter().map(|message| message.kind).collect();
        assert_eq!(kinds, [Kind::Error, Kind::VariantCount, Kind::VariantError], "{field}");
        let [error, _, end] = client.heard.as_slice() else { panic!("{:?}", client.heard) };
        assert_eq!(error.data.as_ref().unwrap()["field"], field);
        assert_eq!((end.variant_index, &end.value), (Some(0), &error.value));
    }
    let (_, history) = Http::to(stack.addresses().public).get("/api/generations").await;
    assert_eq!(history["data"]["items"], json!([]), "nothing was recorded");
    stack.stop().await;
}
