//! One variant's record and the rules by which it changes. The table applies the rules atomically; they are written
//! here so that the in-memory table, the conditions of the DynamoDB adapter and the tests share one meaning.

use crate::checks::Finding;
use crate::error::Failure;
use crate::ids::{AttemptKey, ConnectionId, Holder, VariantKey};
use crate::limits::CLAIMS_MAX;
use crate::quota::Reserved;
use crate::share::{Share, ShareId};
use crate::usage::Usage;
use serde::{Deserialize, Serialize};

mod account;

pub use account::{Account, FINISH_TOO_LONG, Gone, Substitute};

/// What is recorded of one variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Variant {
    /// Which variant.
    pub key: VariantKey,
    /// The model that was asked for.
    pub model: String,
    /// When it was accepted, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// Attempts so far; 0 when nobody has claimed it. The number of the current attempt fences its writes.
    pub attempt: u32,
    /// Claims that count against the limit: all but those whose process was stopped in good order.
    pub claims: u32,
    /// The claim that holds the current attempt.
    pub holder: Option<Holder>,
    /// When the sweep may look at it: the lease's end, or the end of the grace after its creation.
    pub lease_until_ms: u64,
    /// How many chunks the current attempt has recorded.
    pub next_seq: u32,
    /// Counts changes of `listeners` and `cancel_requested`: a worker whose number is out of date reads again
    /// before its next chunk is recorded, so that no listener misses one.
    pub signals: u32,
    /// Who follows live.
    pub listeners: Vec<ConnectionId>,
    /// Those among them who were let in by a link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<Guest>,
    /// Whether somebody has asked to stop it.
    pub cancel_requested: bool,
    /// Where it stands.
    pub status: Status,
    /// What is known of the work on it besides how it ended.
    #[serde(default, skip_serializing_if = "Account::is_empty")]
    pub account: Account,
    /// What is set aside for it of quotas; none once it is settled, and if nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<Reserved>,
    /// Whether everyone has been told of its end, as far as that can be known.
    pub told: bool,
}

/// Who follows a variant by a link, for as long as that is live.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Guest {
    /// Their connection.
    pub connection: ConnectionId,
    /// The link.
    pub link: ShareId,
}

/// Where a variant stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Status {
    /// Recorded, and not claimed, or handed over by a worker that had to stop.
    Queued,
    /// Claimed by a worker.
    Running,
    /// Its page is in S3 under the current attempt.
    Completed(Completion),
    /// It ended without a page.
    Failed(Failure),
    /// Somebody stopped it.
    Cancelled,
}

/// What is known of a page that is safe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// The page's length in S3, in bytes.
    pub page_bytes: u64,
    /// The page's SHA-256, in lower-case hex.
    pub page_sha256: String,
    /// From the claim to the end.
    pub duration_ms: u64,
    /// Whether the model never came to the page's end, however often it was asked to go on.
    #[serde(default)]
    pub cut_off: bool,
    /// What was found about the page.
    #[serde(default)]
    pub checks: Vec<Finding>,
    /// What the model said about the call.
    #[serde(flatten)]
    pub answer: Answer,
}

/// How a model's answer ended and what it took; kept beside the raw text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The model that answered, as it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_answered: Option<String>,
    /// Why the model stopped: `stop`, `length` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// Tokens, if the provider counted them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What the tokens cost in dollars, if both the count and the price are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// From the request to the first piece of text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_text_ms: Option<u64>,
}

/// How a variant ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// With a page.
    Completed(Completion),
    /// With a reason.
    Failed(Failure),
    /// By request.
    Cancelled,
}

impl From<Ending> for Status {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Completed(completion) => Self::Completed(completion),
            Ending::Failed(failure) => Self::Failed(failure),
            Ending::Cancelled => Self::Cancelled,
        }
    }
}

impl Status {
    /// Ended states are never left.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Completed(_) | Self::Failed(_) | Self::Cancelled => true,
        }
    }

    /// The state's name on the wire and in the table.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed(_) => "completed",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a claim finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimRule {
    /// It may be taken.
    Free,
    /// Another worker holds it and its lease has not run out.
    Held,
    /// It has ended.
    Ended,
    /// Every claim has been used and the last one's lease has run out.
    Exhausted,
}

impl Variant {
    /// A variant that nobody has claimed. The sweep first looks at it after `due_ms`.
    #[must_use]
    pub fn queued(key: VariantKey, model: impl Into<String>, created_at_ms: u64, due_ms: u64) -> Self {
        Self {
            key,
            model: model.into(),
            created_at_ms,
            attempt: 0,
            claims: 0,
            holder: None,
            lease_until_ms: due_ms,
            next_seq: 0,
            signals: 0,
            listeners: Vec::new(),
            guests: Vec::new(),
            cancel_requested: false,
            status: Status::Queued,
            account: Account::default(),
            reserved: None,
            told: false,
        }
    }

