//! Reloads and second tabs, in mid-stream.

use crate::browser::scripted::{FIRST_HALF, SECOND_HALF, Scripted};
use end_to_end::browser::{App, Chromium, Emulated};
use end_to_end::{Fault, Front, Place};

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_in_mid_stream_goes_on_where_it_was() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write_half();
    let id = app.ask_for("A page that is reloaded").await;
    app.until_previews(4, "The first half").await;
    app.tab.reload().await;
    app.code(&app.tab, "model-b").await.until("is the half", |code| code.trim() == FIRST_HALF.trim()).await;
    assert_eq!(app.http().generation(&id).await["status"], "running", "this is mid-stream");
    model.go_on();
    app.until_done(&app.tab).await;
    let whole = [FIRST_HALF, SECOND_HALF].concat();
    app.shown_code(&app.tab, "model-b").await.until("is the page", |code| code == whole).await;
    assert_eq!(model.asked().len(), 4, "no model was asked again");
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_follow_one_generation_to_its_end() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write_half();
    let id = app.ask_for("A page for two").await;
    let other = app.tab.beside(&Emulated::default()).await;
    other.go(&app.url(&format!("/#/g/{id}"))).await;
    let codes = [app.code(&app.tab, "model-a").await, app.code(&other, "model-a").await];
    for code in &codes {
        code.until("is the half", |code| code.trim() == FIRST_HALF.trim()).await;
    }
    model.go_on();
    for tab in [&app.tab, &other] {
        app.until_done(tab).await;
    }
    let whole = [FIRST_HALF, SECOND_HALF].concat();
    for code in codes {
        code.until("is the page", |code| code == whole).await;
    }
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_slept_and_lost_its_connection_wakes_up_with_everything() {
    let Some(devtools) = Chromium::connect().await else { return };
    let model = Scripted::start().await;
    let place = Place::new(&model.environment());
    let stack = place.start().await;
    let front = Front::before(stack.addresses().public, Fault::None).await;
    let app = App::at(front.address(), &devtools, &Emulated::default()).await;
    model.write_half();
    let id = app.ask_for("A page behind a closed lid").await;
    let code = app.code(&app.tab, "model-b").await;
    code.until("is the half", |code| code.trim() == FIRST_HALF.trim()).await;

    // Nothing runs in it any more, and what it was connected to forgets it.
    app.tab.sleep().await;
    front.cut();
    model.go_on();
    app.ended(&id).await;
    assert_eq!(code.text().await.trim(), FIRST_HALF.trim(), "it sleeps");
    assert!(app.tab.is_asleep().await, "all the time");
    app.tab.wake().await;
    app.until_done(&app.tab).await;
    let whole = [FIRST_HALF, SECOND_HALF].concat();
    code.until("is the page", |code| code == whole).await;
    assert_eq!(model.asked().len(), 4, "no model was asked again");
    stack.stop().await;
}
