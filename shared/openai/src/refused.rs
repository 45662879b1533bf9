use domain::error::{ErrorCode, Failure};
use ports::ModelError;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;

/// The provider's error object, in a body or in the stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProviderError {
    pub(crate) message: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) code: Option<serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    error: ProviderError,
}

/// What an answer that is not 200 means.
pub(crate) fn model_error(status: u16, body: &[u8], retry_after_ms: Option<u64>) -> ModelError {
    let Body { error } = serde_json::from_slice(body).unwrap_or_default();
    let code = code(status, &error);
    let said = error.message.as_deref().map(without_secrets).filter(|message| !message.is_empty());
    let message = match (code, said) {
        // Providers quote the key in this message.
        (ErrorCode::ProviderAuthentication, _) => {
            format!("The provider refused the server's key (status {status}); check OPENAI_API_KEY.")
        }
        (_, Some(said)) => format!("The provider answered {status}: {said}"),
        (_, None) => format!("The provider answered {status} without a reason."),
    };
    ModelError { failure: Failure::new(code, message), retry_after_ms }
}

/// An error inside a stream that began with status 200.
pub(crate) fn stream_error(error: &ProviderError) -> ModelError {
    let said = error.message.as_deref().map_or_else(|| "no reason given".to_owned(), without_secrets);
    let known = code(500, error);
    let code = if known == ErrorCode::ProviderFailed { ErrorCode::StreamInterrupted } else { known };
    ModelError {
        failure: Failure::new(code, format!("The provider broke off its answer: {said}")),
        retry_after_ms: None,
    }
}

fn code(status: u16, error: &ProviderError) -> ErrorCode {
    let named = error.code.as_ref().and_then(|code| code.as_str()).or(error.kind.as_deref()).unwrap_or_default();
    match (named, status) {
        ("insufficient_quota", _) => ErrorCode::ProviderQuota,
        ("model_not_found", _) => ErrorCode::ModelNotFound,
        ("rate_limit_exceeded", _) | (_, 429) => ErrorCode::ProviderRateLimit,
        ("invalid_api_key", _) | (_, 401 | 403) => ErrorCode::ProviderAuthentication,
        (_, 408 | 409 | 500..) => ErrorCode::ProviderFailed,
        (_, _) => ErrorCode::ProviderRejected,
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

/// Drops words that look like keys, and bounds the length.
fn without_secrets(message: &str) -> String {
    let words: Vec<&str> =
        message
            .split_whitespace()
            .map(|word| {
                if word.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with("sk-") { "[key]" } else { word }
            })
            .collect();
    words.join(" ").chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_refusal_means_depends_on_its_code_before_its_status() {
        for (status, body, code) in [
            (401, r#"{"error":{"message":"Incorrect API key provided: sk-abc"}}"#, ErrorCode::ProviderAuthentication),
            (403, "", ErrorCode::ProviderAuthentication),
            (429, r#"{"error":{"code":"insufficient_quota"}}"#, ErrorCode::ProviderQuota),
            (429, r#"{"error":{"type":"insufficient_quota","code":null}}"#, ErrorCode::ProviderQuota),
            (429, r#"{"error":{"code":"rate_limit_exceeded"}}"#, ErrorCode::ProviderRateLimit),
            (429, "<html>busy</html>", ErrorCode::ProviderRateLimit),
            (404, r#"{"error":{"code":"model_not_found"}}"#, ErrorCode::ModelNotFound),
            (400, r#"{"error":{"code":null,"message":"max_tokens is too large"}}"#, ErrorCode::ProviderRejected),
            (404, "", ErrorCode::ProviderRejected),
            (500, "", ErrorCode::ProviderFailed),
            (503, r#"{"error":{"code":7}}"#, ErrorCode::ProviderFailed),
        ] {
            assert_eq!(model_error(status, body.as_bytes(), None).failure.code, code, "{status} {body}");
        }
    }

    #[test]
    fn no_key_comes_through_in_a_message() {
        let body = br#"{"error":{"message":"bad request for sk-proj-123 (\"sk-456\")"}}"#;
        let error = model_error(400, body, None);
        assert_eq!(error.failure.message, "The provider answered 400: bad request for [key] [key]");
        assert!(!model_error(401, body, None).failure.message.contains("sk-"));
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_milliseconds() {
        let headers = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            headers
        };
        assert_eq!(retry_after_ms(&headers("retry-after", "2")), Some(2_000));
        assert_eq!(retry_after_ms(&headers("retry-after-ms", "150")), Some(150));
        assert_eq!(retry_after_ms(&headers("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")), None);
        assert_eq!(retry_after_ms(&HeaderMap::new()), None);
    }
}
