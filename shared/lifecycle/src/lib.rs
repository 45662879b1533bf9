//! The steps of a generation's life that more than one function takes.
//!
//! - [`Starter`]: accept a request - look at what was uploaded for it, record it, then invoke its workers (`socket`,
//!   `api`).
//! - [`Replayer`]: bring a connection from its cursors to the present (`socket`).
//! - [`Announcer`]: tell everyone that a variant, and perhaps the generation, has ended (`variant`, `sweep`).
//! - [`cancel`]: ask variants to stop (`socket`, `api`).
//! - [`stored_request`]: what a generation was made of (`api`, and for a repeat).
//! - [`Eraser`]: delete a generation, and remove what is left of it (`api`, `sweep`).
//! - [`Purse`]: what may be spent (`socket`, `api`), and what was (`variant`, `sweep`).
//! - [`visible`], [`owned`]: read a generation that somebody may see, or change (`socket`, `api`).

mod announce;
mod cancel;
mod erase;
#[cfg(test)]
mod fixed;
mod lineage;
mod purse;
mod push;
mod replay;
mod start;
mod uploads;
mod visible;

pub use announce::Announcer;
pub use cancel::cancel;
pub use erase::Eraser;
pub use lineage::stored_request;
pub use purse::Purse;
pub use push::{Reached, push_all, push_to};
pub use replay::Replayer;
pub use start::{Started, Starter};
pub use visible::{owned, visible};

use domain::error::{ErrorCode, Refusal};
use domain::quota::Exceeded;
use ports::StoreError;

/// Why a step was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The request was refused: nothing was recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A limit on what may be spent is reached: nothing was recorded.
    #[error(transparent)]
    Exceeded(Box<Exceeded>),
    /// A store did not do its part; the effect may have happened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StepError {
    /// What a client is told. The details of a store's failure are for the log.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal.clone(),
            Self::Exceeded(exceeded) => Refusal::general(ErrorCode::QuotaExceeded, exceeded.to_string()),
            Self::Store(StoreError::Unavailable(_)) => Refusal::general(
                ErrorCode::Unavailable,
                "The server could not reach its store. Try again in a moment; if it stays so, the server is not set up correctly.",
            ),
            Self::Store(StoreError::Misconfigured(_) | StoreError::Missing(_) | StoreError::Forbidden(_)) => {
                Refusal::general(ErrorCode::Misconfigured, "The server is not set up correctly; its log says more.")
            }
            Self::Store(StoreError::Corrupt(_)) => Refusal::general(
                ErrorCode::CorruptRecord,
                "A stored record cannot be read; the server's log says which.",
            ),
        }
    }
}
