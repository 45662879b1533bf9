//! axe-core, the checker that the field uses, finds nothing serious in any of the main states.

use crate::browser::auth::{AUTH, REFUSED, TOKEN, sign_in};
use end_to_end::browser::{App, Emulated, Key, Tab};
use serde_json::{Value, json};

const AXE: &str = include_str!("../../vendor/axe-core/axe.min.js");

/// Runs the rules of WCAG 2.2 A and AA, and the field's best practices, over the page without what is generated.
async fn assert_accessible(tab: &Tab, state: &str) {
    tab.evaluate(&format!("{AXE}; true")).await;
    let run = "axe.run({exclude: [['iframe']]}, {resultTypes: ['violations'], iframes: false})
        .then(({violations}) => violations.map(({id, impact, help, nodes}) =>
            ({id, impact, help, nodes: nodes.map(({html, failureSummary}) => `${html}: ${failureSummary}`)})))";
    let found = tab.evaluate(run).await;
    let serious: Vec<&Value> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| found["impact"] == "serious" || found["impact"] == "critical")
        .collect();
    assert!(serious.is_empty(), "{state}: {serious:#?}");
}

async fn every_state_is_accessible(is_dark: bool) {
    let emulated = Emulated { is_dark, ..Emulated::default() };
    let models = "demo-status-401,demo-stall,demo-a,demo-prose";
    let Some(app) = App::open_as(&[("MODELS", models)], &emulated).await else { return };
    assert_accessible(&app.tab, "empty").await;
    app.tab.find("button", "Import a page").await.click().await;
    app.tab.find("dialog", "Import a page").await;
    assert_accessible(&app.tab, "import").await;
    app.tab.press(Key::Escape).await;
    app.ask_for("A page for everybody").await;
    app.pane(&app.tab, "demo-a").await.until_text("Done").await;
    app.pane(&app.tab, "demo-status-401").await.until_text("Failed").await;
    assert_accessible(&app.tab, "one writes, one has failed, two are done").await;
    app.code(&app.tab, "demo-a").await;
    assert_accessible(&app.tab, "code").await;
    app.tab.find("button", "Change the page of demo-prose").await.click().await;
    app.tab.find("textbox", "What should change?").await;
    assert_accessible(&app.tab, "change").await;
    app.stop_button(&app.tab, "demo-stall").await.click().await;
    app.pane(&app.tab, "demo-stall").await.until_text("Stopped").await;
    assert_accessible(&app.tab, "stopped").await;
    app.tab.find("button", "Delete this generation").await.click().await;
    app.tab.find("alertdialog", "Delete “A page for everybody”?").await;
    assert_accessible(&app.tab, "delete").await;
    app.tab.press(Key::Escape).await;
    app.tab.find("link", "Compare models").await.click().await;
    app.tab.until_text("Which model does best").await;
    assert_accessible(&app.tab, "comparison").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn for_whom_motion_is_reduced_nothing_moves() {
    let Some(app) = App::open(&[("MODELS", "demo-stall")]).await else { return };
    app.ask_for("A page that is written").await;
    let moving = "document.getAnimations().length";
    app.pane(&app.tab, "demo-stall").await.until_text("Writing").await;
    assert_eq!(app.tab.evaluate(moving).await, 0);
    let features = json!({"features": [{"name": "prefers-reduced-motion", "value": "no-preference"}]});
    app.tab.call("Emulation.setEmulatedMedia", features).await;
    app.tab.until("for others something does", &format!("{moving} > 0")).await;
}

async fn signing_in_and_sharing_are_accessible(is_dark: bool) {
    let emulated = Emulated { is_dark, ..Emulated::default() };
    let environment = [&AUTH, &[("MODELS", "demo-a,demo-bb")][..]].concat();
    let Some(app) = App::open_as(&environment, &emulated).await else { return };
    sign_in(&app.tab, "token-of-nobody").await;
    app.tab.find("dialog", "Who are you?").await.until_text(REFUSED).await;
    assert_accessible(&app.tab, "sign in").await;
    sign_in(&app.tab, TOKEN).await;
    app.ask_for("A page for everybody").await;
    app.until_done(&app.tab).await;
    app.tab.find("button", "Share").await.click().await;
    app.tab.find("button", "Make a link").await.click().await;
    let link = app.tab.find("textbox", "The link, which is shown only now").await.value().await;
    assert_accessible(&app.tab, "share").await;
    app.tab.press(Key::Escape).await;
    let guest = Tab::open(app.tab.devtools(), &emulated).await;
    guest.go(&link).await;
    app.until_done(&guest).await;
    assert_accessible(&guest, "by a link").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_sharing_are_accessible_in_the_light_and_in_the_dark() {
    signing_in_and_sharing_are_accessible(false).await;
    signing_in_and_sharing_are_accessible(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_accessible_in_the_light() {
    every_state_is_accessible(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_accessible_in_the_dark() {
    every_state_is_accessible(true).await;
}
