//! The ports over AWS: DynamoDB ([`Table`]), S3 ([`Bucket`]), API Gateway's connection management ([`Sockets`]) and
//! Lambda ([`Workers`]); and the provider's key in Secrets Manager ([`Secret`]).
//!
//! Adapters translate and decide nothing: the conditions that they send say what `domain` says, and the conformance
//! suites of `ports` hold them to it. Every call has a deadline for each try and for all of them together, from
//! `domain::limits`.

mod bucket;
mod clients;
mod failure;
mod http;
mod secret;
mod sockets;
mod table;
mod workers;

pub use bucket::Bucket;
pub use clients::{Access, Endpoints, Platform};
pub use secret::Secret;
pub use sockets::Sockets;
pub use table::{Table, create_table};
pub use workers::Workers;
