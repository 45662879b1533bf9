//! Why something was refused or failed, in codes that clients may rely on and words that people can act on.

use serde::{Deserialize, Serialize};

/// A stable code of a refusal or a failure. New ones may be added; none changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The text is not JSON.
    NotJson,
    /// A field is missing or has the wrong shape.
    InvalidField,
    /// The `action` is not one of ours.
    UnknownAction,
    /// A count, size or depth is over its limit.
    TooLarge,
    /// The request came without a token that says who sends it, or with one that is not good (any more).
    Unauthorized,
    /// There is no such thing, or it is not yours.
    NotFound,
    /// A limit on what may be spent is reached; the answer says which, and when to ask again.
    QuotaExceeded,
    /// The same idempotency key came with another request.
    Conflict,
    /// The HTTP method does not fit the path.
    MethodNotAllowed,
    /// The server lacks a setting; the log names it.
    Misconfigured,
    /// The server has not been set up for this; nothing is wrong with the request.
    NotConfigured,
    /// A store or AWS service did not answer as it should; trying again may help.
    Unavailable,
    /// The provider refused the key (401, 403).
    ProviderAuthentication,
    /// The provider's account has no credit left.
    ProviderQuota,
    /// The provider limits the rate (429).
    ProviderRateLimit,
    /// The provider refused the request itself.
    ProviderRejected,
    /// The model does not exist at the provider.
    ModelNotFound,
    /// The provider answered with a server error.
    ProviderFailed,
    /// The provider's stream broke off before its end.
    StreamInterrupted,
    /// The provider sent nothing for too long.
    StreamStalled,
    /// The provider's filter stopped the answer.
    ContentFilter,
    /// The model refused to make the page.
    Refused,
    /// The model answered nothing that is a page.
    NoPage,
    /// The model's answer is longer than any page.
    AnswerTooLong,
    /// Every worker that took the variant died.
    AttemptsExhausted,
    /// No worker ever took the variant.
    NeverStarted,
    /// A record or object in the store cannot be read.
    CorruptRecord,
}

impl ErrorCode {
    /// Whether asking again, unchanged, may succeed.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Unavailable
            | Self::QuotaExceeded
            | Self::ProviderRateLimit
            | Self::ProviderFailed
            | Self::StreamInterrupted
            | Self::StreamStalled
            | Self::NoPage
            | Self::AttemptsExhausted
            | Self::NeverStarted => true,
            Self::NotJson
            | Self::InvalidField
            | Self::UnknownAction
            | Self::TooLarge
            | Self::Unauthorized
            | Self::NotFound
            | Self::Conflict
            | Self::MethodNotAllowed
            | Self::Misconfigured
            | Self::NotConfigured
            | Self::ProviderAuthentication
            | Self::ProviderQuota
            | Self::ProviderRejected
            | Self::ModelNotFound
            | Self::ContentFilter
            | Self::Refused
            | Self::AnswerTooLong
            | Self::CorruptRecord => false,
        }
    }

    /// Whether a variant that failed with this code had no answer of any model: nothing was paid for.
    #[must_use]
    pub const fn is_before_any_answer(self) -> bool {
        matches!(
            self,
            Self::ProviderAuthentication
                | Self::ProviderQuota
                | Self::ProviderRateLimit
                | Self::ProviderRejected
                | Self::ModelNotFound
                | Self::Misconfigured
                | Self::NeverStarted
        )
    }

    /// The HTTP status under which a refusal with this code is answered.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::NotJson | Self::InvalidField | Self::UnknownAction => 400,
            Self::Unauthorized => 401,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::QuotaExceeded => 429,
            Self::Misconfigured | Self::CorruptRecord | Self::NoPage => 500,
            Self::NotConfigured => 501,
            Self::ProviderAuthentication
            | Self::ProviderQuota
            | Self::ProviderRateLimit
            | Self::ProviderRejected
            | Self::ModelNotFound
            | Self::ProviderFailed
            | Self::StreamInterrupted
            | Self::StreamStalled
            | Self::ContentFilter
            | Self::Refused
            | Self::AnswerTooLong => 502,
            Self::Unavailable | Self::AttemptsExhausted | Self::NeverStarted => 503,
        }
    }
}

/// A request that was refused: nothing was recorded and nothing was paid for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What kind of refusal.
    pub code: ErrorCode,
    /// The field that is wrong, as a path (`prompt.text`, `cursors[2].seq`), if it is one field.
    pub field: Option<String>,
    /// What to do about it, for people.
    pub message: String,
}

impl Refusal {
    /// A field with the wrong value.
    #[must_use]
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidField, field: Some(field.into()), message: message.into() }
    }

    /// A field over its limit.
    #[must_use]
    pub fn too_large(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: ErrorCode::TooLarge, field: Some(field.into()), message: message.into() }
    }

    /// A generation that does not exist, or is somebody else's: the same answer for both.
    #[must_use]
    pub fn not_found() -> Self {
        Self {
            code: ErrorCode::NotFound,
            field: Some("generationId".to_owned()),
            message: "There is no generation with this id.".to_owned(),
        }
    }

    /// Somebody who has not said who they are, in a way that is believed. The same words whatever was wrong with the token.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::general(ErrorCode::Unauthorized, "Say who you are: this needs a token that is valid now.")
    }

    /// A refusal that concerns no single field.
    #[must_use]
    pub fn general(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into() }
    }
}

/// Why a variant has failed; recorded and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What kind of failure.
    pub code: ErrorCode,
    /// What happened and what to do about it, for people, without secrets.
    pub message: String,
}

impl Failure {
    /// A failure with its message.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
