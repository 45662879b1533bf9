//! Answers: JSON, pages and files, each with the headers that keep it harmless.

use crate::files::{File, style_source};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::Refusal;
use domain::image::Format;
use domain::quota::Exceeded;
use http::{HeaderName, HeaderValue, header};
use serde_json::{Value, json};

/// For the app's files beside its page; the worker among them reads the library that it uses.
pub(crate) const FILE_POLICY: &str = "default-src 'none'; script-src 'self'; frame-ancestors 'none'";

/// For the app's page: nothing but this host's scripts and frames, and its own styles; sockets to where the app connects, since the
/// WebSocket API has a host of its own on AWS; uploads to the bucket. `blob:` is how the page shows an image before it is sent.
pub(crate) fn app_policy(websocket_url: Option<&str>, upload_origin: &str, host: Option<&str>) -> String {
    let socket = match (websocket_url, host.filter(|host| is_host(host))) {
        (Some(url), _) => url.to_owned(),
        (None, Some(host)) => format!("ws://{host} wss://{host}"),
        (None, None) => String::new(),
    };
    format!(
        "default-src 'none'; script-src 'self'; style-src '{}'; img-src 'self' data: blob:; connect-src 'self' {socket} \
         {upload_origin}; frame-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        style_source()
    )
}

/// Whether a client's word for this host is one, and nothing that would end the directive.
fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
}

