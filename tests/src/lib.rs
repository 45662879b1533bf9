//! What the end-to-end tests share: a stack in a directory of its own, a browser's socket, HTTP, and a checker that
//! holds what a browser was shown against what is stored.

mod authority;
mod broken;
pub mod browser;
mod client;
mod event;
mod front;
mod http;
mod ids;
pub mod images;
mod platform;
pub mod promise;
mod provider;
mod quartet;
mod stack;
mod store;
mod tap;
mod view;
pub mod web_token;
mod world;

pub use authority::Authority;
pub use broken::Breakage;
pub use client::{Client, Heard};
pub use event::{http_event, socket_event};
pub use front::{Fault, Front, Head};
pub use http::{Http, ended, shown_is_stored, stored_text};
pub use ids::CountingIds;
pub use platform::{Invokes, TokioClock};
pub use provider::CountingModel;
pub use quartet::Quartet;
pub use stack::{Place, free_ports, start, start_with};
pub use store::{scan, table};
pub use tap::Tap;
pub use view::View;
pub use world::{BEGINNING_MS, IMAGE_MODEL, LEASE_MS, Ports, World};
