//! The keyboard, the clipboard, and files that are dragged in.

use super::{Element, Tab};
use serde_json::{Value, json};
use std::path::Path;
use tokio::sync::{Mutex, MutexGuard};

/// A key that does something else than write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// To the next thing, or back with Shift.
    Tab,
    /// Confirms.
    Enter,
    /// Presses a button.
    Space,
    /// Leaves.
    Escape,
    /// The arrow.
    Left,
    /// The arrow.
    Right,
    /// The arrow.
    Up,
    /// The arrow.
    Down,
    /// A letter, with Control a shortcut.
    Letter(char),
}

impl Key {
    /// Name, code, number and text, as UI Events have them.
    fn parts(self) -> (String, String, u32, Option<String>) {
        let named = |name: &str, number, text: Option<&str>| {
            (name.to_owned(), name.to_owned(), number, text.map(str::to_owned))
        };
        match self {
            Self::Tab => named("Tab", 9, None),
            Self::Enter => named("Enter", 13, Some("\r")),
            Self::Space => (" ".to_owned(), "Space".to_owned(), 32, Some(" ".to_owned())),
            Self::Escape => named("Escape", 27, None),
            Self::Left => named("ArrowLeft", 37, None),
            Self::Up => named("ArrowUp", 38, None),
            Self::Right => named("ArrowRight", 39, None),
            Self::Down => named("ArrowDown", 40, None),
            Self::Letter(letter) => {
                let upper = letter.to_ascii_uppercase();
                (letter.to_string(), format!("Key{upper}"), u32::from(upper), Some(letter.to_string()))
            }
        }
    }
}

/// Of all tests of a process, since they share a browser.
static CLIPBOARD: Mutex<()> = Mutex::const_new(());
/// The places at which a moving finger is felt.
const SWIPE_STEPS: u32 = 12;
const SHIFT: u32 = 8;
const CONTROL: u32 = 2;

/// Waits until no other test uses the clipboard, and keeps it from them.
pub async fn own_clipboard() -> MutexGuard<'static, ()> {
    CLIPBOARD.lock().await
}

impl Tab {
    /// Presses a key and lets it go.
    pub async fn press(&self, key: Key) {
        self.stroke(key, 0, &[]).await;
    }

    /// The same with Shift held.
    pub async fn press_with_shift(&self, key: Key) {
        self.stroke(key, SHIFT, &[]).await;
    }

    /// The same with Control held.
    pub async fn press_with_control(&self, key: Key) {
        self.stroke(key, CONTROL, &[]).await;
    }

    /// Ctrl+V, which a headless browser has to be told the meaning of.
    pub async fn paste(&self) {
        self.stroke(Key::Letter('v'), CONTROL, &["paste"]).await;
    }

    async fn stroke(&self, key: Key, modifiers: u32, commands: &[&str]) {
        let (name, code, number, text) = key.parts();
        let mut down = json!({
            "type": "rawKeyDown", "key": name, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers,
            "commands": commands,
        });
        if let Some(text) = text.filter(|_| modifiers & CONTROL == 0) {
            down["type"] = json!("keyDown");
            down["text"] = json!(text);
        }
        let up = json!({
            "type": "keyUp", "key": name, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers,
        });
        self.call("Input.dispatchKeyEvent", down).await;
        self.call("Input.dispatchKeyEvent", up).await;
    }

    /// A finger that moves to the left by so many pixels, over the middle of an element. When this returns, the page has been told of
    /// all of it and has been drawn again.
    pub async fn swipe_left(&self, over: &Element, pixels: f64) {
        let (x, y) = over.middle().await;
        let begin = x + pixels / 2.0;
        self.touch("touchStart", &[(begin, y)]).await;
        for step in 1..=SWIPE_STEPS {
            self.touch("touchMove", &[(begin - pixels * f64::from(step) / f64::from(SWIPE_STEPS), y)]).await;
        }
        self.touch("touchEnd", &[]).await;
        let drawn = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))";
        self.evaluate(drawn).await;
    }

    async fn touch(&self, kind: &str, points: &[(f64, f64)]) {
        let points: Vec<Value> = points.iter().map(|(x, y)| json!({"x": x, "y": y})).collect();
        self.call("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points})).await;
    }

    /// Types a text where the focus is.
    pub async fn write(&self, text: &str) {
        self.call("Input.insertText", json!({"text": text})).await;
    }

    /// Puts a PNG into the clipboard, as a screenshot program does.
    pub async fn copy_png(&self, file: &[u8]) {
        let bytes = json!(file);
        let write = format!(
            "navigator.clipboard.write([new ClipboardItem({{'image/png': new Blob([new Uint8Array({bytes})], {{type: 'image/png'}})}})])"
        );
        self.evaluate(&write).await;
    }

    /// The text in the clipboard.
    pub async fn clipboard(&self) -> String {
        self.evaluate("navigator.clipboard.readText()").await.as_str().unwrap_or_default().to_owned()
    }

    /// Drags files from the desktop onto an element and drops them.
    pub async fn drop_files(&self, onto: &Element, files: &[&Path]) {
        let (x, y) = onto.middle().await;
        // What may be done with them: copy.
        let data = json!({"items": [], "files": files, "dragOperationsMask": 1});
        for kind in ["dragEnter", "dragOver", "drop"] {
            self.drag(kind, x, y, &data).await;
        }
    }

    async fn drag(&self, kind: &str, x: f64, y: f64, data: &Value) {
        self.call("Input.dispatchDragEvent", json!({"type": kind, "x": x, "y": y, "data": data})).await;
    }

    /// Lets what is downloaded be kept in a folder.
    pub async fn download_into(&self, folder: &Path) {
        let params = json!({"behavior": "allow", "browserContextId": self.context(), "downloadPath": folder});
        self.devtools().call(None, "Browser.setDownloadBehavior", params).await;
    }

    /// Chooses files in the dialog that a click opens.
    pub async fn choose_files(&self, button: &Element, files: &[&Path]) {
        self.call("Page.setInterceptFileChooserDialog", json!({"enabled": true})).await;
        let before = self.devtools().events().len();
        button.click().await;
        let mut position = 0;
        let chooser = self
            .devtools()
            .until("a file chooser opens", |event| {
                position += 1;
                (position > before && event.method == "Page.fileChooserOpened").then(|| event.params.clone())
            })
            .await;
        let params = json!({"files": files, "backendNodeId": chooser["backendNodeId"]});
        self.call("DOM.setFileInputFiles", params).await;
        self.call("Page.setInterceptFileChooserDialog", json!({"enabled": false})).await;
    }
}
