//! What an answer that is not a page's text means for another attempt, whichever server gave it.

use crate::redact::without_secrets;
use domain::error::{ErrorCode, Failure};
use ports::ModelError;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

/// What a provider says about an error. Every server has its own body for it:
///
/// - OpenAI, Azure, LiteLLM, OpenRouter, Ollama: `{"error": {"message", "type", "code"}}`, `code` a text, a number or the
///   status as a text, and with LiteLLM `message` sometimes an object that holds the error once more;
/// - vLLM: the same, or the inner object alone, with `"object": "error"`;
/// - FastAPI, below vLLM and LiteLLM: `{"detail": "…"}` or `{"detail": [{"msg": "…"}]}`;
/// - Ollama's own API and simple proxies: `{"error": "…"}`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ProviderError {
    message: Option<String>,
    /// The code, or in its place the type: what the provider calls the error.
    name: Option<String>,
    /// A status in place of a code.
    status: Option<u16>,
}

impl ProviderError {
    /// The error in a body or an event, if it is one.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value.get("error") {
            Some(error @ Value::Object(_)) => Some(Self::of_object(error)),
            Some(Value::String(text)) => Some(Self { message: Some(text.clone()), ..Self::default() }),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) | None => {
                if value["object"] == "error" {
                    return Some(Self::of_object(value));
                }
                words(value.get("detail")?).map(|text| Self { message: Some(text), ..Self::default() })
            }
        }
    }

    fn of_object(error: &Value) -> Self {
        let code = &error["code"];
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty() && *text != "None").map(str::to_owned);
        let status = code.as_u64().or_else(|| code.as_str()?.parse().ok());
        Self {
            message: words(&error["message"]),
            name: if status.is_some() { text(&error["type"]) } else { text(code).or_else(|| text(&error["type"])) },
            status: status.and_then(|status| u16::try_from(status).ok()),
        }
    }

    fn says(&self, words: &[&str]) -> bool {
        let message = self.message.as_deref().unwrap_or_default().to_ascii_lowercase();
        words.iter().any(|words| message.contains(words))
    }

    fn code(&self, status: u16) -> ErrorCode {
        // Words are looked at only where a server has no name for it: vLLM, Ollama, OpenRouter; then LiteLLM.
        let unknown_model = (status == 404 && self.says(&["model", "no endpoints found"]))
            || (status == 400 && self.says(&["invalid model name", "not a valid model id"]));
        match (self.name.as_deref().unwrap_or_default(), status) {
            ("insufficient_quota", _) | (_, 402) => ErrorCode::ProviderQuota,
            ("model_not_found" | "DeploymentNotFound", _) => ErrorCode::ModelNotFound,
            ("content_filter", _) => ErrorCode::ContentFilter,
            ("rate_limit_exceeded", _) | (_, 429) => ErrorCode::ProviderRateLimit,
            ("invalid_api_key", _) | (_, 401) => ErrorCode::ProviderAuthentication,
            (_, 403) if self.says(&["moderation", "flagged"]) => ErrorCode::ContentFilter,
            (_, 403) => ErrorCode::ProviderAuthentication,
            (_, 408 | 409 | 500..) => ErrorCode::ProviderFailed,
            (_, _) if unknown_model => ErrorCode::ModelNotFound,
            (_, _) => ErrorCode::ProviderRejected,
        }
    }
}

/// The first words in a value, however deep they lie.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Array(parts) => parts.iter().find_map(words),
        Value::Object(_) => ["message", "error", "msg", "detail"].iter().find_map(|name| words(&value[*name])),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// What an answer that is not 200 means.
pub(crate) fn model_error(status: u16, body: &[u8], retry_after_ms: Option<u64>) -> ModelError {
    let error = match serde_json::from_slice::<Value>(body) {
        Ok(value) => ProviderError::of(&value),
        // A path that no server knows is often answered in plain text; a proxy's HTML page helps nobody.
        Err(_) => std::str::from_utf8(body)
            .ok()
            .filter(|text| !text.trim_start().starts_with('<'))
            .map(|text| ProviderError { message: Some(text.to_owned()), ..ProviderError::default() }),
    };
    let error = error.unwrap_or_default();
    // Some proxies answer 200 and put the status into the body.
    let status = if status < 300 { error.status.unwrap_or(502) } else { status };
    let code = error.code(status);
    let said = error.message.as_deref().map(without_secrets).filter(|message| !message.is_empty());
    let mut message = match said {
        Some(said) => format!("The provider answered {status}: {said}"),
        None => format!("The provider answered {status} without a reason."),
    };
    if code == ErrorCode::ProviderAuthentication {
        message.push_str(" (The server's key is in its variable OPENAI_API_KEY.)");
    }
    ModelError { failure: Failure::new(code, message), retry_after_ms }
}

/// An error inside a stream that began with status 200.
pub(crate) fn stream_error(error: &ProviderError) -> ModelError {
    let said = error.message.as_deref().map_or_else(|| "no reason given".to_owned(), without_secrets);
    let known = error.code(error.status.unwrap_or(500));
    let code = if known == ErrorCode::ProviderFailed { ErrorCode::StreamInterrupted } else { known };
    ModelError {
        failure: Failure::new(code, format!("The provider broke off its answer: {said}")),
        retry_after_ms: None,
    }
}

/// `retry-after` in seconds, as OpenAI sends it; `retry-after-ms` is the finer one that some servers add.
pub(crate) fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let number = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()?.trim().parse::<f64>().ok());
    let ms = number("retry-after-ms").or_else(|| number(RETRY_AFTER.as_str()).map(|seconds| seconds * 1_000.0))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a day")]
    let whole = ms.clamp(0.0, 86_400_000.0) as u64;
    Some(whole)
}

#[cfg(test)]
mod tests;
