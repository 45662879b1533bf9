//! Messages to a client. The names are those of the screenshot-to-code protocol, with ids and numbers added.

use crate::chunk::{Change, Chunk};
use crate::error::{ErrorCode, Failure, Refusal};
use crate::generation::{Generation, Overall};
use crate::ids::{GenerationId, VariantKey};
use crate::progress::Agent;
use crate::quota::Exceeded;
use crate::request::notice::{Notice, add_notices};
use crate::variant::{Completion, Status, Variant};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

mod status;

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The first answer on a socket.
    Connection,
    /// A generation was accepted, or found again.
    Generation,
    /// How many variants there are, as a text (the peer's frontend expects a text).
    VariantCount,
    /// The models, one a variant.
    VariantModels,
    /// A word about a variant.
    Status,
    /// Text to append.
    Chunk,
    /// Text that replaces what was there.
    SetCode,
    /// How far a variant is.
    Progress,
    /// A variant has its page.
    VariantComplete,
    /// A variant has ended without one.
    VariantError,
    /// A request was refused.
    Error,
    /// Every variant has ended.
    Done,
    /// The answer to a ping.
    Pong,
}

/// One message. Absent fields are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerMessage {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The variant it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_index: Option<u8>,
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Its data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// The generation it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation_id: Option<GenerationId>,
    /// The attempt it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// The number of a chunk within its attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
}

/// Where HTTP serves a generation.
#[must_use]
pub fn generation_url(id: &GenerationId) -> String {
    format!("/api/generations/{id}")
}

/// Where HTTP serves a variant's page.
#[must_use]
pub fn page_url(key: &VariantKey) -> String {
    format!("/api/generations/{}/variants/{}", key.generation_id, key.variant_index)
}

impl ServerMessage {
    const fn bare(kind: Kind) -> Self {
        Self { kind, variant_index: None, value: None, data: None, generation_id: None, attempt: None, seq: None }
    }

    fn of_variant(kind: Kind, key: &VariantKey) -> Self {
        Self {
            variant_index: Some(key.variant_index),
            generation_id: Some(key.generation_id.clone()),
            ..Self::bare(kind)
        }
    }

    /// `connection`: the first answer on a socket.
    #[must_use]
    pub fn connected() -> Self {
        Self { data: Some(json!({"status": "connected"})), ..Self::bare(Kind::Connection) }
    }

    /// `pong`.
    #[must_use]
    pub const fn pong() -> Self {
        Self::bare(Kind::Pong)
    }

    /// `error`: a request was refused.
    #[must_use]
    pub fn refused(refusal: &Refusal) -> Self {
        let mut data = json!({"code": refusal.code, "retryable": refusal.code.is_retryable()});
        if let Some(field) = &refusal.field {
            data["field"] = json!(field);
        }
        Self { value: Some(refusal.message.clone()), data: Some(data), ..Self::bare(Kind::Error) }
    }

    /// `error`: a limit on what may be spent is reached. `data.quota` says which, and when to ask again.
    #[must_use]
    pub fn exceeded(refusal: &Refusal, exceeded: &Exceeded, now_ms: u64) -> Self {
        let mut message = Self::refused(refusal);
        if let Some(data) = &mut message.data {
            data["quota"] = exceeded.describe(now_ms);
        }
        message
    }

    /// A refusal as the screenshot-to-code frontend shows it: as a notice, and as the end of the one variant that it then
    /// has. Without an end it would wait for ever.
    #[must_use]
    pub fn refused_to_peer(refusal: &Refusal) -> [Self; 3] {
        let refused = Self::refused(refusal);
        let first = |kind, value| Self { variant_index: Some(0), value, ..Self::bare(kind) };
        let count = first(Kind::VariantCount, Some("1".to_owned()));
        let end = first(Kind::VariantError, refused.value.clone());
        [refused, count, end]
    }

    /// The messages that say that a generation was accepted or found, and what its client has to know about that.
    /// `variantCount` comes before anything that names a variant: the peer's frontend drops messages for variants that it
    /// has not counted.
    #[must_use]
    pub fn accepted(generation: &Generation, request_id: Option<&str>, notices: &[Notice]) -> Vec<Self> {
        let of_all = |kind| Self { generation_id: Some(generation.id.clone()), ..Self::bare(kind) };
        let first = |kind| Self { variant_index: Some(0), ..of_all(kind) };
        let count = generation.models.len();
        let url = generation_url(&generation.id);
        let mut accepted = json!({"id": generation.id, "variants": count, "models": generation.models, "url": url});
        if let Some(request_id) = request_id {
            accepted["requestId"] = json!(request_id);
        }
        add_notices(&mut accepted, notices);
        let mut messages = vec![
            Self { value: Some(count.to_string()), ..first(Kind::VariantCount) },
            Self { data: Some(json!({"models": generation.models})), ..first(Kind::VariantModels) },
            Self { data: Some(accepted), ..of_all(Kind::Generation) },
        ];
        // By the first variant: the peer's frontend takes a word only about a variant.
        messages.extend(notices.iter().map(|notice| Self {
            value: Some(notice.text()),
            data: Some(notice.data()),
            ..first(Kind::Status)
        }));
        messages
    }

