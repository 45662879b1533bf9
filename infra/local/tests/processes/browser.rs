//! A page that is open in a browser while its server is killed and comes back.

use crate::{BINARY, LEASE};
use end_to_end::browser::{App, Chromium, Emulated, Tab, until};
use end_to_end::{Quartet, free_ports};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

const MODEL: &str = "demo-paced-200x30x9000";
/// What the page promises, with the time that two busy cores may take on top.
const LIVE_AGAIN: Duration = Duration::from_secs(5);
/// So many connects fail before the server returns: by then the page no longer tries as often as it can.
const FAILED_CONNECTS: usize = 6;

/// How many sockets the page has tried to open.
fn connects(tab: &Tab) -> usize {
    tab.devtools().events().iter().filter(|event| event.method == "Network.webSocketCreated").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_live_again_soon_after_its_server_was_killed_and_started_again() {
    let Some(devtools) = Chromium::connect().await else { return };
    let (data, port) = (TempDir::new().unwrap(), free_ports());
    let environment = [("MODELS", MODEL), LEASE];
    let quartet = Quartet::start_at(port, BINARY, data.path(), &environment, &[]).await;
    let app = App::at(quartet.public(), &devtools, &Emulated::default()).await;
    app.tab.call("Network.enable", serde_json::json!({})).await;
    let id = app.ask_for("A page whose server dies").await;
    let shown = "document.body.innerText.includes('What we do')";
    app.tab.until_in_frames("the page is being written", shown).await;

    quartet.kill().await;
    let before = connects(&app.tab);
    until("the page tries to come back", async || (connects(&app.tab) >= before + FAILED_CONNECTS).then_some(())).await;
    assert!(app.tab.in_frames(shown).await.contains(&true.into()), "what was shown still is");

    let quartet = Quartet::start_at(port, BINARY, data.path(), &environment, &[]).await;
    let returned = Instant::now();
    app.tab.until_text("Connected").await;
    let took = returned.elapsed();
    println!("live again {took:?} after the server's return");
    assert!(took < LIVE_AGAIN, "{took:?}");

    app.until_done(&app.tab).await;
    let record = app.ended(&id).await;
    assert_eq!(record["status"], "completed");
    app.until_previewed(&app.tab, "Written by Quartet").await;
    quartet.interrupt().await;
}
