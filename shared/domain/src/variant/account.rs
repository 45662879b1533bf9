use super::Answer;
use serde::{Deserialize, Serialize};

/// The finish reason of an answer that was stopped here because it is longer than any page.
pub const FINISH_TOO_LONG: &str = "too_long";

/// What is known of the work on a variant besides how it ended. Of a page, [`super::Completion`] says more; of a variant that has
/// none, this is all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Who answers in place of the model that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute: Option<Substitute>,
    /// From the claim to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// What the model said about the call, as far as it came.
    #[serde(flatten)]
    pub answer: Answer,
}

impl Account {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The model that answers for one that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Substitute {
    /// Its name.
    pub model: String,
    /// Why it answers.
    pub reason: Gone,
}

/// Why a model is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// Its shutdown date has passed.
    ShutDown,
    /// The provider does not know it.
    NotFound,
}
