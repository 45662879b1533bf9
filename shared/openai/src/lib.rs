//! The model ports over any OpenAI-compatible server.
//!
//! - [`OpenAi`]: the client; asks, and hands the answer's bytes on.
//! - `request`: the body of a request, which differs by family of models.
//! - `stream`: from the bytes of an answer to events, by a spec-following SSE parser.
//! - `pictures`: the picture port over the same server's Images API.
//! - `refused`: what an answer that is not 200 means for another attempt, in every server's words; `redact`: those words
//!   without secrets.

mod client;
mod pictures;
mod redact;
mod refused;
mod request;
mod stream;

pub use client::{ApiKey, KeySource, OpenAi, Provider};
pub use stream::events;
