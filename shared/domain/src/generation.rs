//! A generation's record, and what its variants say of it as a whole.

use crate::ids::{ConnectionId, GenerationId, UserId};
use crate::usage::Totals;
use crate::variant::{Status, Variant};
use serde::{Deserialize, Serialize};

/// What is recorded of a generation besides its variants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Generation {
    /// Its id.
    pub id: GenerationId,
    /// Whose it is.
    pub user: UserId,
    /// When it was accepted, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// The prompt's beginning, for lists.
    pub title: String,
    /// The models, one a variant.
    pub models: Vec<String>,
    /// The socket of an unmodified screenshot-to-code frontend, which expects to be closed at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<ConnectionId>,
    /// How it ended, once every variant has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
}

/// The end of a generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conclusion {
    /// How it ended.
    pub status: Overall,
    /// When, in milliseconds since 1970.
    pub ended_at_ms: u64,
    /// The variant that tells `done`: the one whose worker was first to see that all had ended.
    pub told_by: u8,
    /// What it has taken.
    #[serde(default)]
    pub totals: Totals,
}

/// A generation as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// A variant has not ended.
    Running,
    /// Every variant has a page.
    Completed,
    /// Some variants have a page.
    Partial,
    /// None has a page and at least one failed.
    Failed,
    /// None has a page because it was stopped.
    Cancelled,
}

impl Overall {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// What the variants say together.
    #[must_use]
    pub fn of(variants: &[Variant]) -> Self {
        let count = |wanted: fn(&Status) -> bool| variants.iter().filter(|variant| wanted(&variant.status)).count();
        let completed = count(|status| matches!(status, Status::Completed(_)));
        if count(|status| !status.has_ended()) > 0 {
            Self::Running
        } else if completed == variants.len() {
            Self::Completed
        } else if completed > 0 {
            Self::Partial
        } else if count(|status| matches!(status, Status::Failed(_))) > 0 {
            Self::Failed
        } else {
            Self::Cancelled
        }
    }
}

/// The beginning of a prompt, for lists: its first 120 characters on one line.
#[must_use]
pub fn title(prompt: &str) -> String {
    let line = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(120).collect()
}
