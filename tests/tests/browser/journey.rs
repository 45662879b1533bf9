//! From a sentence to four pages.

use end_to_end::browser::App;

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_becomes_four_pages_and_what_is_shown_is_what_is_stored() {
    let Some(app) = App::open(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")]).await else { return };
    let id = app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    let (http, record) = (app.http(), app.ended(&id).await);
    assert_eq!(record["status"], "completed");
    for (index, model) in (0..).zip(["demo-a", "demo-bb", "demo-ccc", "demo-dddd"]) {
        let stored = http.page(&id, index).await;
        app.code(&app.tab, model)
            .await
            .until(&format!("is the page of {model}"), |code| code.trim() == stored.trim())
            .await;
        let said = app.pane(&app.tab, model).await.until_text("tokens").await;
        assert!(said.contains("Done"), "{said}");
    }
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_the_page_that_was_made() {
    let Some(app) = App::open(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")]).await else { return };
    app.ask_for("A bakery by the sea").await;
    app.until_previewed(&app.tab, "A bakery by the sea").await;
    app.until_previewed(&app.tab, "Written by Quartet's demo model").await;
    app.assert_no_complaints();
}
