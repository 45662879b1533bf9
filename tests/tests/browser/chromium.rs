//! The browser itself.

use end_to_end::browser::{Chromium, DevTools, find_chromium};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_ends_with_the_pipe_to_it_and_leaves_nothing() {
    let Some(program) = find_chromium() else { return };
    let chromium = Chromium::start(&program);
    let devtools = DevTools::connect(chromium.address()).await;
    let version = devtools.call(None, "Browser.getVersion", json!({})).await;
    println!("{version}");
    let profile = chromium.profile().to_owned();
    assert!(profile.exists());
    // Closes the pipe, as the end of this process would, and waits for what was started.
    drop(chromium);
    assert!(!profile.exists(), "its profile is gone");
    let refused = devtools.try_call(None, "Browser.getVersion", json!({})).await;
    assert!(refused.is_err(), "{refused:?}");
}
