//! What the server fetches for a client.
//!
//! - [`Web`]: the public web, and nothing else; `resolve` checks the addresses of names.
//! - [`ScreenshotService`]: the one service that was configured.
//! - [`Document`]: a document at a URL that was configured.

mod body;
mod client;
mod document;
mod resolve;
mod screenshots;
mod web;

pub use document::{BadDocument, Document};
pub use screenshots::{BadTemplate, ScreenshotKey, ScreenshotService};
pub use web::Web;

#[cfg(test)]
mod tests;
