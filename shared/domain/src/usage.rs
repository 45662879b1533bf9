//! Tokens and dollars. What the provider did not say stays unknown; it is never invented.

use crate::variant::Variant;
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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Price {
    /// Dollars per million tokens of prompt.
    pub input_usd: f64,
    /// Dollars per million tokens of answer.
    pub output_usd: f64,
    /// Dollars per million tokens of prompt that the provider had cached, if known.
    #[serde(default)]
    pub cached_input_usd: Option<f64>,
}

impl Price {
    /// The cost of `usage` in dollars. Without a price of their own, cached tokens are counted at the full price: a cost
    /// must not be shown lower than it is.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
    pub fn cost_usd(self, usage: Usage) -> f64 {
        let cached = usage.cached_tokens.unwrap_or(0).min(usage.input_tokens);
        let fresh = usage.input_tokens - cached;
        let dollars = fresh as f64 * self.input_usd
            + cached as f64 * self.cached_input_usd.unwrap_or(self.input_usd)
            + usage.output_tokens as f64 * self.output_usd;
        dollars / 1e6
    }

    /// Whether every part is a number from 0.
    #[must_use]
    pub fn is_sound(self) -> bool {
        [Some(self.input_usd), Some(self.output_usd), self.cached_input_usd]
            .into_iter()
            .flatten()
            .all(|dollars| dollars.is_finite() && dollars >= 0.0)
    }
}

/// What a generation has taken, as far as it is known: sums over its variants, and which of them are not whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Tokens of prompts; `None` if no variant's are known.
    pub input_tokens: Option<u64>,
    /// Tokens of answers.
    pub output_tokens: Option<u64>,
    /// Tokens of prompts that were cached.
    pub cached_tokens: Option<u64>,
    /// Dollars.
    pub cost_usd: Option<f64>,
    /// Variants whose tokens are not in the sums, or not all of them: nobody counted them, or an earlier attempt broke off
    /// before its count came.
    pub usage_unknown: Vec<u8>,
    /// Variants whose cost is not in the sum, or not all of it.
    pub cost_unknown: Vec<u8>,
}

impl Totals {
    /// The sums over `variants`.
    #[must_use]
    pub fn of(variants: &[Variant]) -> Self {
        let mut totals = Self::default();
        for variant in variants.iter().filter(|variant| variant.attempt > 0) {
            let answer = variant.answer();
            let index = variant.key.variant_index;
            if let Some(usage) = answer.and_then(|answer| answer.usage) {
                add(&mut totals.input_tokens, Some(usage.input_tokens));
                add(&mut totals.output_tokens, Some(usage.output_tokens));
                add(&mut totals.cached_tokens, usage.cached_tokens);
            }
            let cost_usd = answer.and_then(|answer| answer.cost_usd);
            if let Some(cost_usd) = cost_usd {
                totals.cost_usd = Some(totals.cost_usd.unwrap_or(0.0) + cost_usd);
            }
            let earlier = variant.attempt > 1;
            if earlier || answer.is_none_or(|answer| answer.usage.is_none()) {
                totals.usage_unknown.push(index);
            }
            if earlier || cost_usd.is_none() {
                totals.cost_unknown.push(index);
            }
        }
        totals
    }
}

fn add(sum: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0).saturating_add(more));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{GenerationId, VariantKey};
    use crate::variant::{Account, Answer, Status};

    fn variant(variant_index: u8, attempt: u32, usage: Option<Usage>, cost_usd: Option<f64>) -> Variant {
        let generation_id = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
        let mut variant = Variant::queued(VariantKey { generation_id, variant_index }, "m", 0, 0);
        variant.attempt = attempt;
        variant.status = Status::Cancelled;
        variant.account = Account { answer: Answer { usage, cost_usd, ..Answer::default() }, ..Account::default() };
        variant
    }

    const USAGE: Usage = Usage { input_tokens: 100, output_tokens: 10, cached_tokens: None };

    #[test]
    fn cached_tokens_cost_what_they_cost_and_the_full_price_when_that_is_not_known() {
        let usage = Usage { input_tokens: 1_000_000, output_tokens: 0, cached_tokens: Some(400_000) };
        let price = Price { input_usd: 1.0, output_usd: 2.0, cached_input_usd: Some(0.25) };
        assert!((price.cost_usd(usage) - 0.7).abs() < 1e-9);
        assert!((Price { cached_input_usd: None, ..price }.cost_usd(usage) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_sum_says_which_of_its_parts_are_unknown() {
        let totals = Totals::of(&[
            variant(0, 1, Some(USAGE), Some(0.5)),
            variant(1, 1, Some(USAGE), None),
            variant(2, 2, Some(USAGE), Some(0.25)),
            variant(3, 1, None, None),
        ]);
        assert_eq!((totals.input_tokens, totals.output_tokens, totals.cached_tokens), (Some(300), Some(30), None));
        assert_eq!(totals.cost_usd, Some(0.75));
        assert_eq!(totals.usage_unknown, [2, 3], "an earlier attempt's tokens were never counted");
        assert_eq!(totals.cost_unknown, [1, 2, 3]);
    }

    #[test]
    fn nothing_known_is_not_zero_and_what_nobody_took_cost_nothing() {
        assert_eq!(Totals::of(&[variant(0, 1, None, None)]).cost_usd, None);
        assert_eq!(Totals::of(&[variant(0, 0, None, None)]), Totals::default());
    }
}
