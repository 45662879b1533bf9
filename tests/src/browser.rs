//! A real browser: Debian's Chromium over its `DevTools` protocol.
//!
//! No crate is used for it. What the tests look at most, generated pages, is shown in sandboxed frames, which Chromium runs as
//! targets of their own; `chromiumoxide` and `headless_chrome` attach to tabs only. They also compile the whole protocol
//! (`chromiumoxide_cdp`: 111,000 lines) for the two dozen commands that are needed here, and a `WebDriver` client needs a second
//! program and knows no events.

mod app;
mod chromium;
mod devtools;
mod element;
mod input;
mod tab;
mod tree;
mod turn;
mod wait;

pub use app::{App, Pane};
pub use chromium::{Chromium, find as find_chromium};
pub use devtools::{DevTools, Event};
pub use element::Element;
pub use input::{Key, own_clipboard};
pub use tab::{Emulated, Tab};
pub use tree::{Name, Node, Tree};
pub use wait::{PATIENCE, look_for, until};
