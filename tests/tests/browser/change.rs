//! Changing a page: in words, about one of its elements, and one that was made elsewhere. Every change is a generation of its
//! own that knows where it comes from.

use crate::browser::scripted::Scripted;
use end_to_end::browser::{App, Name};

const PAGE: &str = "<!DOCTYPE html><html><head><title>Shop</title></head><body style='margin:0'><main><h1>The shop</h1>\
    <p id='hours'>Open from nine</p></main></body></html>";
const CHANGED: &str =
    "<!DOCTYPE html><html><head><title>Shop</title></head><body><h1>The green shop</h1></body></html>";

/// Everything that a provider was told in one request.
fn told(request: &serde_json::Value) -> String {
    request["messages"].to_string()
}

/// Opens the form of a pane.
async fn begin_change(app: &App, model: &str) {
    app.tab.find("button", Name::Is(&format!("Change the page of {model}"))).await.click().await;
    app.tab.find("textbox", "What should change?").await.click().await;
}

/// Sends it; the id of the new generation.
async fn send_change(app: &App, before: &str) -> String {
    app.tab.find("button", "Change it").await.click().await;
    let is_another = format!("location.hash.startsWith('#/g/') && !location.hash.includes('{before}')");
    app.tab.until("the address is another generation's", &is_another).await;
    app.accepted(&app.tab).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_a_generation_of_its_own_and_its_versions_lead_back() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write(PAGE);
    let first = app.ask_for("A shop").await;
    app.until_done(&app.tab).await;
    model.write(CHANGED);
    begin_change(&app, "model-b").await;
    app.tab.write("Make it green").await;
    let second = send_change(&app, &first).await;
    app.until_previewed(&app.tab, "The green shop").await;
    app.until_done(&app.tab).await;

    let record = app.ended(&second).await;
    assert_eq!(record["parent"], serde_json::json!({"generationId": first, "variantIndex": 1}), "{record}");
    let request = told(model.asked().last().unwrap());
    assert!(
        request.contains("A shop") && request.contains("Open from nine"),
        "the model knows what it changes: {request}"
    );

    app.tab.find("link", Name::Has("1. A shop")).await.click().await;
    app.until_previewed(&app.tab, "Open from nine").await;
    assert_eq!(app.accepted(&app.tab).await, first);
    app.tab.find("link", Name::Has("2. Make it green")).await.click().await;
    app.until_previewed(&app.tab, "The green shop").await;
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_can_be_about_an_element_that_was_clicked_in_the_preview() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write(PAGE);
    let first = app.ask_for("A shop").await;
    app.until_previewed(&app.tab, "Open from nine").await;
    app.until_done(&app.tab).await;
    begin_change(&app, "model-a").await;
    app.tab.find("button", "Select an element").await.click().await;
    app.click_in_preview("model-a", "#hours").await;
    app.pane(&app.tab, "model-a").await.until_text("About <p> Open from nine").await;
    app.tab.write("Open later").await;
    send_change(&app, &first).await;
    app.until_done(&app.tab).await;
    let request = told(model.asked().last().unwrap());
    assert!(
        request.contains("<p id='hours'>") || request.contains(r#"<p id=\\\"hours\\\">"#),
        "the element is named: {request}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_made_elsewhere_is_imported_and_changed() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write(CHANGED);
    app.tab.find("button", "Import a page").await.click().await;
    app.tab.find("textbox", "The page's code").await.click().await;
    app.tab.write(PAGE).await;
    app.tab.find("textbox", "What should change?").await.click().await;
    app.tab.write("Make it green").await;
    app.tab.find("button", "Import and change").await.click().await;
    let id = app.accepted(&app.tab).await;
    app.until_previewed(&app.tab, "The green shop").await;
    app.until_done(&app.tab).await;
    assert_eq!(app.ended(&id).await["status"], "completed");
    let request = told(model.asked().last().unwrap());
    assert!(request.contains("Open from nine") && request.contains("Make it green"), "{request}");
    app.assert_no_complaints();
}
