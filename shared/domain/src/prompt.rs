//! What the model is asked: a system text, then the turns.
//!
//! - `rules`: the system text, the same for every request of a stack.
//! - `libraries`: what each stack is built with, pinned.
//! - `turns`: what a person asks and has asked, with the pages that it is about.
//!
//! What changes least comes first, so that a provider's prompt cache serves the variants of a request and its later edits.

mod libraries;
mod rules;
mod turns;

pub use libraries::PICTURE_HOST;
pub use turns::wish_in;

use crate::request::GenerationRequest;
use crate::stack::GenerationType;

/// Who speaks in a message to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The rules.
    System,
    /// The person.
    User,
    /// The model, earlier.
    Assistant,
}

/// One message to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub speaker: Speaker,
    /// The words.
    pub text: String,
    /// Images, as [`crate::image::source`] names them in an accepted request; for the provider as data URLs.
    pub images: Vec<String>,
}

/// Builds the messages for a request.
#[must_use]
pub fn messages(request: &GenerationRequest) -> Vec<Message> {
    let system = Message { speaker: Speaker::System, text: rules::system_text(request), images: Vec::new() };
    let mut messages = vec![system];
    match request.generation_type {
        GenerationType::Create => messages.push(turns::create(request)),
        GenerationType::Update => messages.extend(turns::update(request)),
    }
    messages
}

#[cfg(test)]
mod tests;
