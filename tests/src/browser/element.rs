//! Something on a page that a person can see, click and type into.

use super::Tab;
use super::devtools::DevTools;
use super::wait::look_for;
use serde_json::{Value, json};

/// An element, by Chromium's number for it.
#[derive(Clone)]
pub struct Element {
    devtools: DevTools,
    session: String,
    backend: u64,
    label: String,
}

impl Element {
    pub(super) fn new(tab: &Tab, backend: u64, label: &str) -> Self {
        Self { devtools: tab.devtools().clone(), session: tab.session().to_owned(), backend, label: label.to_owned() }
    }

    pub(super) const fn backend(&self) -> u64 {
        self.backend
    }

    /// What a function of the page comes to that is called on it.
    ///
    /// # Errors
    /// That it has gone, or what the function threw.
    pub async fn try_ask(&self, function: &str, arguments: &[Value]) -> Result<Value, String> {
        let resolved = self.command("DOM.resolveNode", json!({"backendNodeId": self.backend})).await?;
        let arguments: Vec<Value> = arguments.iter().map(|value| json!({"value": value})).collect();
        let params = json!({
            "objectId": resolved["object"]["objectId"], "functionDeclaration": function, "arguments": arguments,
            "returnByValue": true, "awaitPromise": true,
        });
        let mut answer = self.command("Runtime.callFunctionOn", params).await?;
        if answer["exceptionDetails"].is_null() {
            Ok(answer["result"]["value"].take())
        } else {
            Err(answer["exceptionDetails"]["exception"]["description"].to_string())
        }
    }

    /// The same, where an error ends the test.
    pub async fn ask(&self, function: &str) -> Value {
        self.try_ask(function, &[]).await.unwrap_or_else(|error| panic!("{}: {error}", self.label))
    }

    async fn command(&self, method: &str, params: Value) -> Result<Value, String> {
        self.devtools.try_call(Some(&self.session), method, params).await
    }

    /// All text in it.
    pub async fn text(&self) -> String {
        self.ask("function () { return this.textContent; }").await.as_str().unwrap_or_default().to_owned()
    }

    /// What is typed into it.
    pub async fn value(&self) -> String {
        self.ask("function () { return this.value; }").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until its text has this in it, and returns all of it.
    pub async fn until_text(&self, wanted: &str) -> String {
        self.until(&format!("says {wanted:?}"), |text| text.contains(wanted)).await
    }

    /// Waits until its text is right, and returns it.
    pub async fn until(&self, what: &str, is_right: impl Fn(&str) -> bool) -> String {
        match look_for(async || Some(self.text().await).filter(|text| is_right(text))).await {
            Some(text) => text,
            None => panic!("not in time: {} {what}; it says {:?}", self.label, self.text().await),
        }
    }

    /// Chromium's name for the frame that it is; nothing if it is none, or gone.
    pub(super) async fn frame(&self) -> String {
        let described =
            self.command("DOM.describeNode", json!({"backendNodeId": self.backend})).await.unwrap_or_default();
        described["node"]["frameId"].as_str().unwrap_or_default().to_owned()
    }

    /// Puts the keyboard's focus on it, as a click into it would.
    pub async fn focus(&self) {
        self.command("DOM.focus", json!({"backendNodeId": self.backend})).await.unwrap();
    }

    /// The middle of it, in the window, once it stands still and nothing covers it.
    pub async fn middle(&self) -> (f64, f64) {
        let mut before = None;
        let still = look_for(async || {
            let now = self.place().await;
            let (x, y) = now.filter(|_| now == before).or_else(|| {
                before = now;
                None
            })?;
            self.is_at(x, y).await.then_some((x, y))
        });
        still.await.unwrap_or_else(|| panic!("{} cannot be reached: it is hidden, covered or moving", self.label))
    }

    async fn place(&self) -> Option<(f64, f64)> {
        let node = || json!({"backendNodeId": self.backend});
        self.command("DOM.scrollIntoViewIfNeeded", node()).await.ok()?;
        let answer = self.command("DOM.getContentQuads", node()).await.ok()?;
        let corners: Vec<f64> = answer["quads"][0].as_array()?.iter().filter_map(Value::as_f64).collect();
        let middle = |from: usize| corners.iter().skip(from).step_by(2).sum::<f64>() / 4.0;
        Some((middle(0), middle(1)))
    }

    /// Whether a click at this point meets it.
    async fn is_at(&self, x: f64, y: f64) -> bool {
        let hit = "function (x, y) { const hit = document.elementFromPoint(x, y); return hit !== null && this.contains(hit); }";
        self.try_ask(hit, &[json!(x), json!(y)]).await.is_ok_and(|hit| hit == true)
    }

    /// Clicks it with the mouse.
    pub async fn click(&self) {
        let (x, y) = self.middle().await;
        click_at(&self.devtools, &self.session, x, y).await;
    }
}

impl Tab {
    /// Clicks at a point of the window, whatever is there; a frame of another process is told by the browser.
    pub async fn click_at(&self, x: f64, y: f64) {
        click_at(self.devtools(), self.session(), x, y).await;
    }
}

async fn click_at(devtools: &DevTools, session: &str, x: f64, y: f64) {
    let event = |kind: &str| json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
    let moved = json!({"type": "mouseMoved", "x": x, "y": y});
    for params in [moved, event("mousePressed"), event("mouseReleased")] {
        devtools.call(Some(session), "Input.dispatchMouseEvent", params).await;
    }
}
