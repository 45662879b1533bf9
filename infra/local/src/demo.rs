//! A model that needs no key: an OpenAI-compatible server on loopback that answers with canned pages. Its behaviour is
//! chosen by the model's name, so that tests and a curious person can see every way in which a provider misbehaves.

mod answer;
mod behaviour;
mod page;
mod server;

pub use behaviour::Behaviour;
pub use server::router;

/// Where it is mounted; what follows is OpenAI's own path.
pub const BASE: &str = "/demo/v1";