    /// The model that is asked: the one that was asked for, or the one that answers in its place.
    #[must_use]
    pub fn model_used(&self) -> &str {
        self.account.substitute.as_ref().map_or(&self.model, |substitute| &substitute.model)
    }

    /// What the model said about the call; nothing is known before the end.
    #[must_use]
    pub const fn answer(&self) -> Option<&Answer> {
        match &self.status {
            Status::Completed(completion) => Some(&completion.answer),
            Status::Failed(_) | Status::Cancelled => Some(&self.account.answer),
            Status::Queued | Status::Running => None,
        }
    }

    /// How long the attempt took that ended it, if that is known: a variant may end without a worker.
    #[must_use]
    pub const fn duration_ms(&self) -> Option<u64> {
        match &self.status {
            Status::Completed(completion) => Some(completion.duration_ms),
            Status::Failed(_) | Status::Cancelled => self.account.duration_ms,
            Status::Queued | Status::Running => None,
        }
    }

    /// The guests whose link is none of these that is live: it was revoked, or it has ended.
    pub fn shut_out<'a>(&'a self, links: &'a [Share], now_s: u64) -> impl Iterator<Item = &'a ConnectionId> {
        let is_live = move |guest: &Guest| links.iter().any(|link| link.id == guest.link && link.is_live(now_s));
        self.guests.iter().filter(move |guest| !is_live(guest)).map(|guest| &guest.connection)
    }

    /// The current attempt's key. Attempt 0 has no chunks and no objects.
    #[must_use]
    pub fn attempt_key(&self) -> AttemptKey {
        AttemptKey { variant: self.key.clone(), attempt: self.attempt }
    }

    /// Whether a worker may claim it at `now_ms`.
    #[must_use]
    pub const fn claim_rule(&self, now_ms: u64) -> ClaimRule {
        match self.status {
            Status::Completed(_) | Status::Failed(_) | Status::Cancelled => ClaimRule::Ended,
            Status::Running if self.lease_until_ms >= now_ms => ClaimRule::Held,
            Status::Queued | Status::Running if self.claims >= CLAIMS_MAX => ClaimRule::Exhausted,
            Status::Queued | Status::Running => ClaimRule::Free,
        }
    }

    /// Whether `holder` may write for `attempt`. Time plays no part: a lease that has run out and that nobody has
    /// taken still fences nobody out, and one that was taken has another attempt number.
    #[must_use]
    pub fn is_held_by(&self, attempt: u32, holder: &Holder) -> bool {
        self.status == Status::Running && self.attempt == attempt && self.holder.as_ref() == Some(holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::ids::GenerationId;

    fn queued() -> Variant {
        let generation_id = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
        Variant::queued(VariantKey { generation_id, variant_index: 0 }, "m", 0, 1_000)
    }

    #[test]
    fn an_ended_variant_cannot_be_claimed() {
        for status in [Status::Cancelled, Status::Failed(Failure::new(ErrorCode::NoPage, ""))] {
            let variant = Variant { status, ..queued() };
            assert_eq!(variant.claim_rule(u64::MAX), ClaimRule::Ended);
        }
    }

    #[test]
    fn a_running_variant_is_free_only_after_its_lease() {
        let variant = Variant { status: Status::Running, attempt: 1, ..queued() };
        assert_eq!(variant.claim_rule(1_000), ClaimRule::Held);
        assert_eq!(variant.claim_rule(1_001), ClaimRule::Free);
    }

    #[test]
    fn a_guest_is_shut_out_when_their_link_is_gone_or_over() {
        let link = |digit: &str| ShareId::parse(&digit.repeat(64)).unwrap();
        let share = |digit: &str, expires_at_s| Share {
            generation: queued().key.generation_id,
            id: link(digit),
            created_at_ms: 0,
            expires_at_s,
        };
        let guest = |name: &str, digit| Guest { connection: ConnectionId(name.to_owned()), link: link(digit) };
        let guests = vec![guest("live", "1"), guest("over", "2"), guest("revoked", "3")];
        let variant = Variant { guests, ..queued() };
        let links = [share("1", None), share("2", Some(100)), share("4", None)];
        let out = |now_s| variant.shut_out(&links, now_s).map(|one| one.0.as_str()).collect::<Vec<_>>();
        assert_eq!(out(99), ["revoked"]);
        assert_eq!(out(100), ["over", "revoked"]);
    }

    #[test]
    fn claims_are_bounded() {
        let variant = Variant { status: Status::Running, claims: CLAIMS_MAX, ..queued() };
        assert_eq!(variant.claim_rule(1_001), ClaimRule::Exhausted);
    }

    #[test]
    fn only_the_claim_that_took_the_current_attempt_may_write() {
        let mine = Holder("mine".to_owned());
        let variant = Variant { status: Status::Running, attempt: 2, holder: Some(mine.clone()), ..queued() };
        assert!(variant.is_held_by(2, &mine));
        assert!(!variant.is_held_by(1, &mine));
        assert!(!variant.is_held_by(2, &Holder("other".to_owned())));
    }
}
