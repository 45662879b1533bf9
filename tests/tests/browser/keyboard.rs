//! Without a mouse.

use crate::browser::scripted::Scripted;
use end_to_end::browser::{App, Key, Node};

/// Presses Tab until the focus is where it is wanted.
async fn tab_to(app: &App, what: &str, wanted: impl Fn(&Node) -> bool) {
    let mut passed = Vec::new();
    for _ in 0..60 {
        app.tab.press(Key::Tab).await;
        let tree = app.tab.tree().await;
        match tree.focused() {
            Some(node) if wanted(node) => return,
            focused => passed.push(focused.map(|node| format!("{} {}", node.role, node.name))),
        }
    }
    panic!("the focus never comes to {what}: {passed:#?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_made_stopped_and_read_without_a_mouse() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write_half();
    tab_to(&app, "the wish", |node| node.role == "textbox").await;
    app.tab.write("A page without a mouse").await;
    app.tab.press_with_control(Key::Enter).await;
    let id = app.accepted(&app.tab).await;
    app.until_previews(4, "The first half").await;
    tab_to(&app, "the code", |node| node.role == "button" && node.name == "Code").await;
    app.tab.press(Key::Space).await;
    app.shown_code(&app.tab, "model-a").await.until_text("The first half").await;
    tab_to(&app, "the stop", |node| node.role == "button" && node.name == "Stop model-a").await;
    app.tab.press(Key::Enter).await;
    app.pane(&app.tab, "model-a").await.until_text("Stopped").await;
    let focused = app.tab.tree().await.focused().map(|node| node.name.clone());
    assert!(focused.is_some(), "the focus is not lost with the button that had it");
    model.go_on();
    assert_eq!(app.ended(&id).await["status"], "partial");
}
