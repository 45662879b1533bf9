//! What was made stays, is found again, compared, and goes only when a person says so.

use end_to_end::browser::{App, Emulated, Key, Name, own_clipboard, until};

const FOUR: (&str, &str) = ("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd");

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_generation_is_found_and_opened() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    app.tab.find("link", "New page").await.click().await;
    app.ask_for("A garage in the hills").await;
    app.until_done(&app.tab).await;

    let visitor = app.tab.beside(&Emulated::default()).await;
    visitor.go(&app.url("/")).await;
    visitor.find("link", Name::Has("A garage in the hills")).await;
    visitor.find("searchbox", "Search earlier pages").await.click().await;
    visitor.write("BAKERY").await;
    visitor.until_gone("link", Name::Has("A garage in the hills")).await;
    app.open_from_history(&visitor, "A bakery by the sea").await;
    app.until_previewed(&visitor, "A bakery by the sea").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_best_page_is_remembered_and_counted() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    let pick = Name::Is("Best: pick demo-bb as the winner");
    app.tab.find("button", pick).await.click().await;
    app.tab.find_where("button", pick, None, |node| node.is("pressed")).await;
    app.tab.reload().await;
    app.tab.find_where("button", pick, None, |node| node.is("pressed")).await;
    app.tab.find("link", "Compare models").await.click().await;
    app.tab.until_text("1 of 1 (100%)").await;
    let rows =
        "[...document.querySelectorAll('tr')].map((row) => row.innerText).filter((text) => text.includes('demo-bb'))";
    let rows = app.tab.evaluate(rows).await;
    assert!(rows[0].as_str().unwrap().contains("1 of 1 (100%)"), "{rows}");
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_fills_the_screen_and_gives_it_back() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    app.tab.find("button", "Full screen: demo-bb").await.click().await;
    app.tab.find("button", "Leave full screen").await;
    assert_eq!(
        app.tab.count("button", Name::Is("Full screen: demo-a")).await,
        0,
        "what is behind it cannot be reached"
    );
    app.tab.press(Key::Escape).await;
    app.tab.find("button", "Full screen: demo-a").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_page_opens_in_a_tab_of_its_own() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    app.tab.find("link", "Open the page of demo-bb in a new tab").await.click().await;
    let opened = app.tab.opened(&Emulated::default()).await;
    opened.until_text("A bakery by the sea").await;
    assert_eq!(opened.evaluate("origin").await, "null", "without an origin that it could reach anything with");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bug_report_says_what_happened_and_no_text_of_the_person() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    let id = app.ask_for("A very private bakery").await;
    app.until_done(&app.tab).await;
    app.tab.find("button", "Diagnostics").await.click().await;
    app.tab.find("dialog", "Diagnostics").await.until_text(&id).await;
    let report = app.tab.find("dialog", "Diagnostics").await.until_text("socket done").await;
    assert!(!report.contains("private"), "{report}");
    let dialog = app.tab.find("dialog", "Diagnostics").await;
    let _clipboard = own_clipboard().await;
    app.tab.find_in(&dialog, "button", "Copy").await.click().await;
    dialog.until_text("Copied").await;
    let copied = app.tab.clipboard().await;
    assert!(copied.contains(&id) && copied.contains("Models from: demo"), "{copied}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_page_is_copied_as_it_is_stored() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    let id = app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    let page = app.http().page(&id, 1).await;
    let _clipboard = own_clipboard().await;
    app.tab.find("button", "Copy the code of demo-bb").await.click().await;
    until("the clipboard has it", async || (app.tab.clipboard().await == page).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_russian_browser_is_spoken_to_in_russian() {
    let russian = Emulated { language: "ru-RU", ..Emulated::default() };
    let Some(app) = App::open_as(&[FOUR], &russian).await else { return };
    app.tab.find("textbox", "Опишите страницу").await;
    assert_eq!(app.tab.evaluate("document.documentElement.lang").await, "ru");
}
