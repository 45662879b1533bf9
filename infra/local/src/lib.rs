//! The whole platform in one process, speaking AWS's own protocols, so that the four functions run unchanged.
//!
//! - [`Stack`]: starts and stops everything.
//! - [`gateway`]: what stands where API Gateway stands - the WebSocket stage and the HTTP API on the public port.
//! - [`platform`]: what stands behind it on loopback - DynamoDB, S3, Lambda's Invoke and `@connections`.
//! - [`functions`]: how a function is called, and the queue of asynchronous invokes.
//! - [`demo`]: a model that needs no key.
//! - [`schedule`]: the sweep's clock.
//! - [`neighbours`]: who may call.
//! - [`limits`]: what the stand-ins take at most.
//! - [`data`]: the directory that outlives a restart; [`log_file`]: the logs in it.

pub mod data;
pub mod demo;
pub mod functions;
pub mod gateway;
pub mod limits;
pub mod log_file;
pub mod neighbours;
mod options;
pub mod platform;
pub mod schedule;
mod settings;
mod stack;

pub use options::Options;
pub use stack::{Addresses, Stack, StartError};
