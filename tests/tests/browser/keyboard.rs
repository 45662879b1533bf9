//! Without a mouse.

use crate::browser::scripted::Scripted;
use end_to_end::browser::{App, Key, Name, Node, until};

const SHOP: &str = "<!DOCTYPE html><html><head><title>Shop</title></head><body><main><h1>The shop</h1>\
    <p id='hours'>Open from nine</p></main></body></html>";

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

#[tokio::test(flavor = "multi_thread")]
async fn an_element_is_selected_and_changed_without_a_mouse() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write(SHOP);
    let first = app.ask_for("A shop").await;
    app.until_previews(4, "Open from nine").await;
    app.until_done(&app.tab).await;
    tab_to(&app, "the change", |node| node.role == "button" && node.name == "Change the page of model-a").await;
    app.tab.press(Key::Enter).await;
    app.tab.find("textbox", "What should change?").await;
    tab_to(&app, "the selection", |node| node.role == "button" && node.name == "Select an element").await;
    app.tab.press(Key::Space).await;
    let preview = app.tab.find("Iframe", Name::Is("Preview of model-a")).await;
    let is_chosen = |word: &str| format!("document.hasFocus() && document.body.innerText.includes('{word}')");
    until("the preview has the keys", async || {
        app.tab.in_frames_of(&preview, &is_chosen("Open from nine")).await.contains(&true.into()).then_some(())
    })
    .await;
    // From what surrounds everything into it, and on to what stands beside.
    for key in [Key::Down, Key::Right, Key::Enter] {
        app.tab.press(key).await;
    }
    app.pane(&app.tab, "model-a").await.until_text("About <p> Open from nine").await;
    app.tab.write("Open later").await;
    app.tab.press_with_control(Key::Enter).await;
    app.tab
        .until(
            "it is a generation of its own",
            &format!("location.hash.startsWith('#/g/') && !location.hash.includes('{first}')"),
        )
        .await;
    app.ended(&app.accepted(&app.tab).await).await;
    let told = model.asked().last().unwrap()["messages"].to_string();
    assert!(told.contains("hours") && told.contains("Open later"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_is_given_up_with_escape_and_the_focus_comes_back() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write(SHOP);
    app.ask_for("A shop").await;
    app.until_previews(4, "Open from nine").await;
    app.until_done(&app.tab).await;
    app.tab.find("button", "Change the page of model-a").await.focus().await;
    app.tab.press(Key::Enter).await;
    tab_to(&app, "the selection", |node| node.role == "button" && node.name == "Select an element").await;
    app.tab.press(Key::Space).await;
    app.tab.find_where("button", Name::Is("Select an element"), None, |node| node.is("pressed")).await;
    let preview = app.tab.find("Iframe", Name::Is("Preview of model-a")).await;
    until("the preview has the keys", async || {
        app.tab
            .in_frames_of(&preview, "document.hasFocus() && document.body.innerText.includes('Open')")
            .await
            .contains(&true.into())
            .then_some(())
    })
    .await;
    app.tab.press(Key::Escape).await;
    app.tab.find_where("button", Name::Is("Select an element"), None, |node| !node.is("pressed")).await;
    app.tab.find_where("textbox", Name::Is("What should change?"), None, |node| node.is("focused")).await;
}
