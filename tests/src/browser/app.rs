//! The page, in the words that it shows to people. Where it is worded anew, this file follows and the tests stay.

use super::wait::look_for;
use super::{Chromium, DevTools, Element, Emulated, Name, Tab, until};
use crate::{Http, Place};
use local::Stack;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The page in a tab, and the stack behind it.
pub struct App {
    /// Where the page is open.
    pub tab: Tab,
    address: SocketAddr,
    _stack: Option<(Place, Stack)>,
}

impl App {
    /// The page of a fresh stack with these variables. `None` if there is no browser.
    pub async fn open(environment: &[(&str, &str)]) -> Option<Self> {
        Self::open_as(environment, &Emulated::default()).await
    }

    /// The same for somebody else's screen.
    pub async fn open_as(environment: &[(&str, &str)], emulated: &Emulated) -> Option<Self> {
        let devtools = Chromium::connect().await?;
        let place = Place::new(environment);
        let stack = place.start().await;
        let app = Self::at(stack.addresses().public, &devtools, emulated).await;
        Some(Self { _stack: Some((place, stack)), ..app })
    }

    /// The page of a server that somebody else has started.
    pub async fn at(address: SocketAddr, devtools: &DevTools, emulated: &Emulated) -> Self {
        let tab = Tab::open(devtools, emulated).await;
        let app = Self { tab, address, _stack: None };
        app.tab.go(&app.url("/")).await;
        app.tab.until("the page answers", "document.getElementById('generate').disabled === false").await;
        app
    }

    /// Where the server is.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// An address of the server.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// HTTP to the server.
    #[must_use]
    pub fn http(&self) -> Http {
        Http::to(self.address)
    }

    /// The field for a wish.
    pub async fn wish(&self) -> Element {
        self.tab.find("textbox", "Describe the page").await
    }

    /// Types a wish and sends it with the button. Returns the generation's id.
    pub async fn ask_for(&self, wish: &str) -> String {
        self.wish().await.click().await;
        self.tab.write(wish).await;
        self.send().await
    }

    /// Sends what is in the form. Returns the generation's id once the address has it.
    pub async fn send(&self) -> String {
        self.tab.find_where("button", Name::Is("Generate"), None, |node| !node.is("disabled")).await.click().await;
        self.accepted(&self.tab).await
    }

    /// The id in the address of a tab, once it is there.
    pub async fn accepted(&self, tab: &Tab) -> String {
        let address = "/^#\\/g\\/([^/]+)$/.exec(location.hash)?.[1] ?? ''";
        tab.until("the address has the generation's id", address).await.as_str().unwrap().to_owned()
    }

    /// Waits until every variant has ended and the tab says so.
    pub async fn until_done(&self, tab: &Tab) {
        tab.until_text("All pages are done and saved.").await;
    }

    /// The record of a generation, once it has ended.
    pub async fn ended(&self, id: &str) -> Value {
        crate::ended(&self.http(), id).await
    }

    /// The pane of a model.
    pub async fn pane(&self, tab: &Tab, model: &str) -> Pane {
        Pane(tab.find("region", model).await)
    }

    /// What a tab shows as a model's code, after asking for the code view.
    pub async fn code(&self, tab: &Tab, model: &str) -> Element {
        view(tab, model, "Code").await;
        self.shown_code(tab, model).await
    }

    /// Asks for a model's preview in place of its code.
    pub async fn preview(&self, model: &str) {
        view(&self.tab, model, "Preview").await;
    }

    /// The same where it has been asked for.
    pub async fn shown_code(&self, tab: &Tab, model: &str) -> Element {
        tab.find("region", Name::Is(&format!("Code of {model}"))).await
    }

    /// The button that stops one model.
    pub async fn stop_button(&self, tab: &Tab, model: &str) -> Element {
        tab.find("button", Name::Is(&format!("Stop {model}"))).await
    }

    /// The button that opens the dialog for files.
    pub async fn attach_button(&self) -> Element {
        self.tab.find("button", "Add screenshots").await
    }

    /// Waits until so many screenshots wait to be sent.
    pub async fn until_attached(&self, count: usize) {
        let what = format!("{count} screenshots are attached");
        until(&what, async || (self.tab.count("button", Name::Has("Remove ")).await == count).then_some(())).await;
    }

    /// Opens an earlier generation.
    pub async fn open_from_history(&self, tab: &Tab, wish: &str) {
        tab.find("link", Name::Has(wish)).await.click().await;
    }

    /// The previews of a tab, as far as they are shown. The small pictures in the history, which show pages too, are none.
    pub async fn previews(&self, tab: &Tab) -> Vec<Element> {
        tab.find_all("Iframe", Name::Has("Preview of ")).await
    }

    /// Waits until a preview shows this text.
    pub async fn until_previewed(&self, tab: &Tab, text: &str) {
        self.until_shown(tab, 1, text).await;
    }

    /// Waits until so many previews show this text.
    pub async fn until_previews(&self, count: usize, text: &str) {
        self.until_shown(&self.tab, count, text).await;
    }

    async fn until_shown(&self, tab: &Tab, count: usize, text: &str) {
        let shows = format!("document.body?.innerText.includes({})", json!(text));
        until(&format!("{count} previews show {text:?}"), async || {
            let mut showing = 0;
            for preview in self.previews(tab).await {
                showing += usize::from(tab.in_frames_of(&preview, &shows).await.contains(&json!(true)));
            }
            (showing >= count).then_some(())
        })
        .await;
    }

    /// Clicks an element of the page in a model's preview, wherever the browser draws it.
    pub async fn click_in_preview(&self, model: &str, selector: &str) {
        let frame = self.tab.find("Iframe", Name::Is(&format!("Preview of {model}"))).await;
        frame.middle().await;
        let corner = "function () {
            const { left, top, width } = this.getBoundingClientRect();
            return [left, top, width / this.offsetWidth];
        }";
        let corner = frame.ask(corner).await;
        let middle = format!(
            "(() => {{
                const box = document.querySelector({})?.getBoundingClientRect();
                return box?.width > 0 && [box.left + box.width / 2, box.top + box.height / 2];
            }})()",
            json!(selector)
        );
        let middle = until(&format!("{selector} is drawn"), async || {
            self.tab.in_frames_of(&frame, &middle).await.into_iter().find(Value::is_array)
        })
        .await;
        let number = |value: &Value| value.as_f64().unwrap();
        let scale = number(&corner[2]);
        let place = |index: usize| number(&corner[index]) + number(&middle[index]) * scale;
        self.tab.click_at(place(0), place(1)).await;
    }

    /// Nothing has gone wrong in the tab that its person was not told of.
    pub fn assert_no_complaints(&self) {
        let complaints = self.tab.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}

async fn view(tab: &Tab, model: &str, view: &str) {
    let views = tab.find("group", Name::Is(&format!("View of {model}"))).await;
    tab.find_in(&views, "button", Name::Is(view)).await.click().await;
}

/// A model's part of the page.
pub struct Pane(Element);

impl Pane {
    /// Everything that can be read in it.
    pub async fn text(&self) -> String {
        let text = self.0.ask("function () { return this.innerText; }").await;
        text.as_str().unwrap().to_owned()
    }

    /// Waits until this can be read in it.
    pub async fn until_text(&self, wanted: &str) -> String {
        let seen = look_for(async || {
            let text = self.text().await;
            text.contains(wanted).then_some(text)
        })
        .await;
        match seen {
            Some(text) => text,
            None => panic!("not in time: a pane says {wanted:?}; it says {:?}", self.text().await),
        }
    }
}
