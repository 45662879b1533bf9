//! What may be spent: by one user and by the whole stack, in generations a minute, variants at once, tokens and dollars a day.
//!
//! A request is counted when it is accepted, in the same step, with what its answers may take; when a variant has ended, what it
//! took instead. Decisions are made here, on counters as they were read; the table writes the outcome only if they still are
//! so. Hence of any number of requests at once none is accepted beyond a limit.

use crate::ids::UserId;
use crate::limits::{IMAGE_TOKENS, OPTIONS_SHOWN_BYTES_MAX, RULES_TOKENS};
use crate::models::Catalogue;
use crate::request::GenerationRequest;
use crate::usage::Usage;
use crate::variant::{Status, Variant};
use serde::{Deserialize, Serialize};

mod exceeded;
mod setting;

pub use exceeded::{Exceeded, Limit};
pub use setting::NotAQuota;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 3_600_000;
/// When to ask again whether a variant has ended.
const RUNNING_RETRY_MS: u64 = 10_000;

/// What may be spent. The largest number is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Generations accepted within a minute of the clock.
    pub generations_per_minute: u64,
    /// Variants that have been accepted and have not ended.
    pub running: u64,
    /// Tokens of prompts and answers within a day, UTC.
    pub tokens_per_day: u64,
    /// Millionths of a dollar within a day, UTC, as far as prices are known.
    pub micro_usd_per_day: u64,
}

/// Whose quota.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One user's.
    User(UserId),
    /// Everybody's together.
    Stack,
}

/// What has been counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counters {
    /// Goes up by one with each change; 0 of counters that were never written.
    #[serde(skip)]
    pub version: u64,
    /// The minute that `generations` is of, since 1970.
    pub minute: u64,
    /// Generations accepted in it.
    pub generations: u64,
    /// Variants that have not ended.
    pub running: u64,
    /// The day that the sums below are of, since 1970.
    pub day: u64,
    /// Tokens taken, or set aside for what runs.
    pub tokens: u64,
    /// Millionths of a dollar, alike.
    pub micro_usd: u64,
}

/// The counters that a user's request changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The user's.
    pub user: Counters,
    /// The stack's.
    pub stack: Counters,
}

/// What may be spent by each user, and by all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// By each user.
    pub user: Quota,
    /// By the whole stack.
    pub stack: Quota,
}

impl Allowance {
    /// Nothing is limited, so nothing has to be counted.
    pub const NONE: Self = Self { user: Quota::NONE, stack: Quota::NONE };
}

impl Counted {
    /// The counters after a user's generation with these variants was accepted.
    ///
    /// # Errors
    /// The first limit that it would pass.
    pub fn accept(
        self,
        user: &UserId,
        variants: &[Reserved],
        allowance: &Allowance,
        now_ms: u64,
    ) -> Result<Self, Exceeded> {
        Ok(Self {
            user: self.user.accept(&Scope::User(user.clone()), variants, &allowance.user, now_ms)?,
            stack: self.stack.accept(&Scope::Stack, variants, &allowance.stack, now_ms)?,
        })
    }

    /// The counters after variants have ended that had this set aside and took that.
    #[must_use]
    pub fn settle(self, variants: &[(Reserved, Reserved)], now_ms: u64) -> Self {
        Self { user: self.user.settle(variants, now_ms), stack: self.stack.settle(variants, now_ms) }
    }
}

/// What is set aside for one variant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reserved {
    /// The day on which it was.
    pub day: u64,
    /// Tokens.
    pub tokens: u64,
    /// Millionths of a dollar; none if the model's price is not known.
    pub micro_usd: u64,
}

/// The day of a moment, since 1970.
#[must_use]
pub const fn day_of(now_ms: u64) -> u64 {
    now_ms / DAY_MS
}

impl Counters {
    /// The counters as they stand at a moment: a minute and a day that are over count nothing.
    const fn at(self, now_ms: u64) -> Self {
        let (minute, day) = (now_ms / MINUTE_MS, day_of(now_ms));
        let mut now = self;
        // A clock that is behind another function's must not open a window twice.
        if minute > self.minute {
            (now.minute, now.generations) = (minute, 0);
        }
        if day > self.day {
            (now.day, now.tokens, now.micro_usd) = (day, 0, 0);
        }
        now
    }

