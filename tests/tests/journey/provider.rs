//! Every way in which a provider misbehaves, and the honest end of each.

use domain::wire::server::Kind;
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
        ("demo-sorry", "refused"),
        ("demo-refusal", "refused"),
    ] {
        assert_eq!(outcome(model).await, failed(1, code), "{model}");
    }
}

/// A generation of one variant of a demo model: its record, the page, and the views of what was pushed.
async fn made(model: &str) -> (serde_json::Value, String, View) {
    let (_place, stack) = start_with(&[("MODELS", model)]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let params = json!({"prompt": {"text": "a page"}, "variants": 1, "generatedCodeConfig": "react_tailwind"});
    let id = client.generate(&params).await;
    client.until_done().await;
    let http = Http::to(public);
    let variant = ended(&http, &id).await["variants"][0].clone();
    let complete = client.heard.iter().find(|message| message.kind == Kind::VariantComplete).unwrap();
    let data = complete.data.as_ref().unwrap();
    assert_eq!(
        (&data["cutOff"], &data["checks"]),
        (&variant["cutOff"], &variant["checks"]),
        "the socket and HTTP agree"
    );
    let page = http.page(&id, 0).await;
    let view = View::of(&client.heard, false).remove(&0).unwrap();
    stack.stop().await;
    (variant, page, view)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_cut_off_is_asked_for_its_rest_and_joined_without_a_seam() {
    let (_, whole, _) = made("demo-whole").await;
    for model in ["demo-length-2", "demo-length-5", "demo-length-repeat"] {
        let (variant, page, view) = made(model).await;
        // The style of the demo's page hangs on the model's name; its length and its end do not.
        assert_eq!(
            (&variant["cutOff"], &variant["checks"], &variant["attempt"]),
            (&json!(false), &json!([]), &json!(1))
        );
        assert!(
            page.ends_with("</body>\n</html>")
                && page.matches("<section>").count() == whole.matches("<section>").count()
        );
        assert_eq!(view.text(), page, "{model}");
        assert!(variant["usage"]["outputTokens"].as_u64().unwrap() * 3 > whole.len() as u64 / 2, "tokens are summed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_never_ends_is_delivered_and_marked_as_cut_off() {
    for model in ["demo-length", "demo-length-again"] {
        let (variant, page, view) = made(model).await;
        assert_eq!((&variant["status"], &variant["cutOff"]), (&json!("completed"), &json!(true)), "{model}");
        assert_eq!(variant["checks"][0]["code"], "unclosed_document");
        assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("</html>"));
        assert_eq!(page.matches("<!DOCTYPE").count(), 1, "nothing of another page is mixed in");
        assert_eq!(view.text(), page, "{model}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_component_becomes_a_page_that_runs_and_the_last_text_shown_is_that_page() {
    let (variant, page, view) = made("demo-component").await;
    assert_eq!((&variant["cutOff"], &variant["checks"]), (&json!(false), &json!([])));
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("mountPage"), "{page}");
    assert_eq!(view.text(), page);
    let first = view.chunks().next().map(|(_, chunk)| chunk.text.clone()).unwrap();
    assert!(first.starts_with("export default"), "the component was shown while it was written: {first}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_of_an_answer_is_in_s3_as_it_came() {
    let (place, stack) = start_with(&[("MODELS", "demo-length-3")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 1})).await;
    client.until_done().await;
    let folder = place.path().join("s3/quartet/generations").join(&id).join("0/1");
    let parts = ["raw.txt", "raw-2.txt", "raw-3.txt"].map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
    assert_eq!(parts.concat(), Http::to(public).page(&id, 0).await, "as they came");
    stack.stop().await;
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
