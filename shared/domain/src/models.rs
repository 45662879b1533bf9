//! Models: what is known of them, which are on offer, and who answers for one that is gone.
//!
//! - [`Catalogue`]: the models that are known by name, as data; `catalogue.json` is the built-in one.
//! - [`Offer`]: the line-up, and what a request may choose instead.

mod catalogue;
mod date;
mod offer;

pub use catalogue::{Catalogue, CatalogueError};
pub use date::ShutdownDate;
pub use offer::Offer;

use crate::usage::Price;
use serde::{Deserialize, Serialize};

/// How a request is shaped for a family of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// GPT-4o and GPT-4.1: `max_tokens`, `temperature: 0`, nothing about reasoning.
    Gpt4,
    /// GPT-5.x and 6: `max_completion_tokens`; `temperature: 0` is accepted only with `reasoning_effort: "none"`.
    Gpt5,
    /// Any other OpenAI-compatible server: as `Gpt4`, which is what they copy.
    Compatible,
}

/// What is known of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Model {
    /// The name that the provider knows.
    pub id: String,
    /// How its requests are shaped.
    pub family: Family,
    /// The most tokens that one answer may have.
    #[serde(default)]
    pub max_output_tokens: Option<u32>,
    /// The list price.
    #[serde(default)]
    pub price: Option<Price>,
    /// When the provider shuts it down.
    #[serde(default)]
    pub shutdown_date: Option<ShutdownDate>,
    /// The model that answers in its place when it is gone.
    #[serde(default)]
    pub successor: Option<String>,
    /// Whether it can be asked at all; `note` says why not.
    #[serde(default = "yes")]
    pub usable: bool,
    /// A word about it, for people.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether it comes from the configuration and not from the built-in catalogue.
    #[serde(skip)]
    pub configured: bool,
}

const fn yes() -> bool {
    true
}

/// How one model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How the request is written.
    pub family: Family,
    /// The most tokens to ask for.
    pub output_tokens: u32,
}

#[cfg(test)]
mod tests;
