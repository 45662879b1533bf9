//! How quick the page is, in a real Chromium: `cargo bench -p end-to-end --bench page`. Times depend on what else the machine
//! does, so they are measured here and not asserted by the tests.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use end_to_end::browser::{App, Chromium, Emulated, Key, Tab, until};
use end_to_end::{Place, free_ports};
use serde_json::json;
use std::process::ExitCode;
use std::time::Instant;

/// Fresh visits, each in a new tab of a window that is open, without a cache.
const VISITS: usize = 11;
/// Four pages of 100 KB, as fast as the demo can say them.
const FULL_SPEED: &str =
    "demo-paced-2000x0x102400,demo-paced-2001x0x102400,demo-paced-2002x0x102400,demo-paced-2003x0x102400";
/// A page that takes longer than its server is away.
const SLOWLY: &str = "demo-paced-2000x30x90000";
/// So often its server goes and returns, each time after so many connects have failed: by then the page tries as rarely as it ever does.
const RETURNS: usize = 5;
const FAILED_CONNECTS: usize = 6;
/// What the page promises, in milliseconds.
const FIRST_PAINT_MS: f64 = 100.0;
const LONGEST_TASK_MS: f64 = 100.0;
/// From a key to the frame that shows it: half of what counts as good by <https://web.dev/articles/inp>.
const SLOWEST_KEY_MS: f64 = 100.0;
const LIVE_AGAIN_MS: f64 = 2_000.0;

/// Keeps every task of the main thread of more than 50 ms, and how long each key took from its press to what it showed.
const WATCH: &str = "
window.longTasks = [];
window.keys = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({duration}) => duration))).observe({type: 'longtask', buffered: true});
new PerformanceObserver((list) => keys.push(...list.getEntries().filter(({name}) => name === 'keydown').map(({duration}) => duration)))
  .observe({type: 'event', durationThreshold: 16, buffered: true});";

/// From the HTML's arrival to the first thing that is seen.
const PAINT: &str = "(() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return paint && paint.startTime - performance.getEntriesByType('navigation')[0].responseEnd;
})()";

/// The medians of the page's first paint, and of that of a line of text, below which nothing can be on this machine.
async fn first_paints() -> Option<[f64; 2]> {
    let app = App::open(&[]).await?;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..VISITS {
        for (path, times) in ["/", "/health"].into_iter().zip(&mut times) {
            let tab = app.tab.beside(&Emulated::default()).await;
            tab.call("Network.enable", json!({})).await;
            tab.call("Network.setCacheDisabled", json!({"cacheDisabled": true})).await;
            tab.go(&app.url(path)).await;
            times.push(tab.until("the first paint", PAINT).await.as_f64().unwrap());
            tab.close().await;
        }
    }
    println!("first paints after the HTML, of the page and of a line of text, in ms: {times:.0?}");
    Some(times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[VISITS / 2]
    }))
}

/// The longest task, and the slowest key that was pressed meanwhile; 0 if none took long enough to be noted.
async fn streaming() -> Option<(f64, f64)> {
    let app = App::open(&[("MODELS", FULL_SPEED)]).await?;
    app.tab.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
    app.tab.go(&app.url("/?watched")).await;
    app.ask_for("Four long pages").await;
    // Half of them are looked at as code, which is highlighted while it grows.
    app.tab
        .evaluate("[...document.querySelectorAll('.show-code')].slice(0, 2).forEach((button) => button.click())")
        .await;
    app.tab.evaluate("document.getElementById('search').focus()").await;
    while app.tab.evaluate("!document.body.innerText.includes('All pages are done')").await == true {
        app.tab.press(Key::Letter('a')).await;
    }
    let longest = |name: &str| format!("Math.max(0, ...window.{name})");
    let (task, key) = (app.tab.evaluate(&longest("longTasks")).await, app.tab.evaluate(&longest("keys")).await);
    Some((task.as_f64().unwrap(), key.as_f64().unwrap()))
}

/// How often the tab was told this of its sockets.
fn told(tab: &Tab, method: &str) -> usize {
    tab.devtools().events().iter().filter(|event| event.method == method).count()
}

/// From the server's return to the first message that the page hears of it, the longest of several times.
async fn live_again() -> Option<f64> {
    let devtools = Chromium::connect().await?;
    let (place, port) = (Place::new(&[("MODELS", SLOWLY)]), free_ports());
    let mut stack = place.start_at(port).await;
    let app = App::at(stack.addresses().public, &devtools, &Emulated::default()).await;
    app.tab.call("Network.enable", json!({})).await;
    let mut times = Vec::new();
    for time in 0..RETURNS {
        app.tab.go(&app.url(&format!("/?time={time}"))).await;
        app.ask_for("A page whose server goes").await;
        app.tab.until_in_frames("the page is being written", "document.body?.innerText.includes('What we do')").await;
        stack.stop().await;
        let before = told(&app.tab, "Network.webSocketCreated") + FAILED_CONNECTS;
        until("it tries", async || (told(&app.tab, "Network.webSocketCreated") >= before).then_some(())).await;
        let (mut heard, heard_before) = (0, told(&app.tab, "Network.webSocketFrameReceived"));
        stack = place.start_at(port).await;
        let returned = Instant::now();
        let live = devtools.until("a message of the server", |event| {
            heard += usize::from(event.method == "Network.webSocketFrameReceived");
            (heard > heard_before).then_some(())
        });
        live.await;
        times.push(returned.elapsed().as_secs_f64() * 1_000.0);
    }
    stack.stop().await;
    println!("live again after the server's return, in ms: {times:.0?}");
    times.into_iter().max_by(f64::total_cmp)
}

#[tokio::main]
async fn main() -> ExitCode {
    let (Some([paint, least]), Some((task, key)), Some(live)) =
        (first_paints().await, streaming().await, live_again().await)
    else {
        return ExitCode::SUCCESS;
    };
    println!(
        "first paint after the HTML: {paint:.0} ms, of a line of text {least:.0} ms; at most {FIRST_PAINT_MS} are wanted"
    );
    println!(
        "four pages of 100 KB at full speed: longest task {task:.0} ms, at most {LONGEST_TASK_MS} are wanted; slowest key {key:.0} ms, at most {SLOWEST_KEY_MS}"
    );
    println!("live again at the latest {live:.0} ms after the server's return; at most {LIVE_AGAIN_MS} are wanted");
    if paint < FIRST_PAINT_MS && task <= LONGEST_TASK_MS && key <= SLOWEST_KEY_MS && live <= LIVE_AGAIN_MS {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
