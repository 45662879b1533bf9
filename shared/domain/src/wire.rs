//! What crosses the wire: [`client`] messages, [`server`] messages, and the [`invoke`] event that starts a worker.

pub mod client;
pub mod invoke;
pub mod server;
