//! Signing in with JSON Web Tokens, which end by themselves, also while the page is open.

use crate::browser::auth::{REFUSED, sign_in};
use crate::browser::scripted::Scripted;
use domain::limits::CLOCK_LEEWAY_S;
use end_to_end::browser::{App, until};
use end_to_end::web_token::{AUDIENCE, ISSUER, by_secret, claims, now_s, with};
use serde_json::{Value, json};

const SECRET: &str = "a secret that has thirty-two bytes and more";
const AUTH: [(&str, &str); 4] =
    [("AUTH", "jwt"), ("JWT_KEY", SECRET), ("JWT_ISSUER", ISSUER), ("JWT_AUDIENCE", AUDIENCE)];
/// Long enough to begin something with it on a busy machine.
const SHORT_S: u64 = 8;
const AGAIN: &str = "Your token is not good any more. Nothing is lost";

/// What the server answers to whoever shows this token.
async fn status(app: &App, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    app.http().exchange("GET", "/api/generations", &[("authorization", &bearer)], None).await.status().as_u16()
}

fn signed(claims: &Value) -> String {
    by_secret(SECRET, claims)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_token_gets_in_and_when_it_ends_in_mid_stream_nothing_is_lost_and_a_new_one_goes_on() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&[&AUTH[..], &model.environment()[..]].concat()).await else { return };
    let stranger = by_secret("another secret of thirty-two bytes or more", &claims("alice"));
    let over = signed(&with("exp", json!(now_s() - CLOCK_LEEWAY_S - 1)));
    for bad in [stranger, over, signed(&with("aud", json!("another service")))] {
        sign_in(&app.tab, &bad).await;
        app.tab.find("dialog", "Who are you?").await.until_text(REFUSED).await;
    }
    let short = signed(&with("exp", json!(now_s() + SHORT_S - CLOCK_LEEWAY_S)));
    sign_in(&app.tab, &short).await;
    app.tab.until_gone("dialog", "Who are you?").await;

    model.write_half();
    let first = app.ask_for("A bakery by the sea").await;
    app.code(&app.tab, "model-a").await.until_text("The first half").await;
    until("the token has ended", async || (status(&app, &short).await == 401).then_some(())).await;
    // What runs asks nobody: it is seen to its end by whoever was let in.
    model.go_on();
    app.shown_code(&app.tab, "model-a").await.until_text("The second half").await;
    app.tab.find("dialog", "Who are you?").await.until_text(AGAIN).await;
    sign_in(&app.tab, &signed(&claims("alice"))).await;
    app.tab.until_gone("dialog", "Who are you?").await;
    app.until_done(&app.tab).await;
    assert_eq!(model.asked().len(), 4, "no model was asked twice");

    app.tab.find("link", "New page").await.click().await;
    let second = app.ask_for("Another bakery").await;
    assert_ne!(first, second, "the new token begins new things, over the socket, too");
    app.until_done(&app.tab).await;
}
