//! The traits through which Quartet touches the world. Each method says what is true after it has succeeded and after
//! it has failed; the in-memory versions in [`memory`] are the executable form of those words, and the suites in
//! `conformance` hold every implementation to them, and [`fault`] makes any of them misbehave.
//!
//! A handler takes the traits that it needs, so its fields read like its IAM policy.

mod authenticator;
mod clock;
#[cfg(any(test, feature = "conformance"))]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a suite's checks end its test")]
pub mod conformance;
mod connections;
mod deletions;
mod design_systems;
pub mod fault;
mod generations;
mod invoke;
pub mod memory;
mod model;
mod objects;
mod pictures;
mod provider_key;
mod push;
mod quotas;
mod uploads;
mod variants;
mod web;

pub use authenticator::{AuthenticationError, Authenticator};
pub use clock::{Clock, Ids};
pub use connections::{Connection, Connections, Greeting, Seated};
pub use deletions::Deletions;
pub use design_systems::DesignSystems;
pub use generations::{Created, Generations, HistoryPage, NewGeneration, Recorded, RequestKey, Shared};
pub use invoke::Invoke;
pub use model::{Model, ModelError, ModelEvent, ModelRequest, ModelStream};
pub use objects::{Object, Objects};
pub use pictures::{Drawn, PictureRequest, Pictures};
pub use provider_key::ProviderKey;
pub use push::{Push, PushError};
pub use quotas::{Quotas, Settled};
pub use uploads::{Permit, Uploaded, Uploads};
pub use variants::{Appended, Beat, Claim, Ended, Hold, Variants};
pub use web::{Fetch, FetchError, Fetched, Screenshots};

/// Why a store or an AWS service did not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It did not answer, or answered with a fault, until the deadline. The effect may or may not have happened:
    /// read before deciding.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A setting is wrong: trying again will not help.
    #[error("misconfigured: {0}")]
    Misconfigured(String),
    /// What a setting names is not there (table, bucket, secret): trying again will not help.
    #[error("misconfigured: {0}")]
    Missing(String),
    /// The caller may not do this, or its credentials are not valid: trying again will not help.
    #[error("misconfigured: {0}")]
    Forbidden(String),
    /// A stored item or object cannot be read. Nothing was changed.
    #[error("corrupt record: {0}")]
    Corrupt(String),
}
