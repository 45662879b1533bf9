//! What the page costs a visitor. Its times are measured by `cargo bench -p end-to-end --bench page`.

use end_to_end::browser::App;
use serde_json::Value;

/// The whole app, as it goes over the line: less than 100 KB, whichever way they are counted.
const MOST_BYTES: u64 = 100_000;

const LOADED: &str = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter(({name}) => !new URL(name).pathname.startsWith('/api/'))
    .map(({name, transferSize}) => ({name, transferSize}))";

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_app_weighs_less_than_100_kb_and_comes_from_one_host() {
    let Some(app) = App::open(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")]).await else { return };
    // Until everything that is only loaded when it is needed has been.
    app.ask_for("A page").await;
    app.until_done(&app.tab).await;
    app.code(&app.tab, "demo-a").await.until_text("A page").await;
    let mut everywhere = vec![app.tab.evaluate(LOADED).await];
    let worker = format!("typeof importScripts === 'function' && {LOADED}");
    everywhere.push(app.tab.until_in_frames("what the worker has loaded", &worker).await);
    let files: Vec<&Value> = everywhere.iter().filter_map(Value::as_array).flatten().collect();
    let bytes: u64 = files.iter().map(|file| file["transferSize"].as_u64().unwrap()).sum();
    println!("{} files, {bytes} bytes: {files:#?}", files.len());
    let home = app.url("/");
    assert!(files.iter().all(|file| file["name"].as_str().unwrap().starts_with(&home)), "{files:#?}");
    assert!(bytes < MOST_BYTES, "{bytes} bytes: {files:#?}");
}
