//! A generated page that means harm: it reaches nothing of the app, neither in its preview nor opened by itself.

use crate::browser::scripted::Scripted;
use end_to_end::browser::{App, Emulated};
use serde_json::Value;

/// Tries everything that would harm, and writes down what came of it.
pub const ATTACK: &str = r"
<!DOCTYPE html><html><head><title>harm</title></head><body><h1>Hello from the page</h1><pre id='report'>waiting</pre><script>
const results = {};
const attempt = async (name, act) => {
  try { results[name] = `REACHED ${String(await act()).slice(0, 200)}`; } catch (error) { results[name] = `refused: ${error.name}`; }
};
const inTime = (promise) => Promise.race([promise, new Promise((_, fail) => setTimeout(() => fail(new Error('no answer')), 3000))]);
(async () => {
  await attempt('the parent', () => parent === window ? Promise.reject(new Error('has none')) : parent.document.body.innerHTML);
  await attempt('the top', () => top === window ? Promise.reject(new Error('is it')) : top.document.body.innerHTML);
  await attempt('the address of the top', () => top === window ? Promise.reject(new Error('is it')) : top.location.href);
  await attempt('the storage', () => localStorage.getItem('token'));
  await attempt('the session', () => sessionStorage.getItem('token'));
  await attempt('the cookies', () => document.cookie);
  await attempt('the databases', () => indexedDB.open('quartet') && 'opened');
  await attempt('the caches', () => caches.keys());
  await attempt('a service worker', () => navigator.serviceWorker.register('HOME/app.js'));
  await attempt('the history', () => inTime(fetch('HOME/api/generations').then((answer) => answer.text())));
  await attempt('the history, with what the browser knows', () =>
    inTime(fetch('HOME/api/generations', {credentials: 'include'}).then((answer) => answer.text())));
  await attempt('a generation', () => inTime(fetch('HOME/api/generations',
    {method: 'POST', body: JSON.stringify({prompt: {text: 'paid for by the victim'}})}).then((answer) => answer.text())));
  await fetch('HOME/api/generations', {method: 'POST', mode: 'no-cors', body: JSON.stringify({prompt: {text: 'paid for by the victim'}})}).catch(() => {});
  await attempt('the socket', () => inTime(new Promise((done, fail) => {
    const socket = new WebSocket('SOCKET/generate-code');
    socket.onerror = () => fail(new Error('closed'));
    socket.onclose = () => fail(new Error('closed'));
    socket.onmessage = ({data}) => done(data);
    socket.onopen = () => socket.send(JSON.stringify({action: 'generate', prompt: {text: 'paid for by the victim'}}));
  })));
  await attempt('another address for the top', () => {
    if (top === window) throw new Error('is it');
    top.location = 'HOME/health';
    return 'sent';
  });
  parent.postMessage({type: 'render', html: 'forged'}, '*');
  document.getElementById('report').textContent = JSON.stringify(results);
})();
</script></body></html>";

/// Every attempt was refused.
pub fn assert_harmless(report: &Value) {
    let results: Value = serde_json::from_str(report.as_str().unwrap()).unwrap();
    println!("{results:#}");
    for (what, outcome) in results.as_object().unwrap() {
        assert!(outcome.as_str().unwrap().starts_with("refused"), "{what}: {outcome}");
    }
}

/// What came of it, once everything was tried.
pub const REPORT: &str =
    "(() => { const text = document.getElementById('report')?.textContent; return text !== 'waiting' && text; })()";

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_page_reaches_nothing_of_the_app() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    let address = app.address();
    model.write(&ATTACK.replace("HOME", &format!("http://{address}")).replace("SOCKET", &format!("ws://{address}")));
    app.tab.evaluate("localStorage.setItem('token', 'secret'); document.cookie = 'token=secret; path=/'").await;
    let id = app.ask_for("A page that means harm").await;
    app.until_done(&app.tab).await;
    let report = app.tab.until_in_frames("the page has tried everything in its preview", REPORT).await;
    assert_harmless(&report);

    let file = app.tab.beside(&Emulated::default()).await;
    file.go(&app.url(&format!("/api/generations/{id}/variants/0"))).await;
    let report = file.until("the page has tried everything as a file", REPORT).await;
    assert_harmless(&report);

    let title = app.tab.evaluate("document.title").await;
    assert!(title.as_str().unwrap().starts_with("A page that means harm"), "the app is where it was: {title}");
    let (_, history) = app.http().get("/api/generations").await;
    assert_eq!(
        history["data"]["items"].as_array().unwrap().len(),
        1,
        "nothing was started in the person's name: {history}"
    );
}