/// What is said with every answer that does not say otherwise. An answer that is no page shows nothing, loads nothing and is in no
/// frame, whatever a browser takes it for.
const DEFAULTS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The answer with those of [`DEFAULTS`] that it has not. Behind TLS it also says that there is always TLS.
pub(crate) fn hardened(mut answer: ApiGatewayV2httpResponse, has_tls: bool) -> ApiGatewayV2httpResponse {
    for (name, value) in DEFAULTS {
        answer.headers.entry(name).or_insert_with(|| HeaderValue::from_static(value));
    }
    if has_tls {
        answer = with(answer, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    // For browsers that know no `frame-ancestors`. Only the app's own page may be around a generated one.
    let may_be_framed = |policy: &HeaderValue| policy.as_bytes().ends_with(b"frame-ancestors 'self'");
    if answer.headers.get(header::CONTENT_SECURITY_POLICY).is_some_and(may_be_framed) {
        return answer;
    }
    with(answer, header::X_FRAME_OPTIONS, "DENY")
}

/// For generated pages: an origin of their own that is the same as no other, so that their scripts read nothing here.
pub(crate) const PAGE_POLICY: &str =
    "sandbox allow-scripts allow-forms allow-modals allow-popups; frame-ancestors 'self'";

/// An answer with its status.
pub(crate) fn plain(status: u16, content_type: &'static str, body: impl Into<String>) -> ApiGatewayV2httpResponse {
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(status);
    answer.body = Some(body.into().into());
    with(answer, header::CONTENT_TYPE, content_type)
}

/// For what pages without an origin load, as generated pages are.
fn for_any_origin(answer: ApiGatewayV2httpResponse) -> ApiGatewayV2httpResponse {
    with(answer, HeaderName::from_static("cross-origin-resource-policy"), "cross-origin")
}

fn with(mut answer: ApiGatewayV2httpResponse, name: HeaderName, value: &'static str) -> ApiGatewayV2httpResponse {
    answer.headers.insert(name, HeaderValue::from_static(value));
    answer
}

/// Bare JSON, for clients that expect no envelope.
pub(crate) fn json(status: u16, value: &Value) -> ApiGatewayV2httpResponse {
    with(plain(status, "application/json", value.to_string()), header::CACHE_CONTROL, "no-store")
}

/// `{"success": true, "data": …}`.
pub(crate) fn data(status: u16, value: &Value) -> ApiGatewayV2httpResponse {
    json(status, &json!({"success": true, "data": value}))
}

/// `{"success": false, "error": …}` with the refusal's status.
pub(crate) fn refused(refusal: &Refusal) -> ApiGatewayV2httpResponse {
    refused_with(refusal, &envelope(refusal))
}

fn refused_with(refusal: &Refusal, body: &Value) -> ApiGatewayV2httpResponse {
    let answer = json(refusal.code.http_status(), body);
    // RFC 9110, sections 15.5.2 and 15.5.6: these two say how to come again.
    match answer.status_code {
        401 => with(answer, header::WWW_AUTHENTICATE, "Bearer"),
        405 => with(answer, header::ALLOW, "GET, HEAD"),
        _ => answer,
    }
}

/// A limit on what may be spent is reached: `error.quota` says which, and when to ask again, as does the header.
pub(crate) fn exceeded(refusal: &Refusal, exceeded: &Exceeded, now_ms: u64) -> ApiGatewayV2httpResponse {
    let mut body = envelope(refusal);
    body["error"]["quota"] = exceeded.describe(now_ms);
    let mut answer = json(refusal.code.http_status(), &body);
    answer.headers.insert(header::RETRY_AFTER, HeaderValue::from(exceeded.retry_after_s(now_ms)));
    answer
}

/// The same with `detail`, which is where the screenshot-to-code frontend looks for the words.
pub(crate) fn refused_to_peer(refusal: &Refusal) -> ApiGatewayV2httpResponse {
    let mut body = envelope(refusal);
    body["detail"] = json!(refusal.message);
    refused_with(refusal, &body)
}

fn envelope(refusal: &Refusal) -> Value {
    let mut error = json!({"code": refusal.code, "message": refusal.message});
    if let Some(field) = &refusal.field {
        error["field"] = json!(field);
    }
    json!({"success": false, "error": error})
}

/// Done, with nothing to say.
pub(crate) fn empty() -> ApiGatewayV2httpResponse {
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = 204;
    answer
}

/// An archive to be saved under a name. A page of another host reads the name only if it is exposed.
pub(crate) fn archive(bytes: Vec<u8>, disposition: &'static str) -> ApiGatewayV2httpResponse {
    let mut answer = with(plain(200, "application/zip", ""), header::CONTENT_DISPOSITION, disposition);
    answer.body = Some(Body::Binary(bytes));
    answer.is_base64_encoded = true;
    let answer = with(answer, header::ACCESS_CONTROL_EXPOSE_HEADERS, "Content-Disposition");
    with(answer, header::CACHE_CONTROL, "no-store")
}

/// A generated page, which is code written by a stranger.
pub(crate) fn page(html: String, state: &'static str) -> ApiGatewayV2httpResponse {
    let answer = plain(200, "text/html; charset=utf-8", html);
    let answer = with(answer, header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    let answer = with(answer, header::CACHE_CONTROL, "private, no-cache");
    with(answer, HeaderName::from_static("quartet-status"), state)
}

/// A picture that was drawn for a page. What its address names never changes.
pub(crate) fn picture(bytes: Vec<u8>, format: Format) -> ApiGatewayV2httpResponse {
    let mut answer = for_any_origin(plain(200, format.media_type(), ""));
    answer.body = Some(Body::Binary(bytes));
    answer.is_base64_encoded = true;
    with(answer, header::CACHE_CONTROL, "private, max-age=31536000, immutable")
}

/// A file of the app, or of the shell that shows generated pages, with the policy that belongs to it. `is_lasting`: what its
/// address names never changes.
pub(crate) fn file(file: &File, accepts_gzip: bool, policy: &str, is_lasting: bool) -> ApiGatewayV2httpResponse {
    let mut answer = for_any_origin(plain(200, file.content_type(), ""));
    if accepts_gzip {
        answer.body = Some(Body::Binary(file.gzip.to_vec()));
        answer.is_base64_encoded = true;
        answer = with(answer, header::CONTENT_ENCODING, "gzip");
    } else {
        answer.body = Some(file.text.into());
    }
    let answer = with(answer, header::VARY, "accept-encoding");
    let lasting = "public, max-age=31536000, immutable";
    let mut answer = with(answer, header::CACHE_CONTROL, if is_lasting { lasting } else { "no-cache" });
    // A setting that no header can carry is none that a browser could connect to.
    let policy = HeaderValue::from_str(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'"));
    answer.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_connects_to_its_own_socket_and_bucket_and_runs_nothing_of_another_host() {
        let deployed = app_policy(Some("wss://socket.test/generate-code"), "https://uploads.test", Some("page.test"));
        assert!(
            deployed.contains("connect-src 'self' wss://socket.test/generate-code https://uploads.test;"),
            "{deployed}"
        );
        let here = app_policy(None, "http://127.0.0.1:9", Some("127.0.0.1:7001"));
        assert!(
            here.contains("connect-src 'self' ws://127.0.0.1:7001 wss://127.0.0.1:7001 http://127.0.0.1:9;"),
            "{here}"
        );
        for policy in [&deployed, &here] {
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'sha256-"), "{policy}");
            assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        }
    }

    #[test]
    fn a_host_that_would_change_the_policy_is_left_out() {
        let policy = app_policy(None, "https://uploads.test", Some("x; script-src *"));
        assert_eq!(policy, app_policy(None, "https://uploads.test", None));
    }
}
