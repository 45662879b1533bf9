//! A tab: where it is, what runs in it and in the frames below it, what went wrong in it.

use super::Element;
use super::devtools::DevTools;
use super::wait::{look_for, until};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a tab pretends to be.
#[derive(Clone, Copy, Debug)]
pub struct Emulated {
    /// Width and height of the window, in CSS pixels.
    pub size: (u32, u32),
    /// With a finger instead of a mouse, as a phone.
    pub is_phone: bool,
    /// Whether its person likes it dark.
    pub is_dark: bool,
    /// Its person's language, as `navigator.language` has it.
    pub language: &'static str,
}

impl Default for Emulated {
    fn default() -> Self {
        Self { size: (1280, 900), is_phone: false, is_dark: false, language: "en-US" }
    }
}

/// A tab in a browser context, which shares cookies and storage only with the tabs beside it.
pub struct Tab {
    devtools: DevTools,
    context: String,
    target: String,
    session: String,
}

impl Tab {
    /// An empty tab in a context of its own.
    pub async fn open(devtools: &DevTools, emulated: &Emulated) -> Self {
        let made = devtools.call(None, "Target.createBrowserContext", json!({"disposeOnDetach": true})).await;
        let context = text(&made["browserContextId"]);
        let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        devtools
            .call(None, "Browser.grantPermissions", json!({"permissions": permissions, "browserContextId": context}))
            .await;
        Self::open_in(devtools.clone(), context, emulated).await
    }

    /// Another tab in the same context.
    pub async fn beside(&self, emulated: &Emulated) -> Self {
        Self::open_in(self.devtools.clone(), self.context.clone(), emulated).await
    }

    async fn open_in(devtools: DevTools, context: String, emulated: &Emulated) -> Self {
        let params = json!({"url": "about:blank", "browserContextId": context});
        let target = text(&devtools.call(None, "Target.createTarget", params).await["targetId"]);
        Self::attach(devtools, context, target, emulated).await
    }

    async fn attach(devtools: DevTools, context: String, target: String, emulated: &Emulated) -> Self {
        let params = json!({"targetId": target, "flatten": true});
        let session = text(&devtools.call(None, "Target.attachToTarget", params).await["sessionId"]);
        let tab = Self { devtools, context, target, session };
        tab.pretend(emulated).await;
        tab
    }

