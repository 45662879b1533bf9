//! What is measured. Each check returns what it saw, or a [`crate::Symptom`].

pub(crate) mod conversation;
pub(crate) mod generation;
pub(crate) mod http;
pub(crate) mod messages;
pub(crate) mod tls;
pub(crate) mod transport;