    /// `chunk` or `setCode`: a numbered piece of text.
    #[must_use]
    pub fn chunk(key: &VariantKey, attempt: u32, chunk: &Chunk) -> Self {
        let kind = match chunk.change {
            Change::Append => Kind::Chunk,
            Change::Replace => Kind::SetCode,
        };
        Self {
            value: Some(chunk.text.clone()),
            attempt: Some(attempt),
            seq: Some(chunk.seq),
            ..Self::of_variant(kind, key)
        }
    }

    /// `progress`: who is at work, and how far the variant is, from 0 to 100.
    #[must_use]
    pub fn progress(key: &VariantKey, attempt: u32, agent: Agent, percent: u8) -> Self {
        Self {
            data: Some(json!({"agent": agent, "percent": percent})),
            attempt: Some(attempt),
            ..Self::of_variant(Kind::Progress, key)
        }
    }

    /// What is to be said about a variant that has ended; nothing while it has not.
    #[must_use]
    pub fn ended(variant: &Variant) -> Option<Self> {
        match &variant.status {
            Status::Queued | Status::Running => None,
            Status::Completed(completion) => Some(Self::complete(variant, completion)),
            Status::Failed(failure) => Some(Self::failed(variant, failure)),
            Status::Cancelled => Some(Self {
                value: Some("Stopped.".to_owned()),
                attempt: Some(variant.attempt),
                data: Some(with_account(
                    variant,
                    json!({
                        "code": "cancelled",
                        "retryable": true,
                        "partial": has_text(variant),
                        "nextSeq": variant.next_seq,
                    }),
                )),
                ..Self::of_variant(Kind::VariantError, &variant.key)
            }),
        }
    }

    fn complete(variant: &Variant, completion: &Completion) -> Self {
        Self {
            value: Some("Variant generation complete".to_owned()),
            attempt: Some(variant.attempt),
            data: Some(with_account(
                variant,
                json!({
                    "finishReason": completion.answer.finish_reason,
                    "cutOff": completion.cut_off,
                    "checks": completion.checks,
                    "url": page_url(&variant.key),
                    "nextSeq": variant.next_seq,
                    "htmlBytes": completion.page_bytes,
                    "htmlSha256": completion.page_sha256,
                }),
            )),
            ..Self::of_variant(Kind::VariantComplete, &variant.key)
        }
    }

    fn failed(variant: &Variant, failure: &Failure) -> Self {
        Self {
            value: Some(failure.message.clone()),
            attempt: Some(variant.attempt),
            data: Some(with_account(
                variant,
                json!({
                    "code": failure.code,
                    "retryable": failure.code.is_retryable(),
                    "partial": has_text(variant),
                    "nextSeq": variant.next_seq,
                }),
            )),
            ..Self::of_variant(Kind::VariantError, &variant.key)
        }
    }

    /// `error`: the generation that the client follows is gone, by its owner's act or with its time.
    #[must_use]
    pub fn deleted(id: &GenerationId) -> Self {
        let data = json!({"code": ErrorCode::NotFound, "field": "generationId", "retryable": false});
        let value = Some("This generation was deleted.".to_owned());
        Self { value, data: Some(data), generation_id: Some(id.clone()), ..Self::bare(Kind::Error) }
    }

    /// `error`: the link that a generation was followed by shows it no longer.
    #[must_use]
    pub fn no_longer_shared(id: &GenerationId) -> Self {
        let value = Some("This generation is no longer shared with you.".to_owned());
        Self { value, ..Self::deleted(id) }
    }

    /// `done`: every variant has ended.
    #[must_use]
    pub fn done(id: &GenerationId, overall: Overall) -> Self {
        Self { data: Some(json!({"status": overall})), generation_id: Some(id.clone()), ..Self::bare(Kind::Done) }
    }

    /// The message as JSON text.
    ///
    /// # Errors
    /// Never for messages made here; the type allows it, so the caller is asked.
    pub fn encode(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// Adds what is known of the work on a variant: which model was asked for, which was asked, as what it answered, how long
/// it took, and what for. What is not known is null.
#[must_use]
pub fn with_account(variant: &Variant, mut data: Value) -> Value {
    let answer = variant.answer();
    data["model"] = json!(variant.model);
    data["modelUsed"] = json!(variant.model_used());
    data["modelAnswered"] = json!(answer.and_then(|answer| answer.model_answered.as_ref()));
    data["durationMs"] = json!(variant.duration_ms());
    data["firstTextMs"] = json!(answer.and_then(|answer| answer.first_text_ms));
    data["usage"] = json!(answer.and_then(|answer| answer.usage));
    data["costUsd"] = json!(answer.and_then(|answer| answer.cost_usd));
    data
}

/// Whether there may be text of it: of this attempt, or of an earlier one that broke off.
const fn has_text(variant: &Variant) -> bool {
    variant.next_seq > 0 || variant.attempt > 1
}

#[cfg(test)]
mod tests;
