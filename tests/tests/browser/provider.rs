//! What a provider refuses stands in the pane of its model, and the others go on.

use crate::browser::scripted::Scripted;
use end_to_end::browser::App;

#[tokio::test(flavor = "multi_thread")]
async fn each_pane_says_what_its_provider_refused_and_what_to_do() {
    let models = "demo-status-401,demo-quota,demo-refusal,demo-a";
    let Some(app) = App::open(&[("MODELS", models)]).await else { return };
    let id = app.ask_for("A page").await;
    app.pane(&app.tab, "demo-a").await.until_text("Done").await;
    let record = app.ended(&id).await;
    assert_eq!(record["status"], "partial", "{record}");
    for index in 0..3 {
        let variant = &record["variants"][index];
        let pane = app.pane(&app.tab, variant["model"].as_str().unwrap()).await;
        let said = pane.until_text("Failed").await;
        let message = variant["error"]["message"].as_str().unwrap();
        assert!(said.contains(message), "{said:?} does not say {message:?}");
    }
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_failed_is_asked_again_at_a_click() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write("<!DOCTYPE html><html><head><title>A</title></head><body><h1>At last</h1></body></html>");
    model.refuse(4);
    let first = app.ask_for("A page").await;
    app.pane(&app.tab, "model-c").await.until_text("Failed").await;
    app.tab.find("button", "Try again with model-c").await.click().await;
    app.until_previewed(&app.tab, "At last").await;
    app.until_done(&app.tab).await;
    let second = app.accepted(&app.tab).await;
    assert_ne!(first, second);
    let record = app.ended(&second).await;
    assert_eq!(
        (record["models"].clone(), record["status"].clone()),
        (serde_json::json!(["model-c"]), "completed".into())
    );
}
