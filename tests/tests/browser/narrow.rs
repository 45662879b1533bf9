//! A phone.

use end_to_end::browser::{App, Emulated, until};

const PHONE: Emulated = Emulated { size: (360, 740), is_phone: true, is_dark: false, language: "en-US" };

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_everything_fits_the_width_and_works() {
    let Some(app) = App::open_as(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")], &PHONE).await else { return };
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(app.tab.evaluate(fits).await, true, "nothing sticks out of the empty page");
    app.ask_for("A page on a phone").await;
    app.until_previewed(&app.tab, "A page on a phone").await;
    app.until_done(&app.tab).await;
    assert_eq!(app.tab.evaluate(fits).await, true, "nothing sticks out of the panes");
    app.code(&app.tab, "demo-dddd").await.until_text("A page on a phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_one_model_at_a_time_and_a_finger_or_a_tab_leads_to_the_others() {
    let Some(app) = App::open_as(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")], &PHONE).await else { return };
    app.ask_for("A page on a phone").await;
    app.until_done(&app.tab).await;
    let shown = "[...document.querySelectorAll('.pane')].filter((pane) => {
        const { left, right } = pane.getBoundingClientRect();
        return left > -1 && right < innerWidth + 1;
    }).map((pane) => pane.getAttribute('aria-label')).join()";
    let marked = "document.querySelector('#pane-tabs [aria-current]')?.getAttribute('aria-label')";
    let until_shown = async |model: &str| {
        let is_shown = format!("({shown}) === '{model}' && {marked} === '{model}'");
        app.tab.until(&format!("{model} is seen, and no other"), &is_shown).await;
    };
    until_shown("demo-a").await;
    let listen = "document.getElementById('panes').addEventListener('scrollend', () => { window.isAtRest = true; })";
    app.tab.evaluate(listen).await;
    // Not a whole width: it comes to rest where the next one begins.
    for (from, to) in [("demo-a", "demo-bb"), ("demo-bb", "demo-ccc")] {
        let head = app.tab.find("heading", from).await;
        // A browser that is short of time feels a part of a swipe only, or none, now and then; a person swipes again.
        until("a swipe leads on", async || {
            app.tab.evaluate("window.isAtRest = false").await;
            app.tab.swipe_left(&head, 240.0).await;
            if app.tab.evaluate(shown).await != from {
                app.tab.until("the panes come to rest", "isAtRest").await;
            }
            (app.tab.evaluate(shown).await == to).then_some(())
        })
        .await;
        until_shown(to).await;
    }
    app.tab.find("button", "demo-dddd").await.click().await;
    until_shown("demo-dddd").await;
}