    /// Takes on another window, another light or another language.
    pub async fn pretend(&self, emulated: &Emulated) {
        let Emulated { size: (width, height), is_phone, is_dark, language } = *emulated;
        let scale = if is_phone { 2 } else { 1 };
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone});
        self.call("Emulation.setDeviceMetricsOverride", metrics).await;
        self.call("Emulation.setTouchEmulationEnabled", json!({"enabled": is_phone})).await;
        let light = if is_dark { "dark" } else { "light" };
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": light}, {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.call("Emulation.setEmulatedMedia", features).await;
        let agent = self.evaluate("navigator.userAgent").await;
        self.call("Emulation.setUserAgentOverride", json!({"userAgent": agent, "acceptLanguage": language})).await;
        // Each tab is the one that its person looks at.
        self.call("Emulation.setFocusEmulationEnabled", json!({"enabled": true})).await;
    }

    /// A tab that this one has opened, once it is there.
    pub async fn opened(&self, emulated: &Emulated) -> Self {
        let target = until("another tab is opened", async || {
            let targets = self.devtools.call(None, "Target.getTargets", json!({})).await;
            let mut infos = targets["targetInfos"].as_array().unwrap().iter();
            let opened = infos.find(|info| {
                info["type"] == "page" && info["browserContextId"] == self.context && info["targetId"] != self.target
            });
            opened.map(|info| text(&info["targetId"]))
        })
        .await;
        Self::attach(self.devtools.clone(), self.context.clone(), target, emulated).await
    }

    /// The connection that it lives in.
    #[must_use]
    pub const fn devtools(&self) -> &DevTools {
        &self.devtools
    }

    /// The context that it is in.
    pub(super) fn context(&self) -> &str {
        &self.context
    }

    /// Its session, for commands.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    /// A command to it.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        self.devtools.call(Some(&self.session), method, params).await
    }

    /// Goes to an address and waits until it has loaded.
    pub async fn go(&self, url: &str) {
        let answer = self.call("Page.navigate", json!({"url": url})).await;
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        self.until("the page has loaded", "document.readyState === 'complete' && location.href !== 'about:blank'")
            .await;
    }

    /// Loads what it shows again, without waiting for it.
    pub async fn reload(&self) {
        self.evaluate("window.isBeforeReload = true").await;
        self.call("Page.reload", json!({})).await;
        self.until("the page has loaded again", "!window.isBeforeReload && document.readyState === 'complete'").await;
    }

    /// Lets it sleep, as a tab that nobody has looked at for long: nothing runs in it any more until it is woken up.
    pub async fn sleep(&self) {
        self.evaluate("document.onfreeze = () => { window.sleeps = true; }").await;
        self.evaluate("document.onresume = () => { window.sleeps = false; }").await;
        // What somebody looks at does not sleep.
        self.call("Emulation.setFocusEmulationEnabled", json!({"enabled": false})).await;
        self.call("Page.setWebLifecycleState", json!({"state": "frozen"})).await;
        // Chromium answers before its renderer has heard of it.
        self.until("the page sleeps", "window.sleeps === true").await;
    }

    /// Whether it has slept ever since it was let.
    pub async fn is_asleep(&self) -> bool {
        self.evaluate("window.sleeps === true").await == true
    }

    /// Wakes it up: its person looks at it again.
    pub async fn wake(&self) {
        self.call("Page.setWebLifecycleState", json!({"state": "active"})).await;
        self.call("Emulation.setFocusEmulationEnabled", json!({"enabled": true})).await;
    }

    /// What an expression of its page comes to, after its promise if it is one.
    ///
    /// # Errors
    /// What it threw, or that the page is being replaced.
    pub async fn try_evaluate(&self, expression: &str) -> Result<Value, String> {
        evaluate(&self.devtools, &self.session, None, expression).await
    }

    /// The same, where an error ends the test.
    pub async fn evaluate(&self, expression: &str) -> Value {
        self.try_evaluate(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression of its page comes to something true, and returns that.
    pub async fn until(&self, what: &str, expression: &str) -> Value {
        // A page that is just being replaced is asked again.
        let seen = look_for(async || self.try_evaluate(expression).await.ok().filter(is_true)).await;
        if let Some(value) = seen {
            return value;
        }
        let last = self.try_evaluate(expression).await;
        panic!("not in time: {what} ({last:?}); the page says:\n{}", self.text().await)
    }

    /// Waits until its text has this in it.
    pub async fn until_text(&self, wanted: &str) {
        let quoted = json!(wanted);
        self.until(&format!("it says {wanted:?}"), &format!("document.body.innerText.includes({quoted})")).await;
    }

    /// What a person can read of its page, without frames.
    pub async fn text(&self) -> String {
        text(&self.try_evaluate("document.body.innerText").await.unwrap_or_default())
    }

    /// What an expression comes to in each frame below its page in which it can be evaluated.
    pub async fn in_frames(&self, expression: &str) -> Vec<Value> {
        let mut values = Vec::new();
        for (session, context) in self.frames() {
            values.extend(evaluate(&self.devtools, &session, Some(context), expression).await);
        }
        values
    }

    /// The same in the frames of one element only.
    pub async fn in_frames_of(&self, element: &Element, expression: &str) -> Vec<Value> {
        let id = element.frame().await;
        let events = self.devtools.events();
        let attached = events.iter().rfind(|event| {
            event.method == "Target.attachedToTarget" && event.params["targetInfo"]["targetId"] == json!(id)
        });
        let Some(own) = attached.map(|event| text(&event.params["sessionId"])) else { return Vec::new() };
        let mut values = Vec::new();
        for (session, context) in self.frames().into_iter().filter(|(session, _)| *session == own) {
            values.extend(evaluate(&self.devtools, &session, Some(context), expression).await);
        }
        values
    }

    /// Waits until an expression comes to something true in one of its frames, and returns that.
    pub async fn until_in_frames(&self, what: &str, expression: &str) -> Value {
        let seen = look_for(async || self.in_frames(expression).await.into_iter().find(is_true)).await;
        if let Some(value) = seen {
            return value;
        }
        panic!("not in time, in any frame: {what}; they say {:?}", self.in_frames("document.body?.innerText").await)
    }

    /// The scripts' worlds of the frames below the page: session and context.
    fn frames(&self) -> Vec<(String, u64)> {
        let mut sessions = BTreeSet::from([self.session.clone()]);
        let mut worlds: Vec<(String, u64, String)> = Vec::new();
        for event in self.devtools.events() {
            let Some(session) = event.session.filter(|session| sessions.contains(session)) else { continue };
            let params = &event.params;
            match event.method.as_str() {
                "Target.attachedToTarget" => {
                    sessions.insert(text(&params["sessionId"]));
                }
                "Target.detachedFromTarget" => {
                    let gone = text(&params["sessionId"]);
                    worlds.retain(|(session, ..)| *session != gone);
                    sessions.remove(&gone);
                }
                "Runtime.executionContextCreated" if params["context"]["auxData"]["isDefault"] != false => {
                    let frame = text(&params["context"]["auxData"]["frameId"]);
                    worlds.push((session, params["context"]["id"].as_u64().unwrap(), frame));
                }
                "Runtime.executionContextDestroyed" => {
                    let gone = params["executionContextId"].as_u64().unwrap();
                    worlds.retain(|(known, id, _)| *known != session || *id != gone);
                }
                "Runtime.executionContextsCleared" => worlds.retain(|(known, ..)| *known != session),
                _ => {}
            }
        }
        // The tab's own frame has the tab's name.
        worlds.retain(|(.., frame)| *frame != self.target);
        worlds.into_iter().map(|(session, id, _)| (session, id)).collect()
    }

    /// What its page has complained about so far: exceptions that nobody caught, and errors in the console.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let events = self.devtools.events().into_iter().filter(|event| event.session.as_ref() == Some(&self.session));
        events
            .filter_map(|event| match event.method.as_str() {
                "Runtime.exceptionThrown" => Some(event.params["exceptionDetails"].to_string()),
                "Log.entryAdded" if event.params["entry"]["level"] == "error" => {
                    Some(event.params["entry"].to_string())
                }
                _ => None,
            })
            .collect()
    }

    /// What it looks like, as a WebP file.
    pub async fn picture(&self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", json!({"format": "webp", "quality": 80})).await;
        BASE64_STANDARD.decode(answer["data"].as_str().unwrap()).unwrap()
    }

    /// Closes it, as its person does.
    pub async fn close(self) {
        self.devtools.call(None, "Target.closeTarget", json!({"targetId": self.target})).await;
    }
}

async fn evaluate(devtools: &DevTools, session: &str, context: Option<u64>, expression: &str) -> Result<Value, String> {
    let mut params = json!({
        "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
    });
    if let Some(context) = context {
        params["contextId"] = json!(context);
    }
    let mut answer = devtools.try_call(Some(session), "Runtime.evaluate", params).await?;
    match answer["exceptionDetails"].take() {
        Value::Null => Ok(answer["result"]["value"].take()),
        details => Err(details["exception"]["description"].as_str().unwrap_or("it was thrown").to_owned()),
    }
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != json!("") && *value != json!(0)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
