//! Stopping one model, and all of them.

use crate::browser::scripted::{FIRST_HALF, MODELS, SECOND_HALF, Scripted};
use end_to_end::browser::App;

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_model_keeps_what_it_wrote_and_the_others_go_on() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write_half();
    let id = app.ask_for("A page").await;
    app.until_previews(4, "The first half").await;
    app.stop_button(&app.tab, "model-b").await.click().await;
    app.pane(&app.tab, "model-b").await.until_text("Stopped").await;
    model.go_on();
    for other in ["model-a", "model-c", "model-d"] {
        app.pane(&app.tab, other).await.until_text("Done").await;
    }
    let record = app.ended(&id).await;
    assert_eq!(record["variants"][1]["status"], "cancelled", "{record}");
    let kept = app.http().page(&id, 1).await;
    assert_eq!(kept.trim(), FIRST_HALF.trim());
    app.code(&app.tab, "model-b").await.until("is what was kept", |code| code.trim() == FIRST_HALF.trim()).await;
    let whole = [FIRST_HALF, SECOND_HALF].concat();
    app.code(&app.tab, "model-c").await.until("is the whole page", |code| code == whole).await;
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_models_stop_at_one_click() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write_half();
    let id = app.ask_for("A page").await;
    app.until_previews(4, "The first half").await;
    app.tab.find("button", "Stop all").await.click().await;
    for model in MODELS {
        app.pane(&app.tab, model).await.until_text("Stopped").await;
    }
    let record = app.ended(&id).await;
    assert_eq!(record["status"], "cancelled", "{record}");
    app.assert_no_complaints();
}