    /// The counters after a generation with these variants was accepted.
    ///
    /// # Errors
    /// The first limit that it would pass.
    pub fn accept(self, scope: &Scope, variants: &[Reserved], quota: &Quota, now_ms: u64) -> Result<Self, Exceeded> {
        let mut after = self.at(now_ms);
        after.version += 1;
        after.generations = after.generations.saturating_add(1);
        after.running = after.running.saturating_add(variants.len() as u64);
        for reserved in variants {
            after.tokens = after.tokens.saturating_add(reserved.tokens);
            after.micro_usd = after.micro_usd.saturating_add(reserved.micro_usd);
        }
        let limits = [
            (after.generations, quota.generations_per_minute, Limit::GenerationsPerMinute),
            (after.running, quota.running, Limit::Running),
            (after.tokens, quota.tokens_per_day, Limit::TokensPerDay),
            (after.micro_usd, quota.micro_usd_per_day, Limit::UsdPerDay),
        ];
        match limits.into_iter().find(|(would_be, max, _)| would_be > max) {
            Some((_, max, limit)) => {
                let resets_at_ms = match limit {
                    Limit::GenerationsPerMinute => (after.minute + 1) * MINUTE_MS,
                    Limit::Running => now_ms + RUNNING_RETRY_MS,
                    Limit::TokensPerDay | Limit::UsdPerDay => (after.day + 1) * DAY_MS,
                };
                Err(Exceeded { scope: scope.clone(), limit, max, resets_at_ms })
            }
            None => Ok(after),
        }
    }

    /// The counters after variants have ended that had this set aside and took that. What was set aside on a day that is over was
    /// counted on that day.
    #[must_use]
    pub fn settle(self, variants: &[(Reserved, Reserved)], now_ms: u64) -> Self {
        let mut after = self.at(now_ms);
        after.version += 1;
        after.running = after.running.saturating_sub(variants.len() as u64);
        for (reserved, took) in variants.iter().filter(|(reserved, _)| reserved.day == after.day) {
            after.tokens = after.tokens.saturating_sub(reserved.tokens).saturating_add(took.tokens);
            after.micro_usd = after.micro_usd.saturating_sub(reserved.micro_usd).saturating_add(took.micro_usd);
        }
        after
    }
}

impl Reserved {
    /// What a variant took, as far as it is known: what the provider counted, what was set aside where nobody counted, nothing where
    /// no model can have answered.
    #[must_use]
    pub fn taken_by(self, variant: &Variant) -> Self {
        let answer = variant.answer();
        let usage = answer.and_then(|answer| answer.usage);
        let silent = match &variant.status {
            Status::Failed(failure) => failure.code.is_before_any_answer(),
            Status::Queued | Status::Running | Status::Completed(_) | Status::Cancelled => false,
        };
        // An attempt that broke off before its count came has taken something, too: at least what was set aside stays counted.
        let least = if variant.attempt > 1 && !silent { self } else { Self::default() };
        match (usage, variant.attempt) {
            (_, 0) => Self { day: self.day, ..Self::default() },
            (None, _) if silent => Self { day: self.day, ..Self::default() },
            (None, _) => self,
            (Some(usage), _) => Self {
                day: self.day,
                tokens: usage.input_tokens.saturating_add(usage.output_tokens).max(least.tokens),
                micro_usd: answer
                    .and_then(|answer| answer.cost_usd)
                    .map_or(self.micro_usd, micro_usd)
                    .max(least.micro_usd),
            },
        }
    }
}

/// What one variant is expected to take: its prompt, at a token for every three bytes, and the longest answer that is asked for in
/// one call. Attempts and parts that follow are not foreseen; what they took is counted at the end.
#[must_use]
pub fn expected(request: &GenerationRequest, model: &str, catalogue: &Catalogue, now_ms: u64) -> Reserved {
    let texts = [
        Some(&request.prompt.text),
        request.full_text.as_ref(),
        request.current_page.as_ref(),
        request.design_system.as_ref(),
        request.selected_element_html.as_ref(),
    ];
    let text: usize = texts.into_iter().flatten().map(String::len).sum::<usize>()
        + request.history.iter().map(|past| past.turn.text.len()).sum::<usize>()
        + request.option_codes.iter().map(String::len).sum::<usize>().min(OPTIONS_SHOWN_BYTES_MAX);
    let images = request.images().count() as u64 * IMAGE_TOKENS;
    let input_tokens = RULES_TOKENS + (text as u64).div_ceil(3) + images;
    let model = catalogue.present(model, now_ms);
    let output_tokens = u64::from(catalogue.shape(model).output_tokens);
    let usage = Usage { input_tokens, output_tokens, cached_tokens: None };
    Reserved {
        day: day_of(now_ms),
        tokens: input_tokens + output_tokens,
        micro_usd: catalogue.cost_usd(model, usage).map_or(0, micro_usd),
    }
}

/// Dollars as millionths, rounded up: a cost must not be counted lower than it is.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
pub fn micro_usd(usd: f64) -> u64 {
    (usd * 1e6).ceil().clamp(0.0, 1e15) as u64
}

impl Scope {
    /// The name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Stack => "stack",
        }
    }
}

#[cfg(test)]
mod tests;
