//! Answers: JSON, pages and files, each with the headers that keep it harmless.

use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::Refusal;
use domain::image::Format;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::{Value, json};

/// For the app's own files: nothing but this host's scripts, styles and frames; sockets to anywhere, since the WebSocket
/// API has a host of its own on AWS; uploads to the bucket. `blob:` is how the page shows an image before it is sent.
fn app_policy(upload_origin: &str) -> String {
    format!(
        "default-src 'self'; connect-src 'self' ws: wss: {upload_origin}; img-src 'self' data: blob:; frame-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// For generated pages: an origin of their own that is the same as no other, so that their scripts read nothing here.
const PAGE_POLICY: &str = "sandbox allow-scripts allow-forms allow-modals allow-popups; frame-ancestors 'self'";

/// An answer with its status.
pub(crate) fn plain(status: u16, content_type: &'static str, body: impl Into<String>) -> ApiGatewayV2httpResponse {
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(status);
    answer.body = Some(body.into().into());
    answer.headers = headers(&[
        (header::CONTENT_TYPE, content_type),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ]);
    answer
}

fn headers(entries: &[(HeaderName, &'static str)]) -> HeaderMap {
    entries.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
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
    json(refusal.code.http_status(), &envelope(refusal))
}

/// The same with `detail`, which is where the screenshot-to-code frontend looks for the words.
pub(crate) fn refused_to_peer(refusal: &Refusal) -> ApiGatewayV2httpResponse {
    let mut body = envelope(refusal);
    body["detail"] = json!(refusal.message);
    json(refusal.code.http_status(), &body)
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
    let mut answer = plain(200, format.media_type(), "");
    answer.body = Some(Body::Binary(bytes));
    answer.is_base64_encoded = true;
    with(answer, header::CACHE_CONTROL, "private, max-age=31536000, immutable")
}

/// A file of the app, which may upload to that origin.
pub(crate) fn file(content_type: &'static str, text: &'static str, upload_origin: &str) -> ApiGatewayV2httpResponse {
    let mut answer = with(plain(200, content_type, text), header::CACHE_CONTROL, "no-cache");
    // An origin that no header can carry is none that a browser could upload to.
    let policy = HeaderValue::from_str(&app_policy(upload_origin))
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'; object-src 'none'; base-uri 'none'"));
    answer.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

/// The app's file that shows generated pages: as free, and as harmless, as they are.
pub(crate) fn preview(content_type: &'static str, text: &'static str) -> ApiGatewayV2httpResponse {
    let answer = with(plain(200, content_type, text), header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    with(answer, header::CACHE_CONTROL, "no-cache")
}
