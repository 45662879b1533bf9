//! What is said to somebody who may spend no more for now.

use super::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A limit that a request would pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct Exceeded {
    /// Whose.
    pub scope: Scope,
    /// Which.
    pub limit: Limit,
    /// How much it is, in the limit's unit.
    pub max: u64,
    /// When it is worth asking again, in milliseconds since 1970: when the minute or the day is over; soon, where it depends on
    /// what runs.
    pub resets_at_ms: u64,
}

/// The kinds of limits, under the names that clients read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Generations a minute.
    GenerationsPerMinute,
    /// Variants at once.
    Running,
    /// Tokens a day.
    TokensPerDay,
    /// Dollars a day.
    UsdPerDay,
}

impl Exceeded {
    /// Seconds until it is worth asking again, at least one.
    #[must_use]
    pub fn retry_after_s(&self, now_ms: u64) -> u64 {
        self.resets_at_ms.saturating_sub(now_ms).div_ceil(1_000).max(1)
    }

    /// As clients read it: `{"scope", "limit", "max", "resetsAtMs", "retryAfterS"}`.
    #[must_use]
    pub fn describe(&self, now_ms: u64) -> Value {
        json!({
            "scope": self.scope.name(),
            "limit": self.limit,
            "max": self.max,
            "resetsAtMs": self.resets_at_ms,
            "retryAfterS": self.retry_after_s(now_ms),
        })
    }

    fn message(&self) -> String {
        let mut text = match self.scope {
            Scope::User(_) => "Your limit of ".to_owned(),
            Scope::Stack => "This server's limit of ".to_owned(),
        };
        let max = self.max;
        // Writing to a String cannot fail.
        let _ = match self.limit {
            Limit::GenerationsPerMinute => {
                write!(text, "{max} generations a minute is reached; ask again in a minute.")
            }
            Limit::Running => write!(text, "{max} variants at once is reached; ask again when one has ended."),
            Limit::TokensPerDay => write!(text, "{max} tokens a day is reached; ask again tomorrow (UTC)."),
            Limit::UsdPerDay => {
                write!(
                    text,
                    "${}.{:02} a day is reached; ask again tomorrow (UTC).",
                    max / 1_000_000,
                    max / 10_000 % 100
                )
            }
        };
        text
    }
}
