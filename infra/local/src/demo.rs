//! A model that needs no key: an OpenAI-compatible server on loopback that answers with canned pages. Its behaviour is
//! chosen by the model's name, so that tests and a curious person can see every way in which a provider misbehaves.

mod answer;
mod behaviour;
mod frames;
mod page;
mod server;
mod servers;

pub use behaviour::Behaviour;
pub use server::router;

use std::sync::LazyLock;

/// The default line-up under names that say that nothing was generated.
static LINE_UP: LazyLock<Vec<String>> = LazyLock::new(|| {
    let catalogue = domain::models::Catalogue::built_in();
    catalogue.map_or_else(|_| Vec::new(), |known| known.line_up().iter().map(|id| format!("demo-{id}")).collect())
});

fn line_up() -> &'static [String] {
    &LINE_UP
}

/// Where it is mounted; what follows is OpenAI's own path.
pub const BASE: &str = "/demo/v1";
