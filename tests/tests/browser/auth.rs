//! Where the server asks who somebody is: signing in, links for guests, and what a generated page learns of it, which is nothing.

use crate::browser::hostile::{ATTACK, REPORT, assert_harmless};
use crate::browser::scripted::{MODELS, Scripted};
use end_to_end::browser::{App, Emulated, Name, Tab};
use serde_json::json;

/// The hash of the token, as `printf %s token | sha256sum` prints it.
const TOKENS: &str = "alice:8d30241a89685a63c1dc737e5b67db8f2a2e02e1b267f4abf00abb3405750cbd";
/// It is good.
pub const TOKEN: &str = "token-of-alice-which-nobody-else-has";
/// The variables of a stack that asks for it.
pub const AUTH: [(&str, &str); 2] = [("AUTH", "token"), ("AUTH_TOKENS", TOKENS)];
/// What is said of another one.
pub const REFUSED: &str = "The server does not take this token.";
const NOTHING: &str = "This link shows nothing (any more)";
/// Every picture of a page is there to be seen.
const DRAWN: &str = "document.images.length === 3 && [...document.images].every(({complete, naturalWidth}) => complete && naturalWidth > 0)";

/// The page of a stack that asks, with more variables.
async fn open(more: &[(&str, &str)]) -> Option<App> {
    App::open(&[&AUTH, more].concat()).await
}

/// Shows a token in the dialog that asks for it.
pub async fn sign_in(tab: &Tab, token: &str) {
    tab.find("dialog", "Who are you?").await;
    tab.find("textbox", "Your token").await.click().await;
    tab.evaluate("document.getElementById('sign-in-token').value = ''").await;
    tab.write(token).await;
    tab.find("button", "Sign in").await.click().await;
}

async fn until_in(tab: &Tab) {
    tab.until_gone("dialog", "Who are you?").await;
}

