//! Tokens and dollars. What the provider did not say stays unknown; it is never invented.

use serde::{Deserialize, Serialize};

/// Tokens of one model call, as the provider counted them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens of the prompt, cached ones included.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
    /// Tokens of the prompt that the provider had cached, if it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u64>,
}

impl Usage {
    /// The tokens of two calls together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens + other.input_tokens,
            output_tokens: self.output_tokens + other.output_tokens,
            cached_tokens: self.cached_tokens.zip(other.cached_tokens).map(|(mine, others)| mine + others),
        }
    }
}

/// A model's list price in dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// Dollars per million tokens of prompt.
    pub input_usd: f64,
    /// Dollars per million tokens of answer.
    pub output_usd: f64,
}

impl Price {
    /// The cost of `usage` in dollars. Cached tokens are counted at the full price: the discount differs by model,
    /// and a cost must not be shown lower than it is.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
    pub fn cost_usd(self, usage: Usage) -> f64 {
        (usage.input_tokens as f64 * self.input_usd + usage.output_tokens as f64 * self.output_usd) / 1e6
    }
}
