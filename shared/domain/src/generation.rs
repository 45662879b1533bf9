//! A generation's record, and what its variants say of it as a whole.

use crate::identity::Viewer;
use crate::ids::{ConnectionId, GenerationId, UserId};
use crate::share::{Share, ShareToken};
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
    /// Keys of the uploads that it was made from, in the bucket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<String>,
    /// The socket of an unmodified screenshot-to-code frontend, which expects to be closed at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<ConnectionId>,
    /// The links that show it to others, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Share>,
    /// How it ended, once every variant has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
    /// What it goes back to, if it is not the first of its line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Lineage>,
    /// The variant that its user likes best, once one was picked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<u8>,
}

impl Generation {
    /// The first generation of its line: what all its versions have in common.
    #[must_use]
    pub fn root(&self) -> &GenerationId {
        self.lineage.as_ref().map_or(&self.id, |lineage| &lineage.root)
    }

    /// The variant to show it by: the one that was picked, else the first with a page. Of a record without outcomes, the
    /// first one where all have a page.
    #[must_use]
    pub fn preview(&self) -> Option<u8> {
        let conclusion = self.conclusion.as_ref();
        let outcomes = conclusion.into_iter().flat_map(|conclusion| &conclusion.outcomes);
        let first = (0..).zip(outcomes).find(|(_, outcome)| outcome.end == End::Completed).map(|(index, _)| index);
        let is_old =
            |conclusion: &Conclusion| conclusion.outcomes.is_empty() && conclusion.status == Overall::Completed;
        self.winner.or(first).or_else(|| conclusion.filter(|conclusion| is_old(conclusion)).map(|_| 0))
    }

    /// Whether its title or one of its models has every word of `search`, in any case of letters.
    #[must_use]
    pub fn matches(&self, search: &str) -> bool {
        let text = format!("{} {}", self.title, self.models.join(" ")).to_lowercase();
        search.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// Where a generation comes from: a change of another one's page, or the same request once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lineage {
    /// The first of the line.
    pub root: GenerationId,
    /// The one that it goes back to.
    pub parent: GenerationId,
    /// The variant whose page was changed; `None` if the request was repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_index: Option<u8>,
}

impl Generation {
    /// Whether somebody may see it: its owner, and who holds a link that is live.
    #[must_use]
    pub fn is_visible_to(&self, viewer: &Viewer, now_s: u64) -> bool {
        let is_owner = viewer.user.as_ref() == Some(&self.user);
        let shown = viewer.share.as_ref().map(ShareToken::id);
        is_owner || shown.is_some_and(|id| self.shares.iter().any(|share| share.id == id && share.is_live(now_s)))
    }
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
    /// How each variant ended, in order; none in records from before this was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
}

/// How a variant ended and what it took, for lists and comparisons that read no variants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// Who answered, where it is not the model that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_used: Option<String>,
    /// From the claim to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Tokens of the prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
}

/// How a variant ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// With a page.
    Completed,
    /// With a reason.
    Failed,
    /// By request.
    Cancelled,
    /// Its record could not be read.
    #[default]
    Unreadable,
}

impl Outcome {
    /// The outcome of a variant that has ended.
    #[must_use]
    pub fn of(variant: &Variant) -> Self {
        let answer = variant.answer();
        let usage = answer.and_then(|answer| answer.usage);
        Self {
            end: match &variant.status {
                Status::Completed(_) => End::Completed,
                Status::Failed(_) => End::Failed,
                Status::Cancelled => End::Cancelled,
                Status::Queued | Status::Running => End::Unreadable,
            },
            model_used: variant.account.substitute.as_ref().map(|substitute| substitute.model.clone()),
            duration_ms: variant.duration_ms(),
            input_tokens: usage.map(|usage| usage.input_tokens),
            output_tokens: usage.map(|usage| usage.output_tokens),
            cost_usd: answer.and_then(|answer| answer.cost_usd),
        }
    }
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