/// The record of a generation, as its owner has it.
async fn status(app: &App, path: &str) -> u16 {
    app.http().exchange("GET", path, &[("authorization", &format!("Bearer {TOKEN}"))], None).await.status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_that_is_good_gets_in_and_then_everything_is_there_pictures_too() {
    let Some(app) = open(&[("MODELS", "demo-pictures"), ("IMAGE_MODEL", "demo-image")]).await else { return };
    app.tab.call("Network.enable", json!({})).await;
    sign_in(&app.tab, "token-of-nobody").await;
    app.tab.find("dialog", "Who are you?").await.until_text(REFUSED).await;
    sign_in(&app.tab, TOKEN).await;
    until_in(&app.tab).await;

    let id = app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    assert_eq!(status(&app, &format!("/api/generations/{id}")).await, 200);
    assert_eq!(app.http().get_text(&format!("/api/generations/{id}")).await.0, 401);
    app.tab.until_in_frames("the pictures are seen in the preview", DRAWN).await;
    let told = "document.documentElement.outerHTML + location.href + document.referrer";
    for told in app.tab.in_frames(told).await {
        let told = told.as_str().unwrap_or_default();
        assert!(!told.contains(TOKEN) && !told.contains("share="), "the page is told nothing: {told}");
    }
    let sockets = app.tab.devtools().events().into_iter().filter(|event| event.method == "Network.webSocketCreated");
    let addresses: Vec<String> = sockets.map(|event| event.params["url"].to_string()).collect();
    assert!(!addresses.is_empty() && addresses.iter().all(|address| !address.contains("token")), "{addresses:?}");

    app.tab.find("link", "Open the page of demo-pictures in a new tab").await.click().await;
    let opened = app.tab.opened(&Emulated::default()).await;
    opened.until("the pictures are seen in a tab of their own", DRAWN).await;
    app.tab.reload().await;
    app.until_done(&app.tab).await;
    assert_eq!(app.tab.count("dialog", "Who are you?").await, 0, "it is kept for the tab");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_for_other_tabs_only_if_somebody_says_so_and_until_they_sign_out() {
    let Some(app) = open(&[]).await else { return };
    sign_in(&app.tab, TOKEN).await;
    until_in(&app.tab).await;
    let other = app.tab.beside(&Emulated::default()).await;
    other.go(&app.url("/")).await;
    other.find("checkbox", Name::Has("Keep it in this browser")).await.click().await;
    sign_in(&other, TOKEN).await;
    until_in(&other).await;
    let third = app.tab.beside(&Emulated::default()).await;
    third.go(&app.url("/")).await;
    third.until_text("Nothing yet.").await;
    third.find("button", "Sign out").await.click().await;
    third.find("dialog", "Who are you?").await;
    let fourth = app.tab.beside(&Emulated::default()).await;
    fourth.go(&app.url("/")).await;
    fourth.find("dialog", "Who are you?").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_good_any_more_is_asked_for_and_what_was_open_comes_back() {
    let Some(app) = open(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")]).await else { return };
    sign_in(&app.tab, TOKEN).await;
    until_in(&app.tab).await;
    app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    app.tab.evaluate("sessionStorage.setItem('quartet.token', 'token-that-has-ended')").await;
    app.tab.reload().await;
    app.tab.find("dialog", "Who are you?").await;
    sign_in(&app.tab, TOKEN).await;
    until_in(&app.tab).await;
    app.until_done(&app.tab).await;
    app.until_previewed(&app.tab, "A bakery by the sea").await;
    app.tab.find("link", Name::Has("A bakery by the sea")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_page_finds_no_token_wherever_that_is_kept() {
    let model = Scripted::start().await;
    let Some(app) = open(&model.environment()).await else { return };
    let address = app.address();
    model.write(&ATTACK.replace("HOME", &format!("http://{address}")).replace("SOCKET", &format!("ws://{address}")));
    app.tab.find("checkbox", Name::Has("Keep it in this browser")).await.click().await;
    sign_in(&app.tab, TOKEN).await;
    until_in(&app.tab).await;
    app.ask_for("A page that means harm").await;
    app.until_done(&app.tab).await;
    let report = app.tab.until_in_frames("the page has tried everything in its preview", REPORT).await;
    assert_harmless(&report);
    app.tab.find("link", "Open the page of model-a in a new tab").await.click().await;
    let opened = app.tab.opened(&Emulated::default()).await;
    let report = opened.until("the page has tried everything in a tab of its own", REPORT).await;
    assert_harmless(&report);
    let told = opened.evaluate("document.referrer + location.href + name").await;
    assert!(!told.to_string().contains(TOKEN), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_a_guest_one_generation_live_and_read_only_until_it_is_revoked() {
    let model = Scripted::start().await;
    let Some(app) = open(&model.environment()).await else { return };
    sign_in(&app.tab, TOKEN).await;
    until_in(&app.tab).await;
    model.write_half();
    app.ask_for("A bakery by the sea").await;
    app.tab.find("button", "Share").await.click().await;
    app.tab.find("button", "Make a link").await.click().await;
    let link = app.tab.find("textbox", "The link, which is shown only now").await;
    let link = link.value().await;

    // Another browser context shares nothing with this one.
    let guest = Tab::open(app.tab.devtools(), &Emulated::default()).await;
    guest.go(&link).await;
    app.code(&guest, "model-a").await.until_text("The first half").await;
    model.go_on();
    app.shown_code(&guest, "model-a").await.until_text("The second half").await;
    for model in MODELS {
        app.pane(&guest, model).await.until_text("Done").await;
    }
    for action in ["Change the page of", "Stop", "Best: pick", "Delete", "Share", "Try again", "ZIP"] {
        assert_eq!(guest.count("button", Name::Has(action)).await, 0, "a guest has no {action:?}");
    }
    assert_eq!(guest.count("heading", "Earlier pages").await, 0);
    guest.find("link", "Open the page of model-b in a new tab").await.click().await;
    guest.opened(&Emulated::default()).await.until_text("The second half").await;

    app.tab.find("button", Name::Has("Revoke: Made")).await.click().await;
    app.tab.until_text("There is no link so far.").await;
    guest.reload().await;
    guest.until_text(NOTHING).await;
    guest.find("link", "New page").await.click().await;
    guest.find("dialog", "Who are you?").await;
}
