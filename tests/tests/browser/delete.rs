//! What somebody deletes is gone, wherever it is open, and nothing is deleted by accident.

use crate::browser::scripted::Scripted;
use end_to_end::browser::{App, Emulated, Key, Name, Tab};

const FOUR: (&str, &str) = ("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd");
const QUESTION: Name<'static> = Name::Is("Delete “A bakery by the sea”?");
const GONE: &str = "This was deleted.";

async fn focused(tab: &Tab) -> String {
    tab.tree().await.focused().map(|node| node.name.clone()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_is_deleted_from_the_list_with_the_keyboard_and_only_after_a_yes() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    let id = app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    let other = app.tab.beside(&Emulated::default()).await;
    other.go(&app.url(&format!("/#/g/{id}"))).await;
    app.until_done(&other).await;
    app.tab.find("link", "New page").await.click().await;

    app.tab.find("button", "Delete A bakery by the sea").await.focus().await;
    app.tab.press(Key::Enter).await;
    app.tab.find("alertdialog", QUESTION).await;
    assert_eq!(focused(&app.tab).await, "Cancel", "what cannot be taken back is not what Enter does");
    app.tab.press(Key::Escape).await;
    app.tab.until_gone("alertdialog", QUESTION).await;
    assert_eq!(focused(&app.tab).await, "Delete A bakery by the sea", "back where it was");
    assert_eq!(app.http().get_text(&format!("/api/generations/{id}")).await.0, 200);

    app.tab.press(Key::Enter).await;
    app.tab.find("alertdialog", QUESTION).await;
    app.tab.press(Key::Tab).await;
    app.tab.press(Key::Enter).await;
    app.tab.until_gone("link", Name::Has("A bakery by the sea")).await;
    assert_eq!(app.http().get_text(&format!("/api/generations/{id}")).await.0, 404);

    other.until_text(GONE).await;
    app.pane(&other, "demo-bb").await.until_text("Done").await;
    assert_eq!(other.count("button", Name::Has("Change the page of")).await, 0, "nothing can be made of it any more");
    other.find("button", Name::Has("Copy the code of demo-bb")).await;
    other.reload().await;
    other.until_text("There is no generation under this address.").await;
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_generation_is_deleted_while_it_is_written_and_another_device_hears_of_it() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write_half();
    let id = app.ask_for("A bakery by the sea").await;
    app.until_previews(4, "The first half").await;
    // Another browser context shares nothing with this one.
    let device = Tab::open(app.tab.devtools(), &Emulated::default()).await;
    device.go(&app.url(&format!("/#/g/{id}"))).await;
    app.code(&device, "model-a").await.until_text("The first half").await;

    app.tab.find("button", "Delete this generation").await.click().await;
    app.tab.find("alertdialog", QUESTION).await;
    app.tab.find("button", "Delete").await.click().await;
    app.tab.until("the page begins anew", "location.hash === '#/'").await;
    app.wish().await;
    assert_eq!(app.http().get_text(&format!("/api/generations/{id}")).await.0, 404);
    device.until_text(GONE).await;
    app.shown_code(&device, "model-a").await.until_text("The first half").await;
    assert_eq!(device.count("button", Name::Has("Stop ")).await, 0, "nothing is written any more");
    app.assert_no_complaints();
}
