//! A provider that gives the key away.

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A provider that repeats the key in everything that it says, in a body and in a header, whole and after a few words of its own.
async fn leak(request: Request) -> Response {
    let key = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("none").to_owned();
    let path = request.uri().path().to_owned();
    let body: Bytes = axum::body::to_bytes(request.into_body(), 1 << 24).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let event = |event: &Value| format!("data: {event}\n\n");
    let chunk =
        |text: &str| event(&json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}));
    let error = json!({"error": {"message": format!("Incorrect API key provided: {key}."), "code": "invalid_api_key"}});
    let stream = |text: String| ([(CONTENT_TYPE, "text/event-stream")], text).into_response();
    if !path.ends_with("/chat/completions") {
        return (StatusCode::BAD_GATEWAY, [("x-key", key.clone())], format!("no picture for {key}")).into_response();
    }
    match body["model"].as_str().unwrap_or_default() {
        "refuses" => (StatusCode::UNAUTHORIZED, [("x-key", key.clone())], error.to_string()).into_response(),
        "rejects" => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
        "breaks" => stream(chunk("<!DOCTYPE html><html><body>some text ") + &event(&error)),
        _ => {
            let finished = event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
            let page = chunk("<!DOCTYPE html><html><head><title>t</title></head><body>")
                + &chunk("<p>whole</p></body></html>")
                + &finished
                + "data: [DONE]\n\n";
            stream(page)
        }
    }
}

pub async fn provider() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(leak)).await });
    address
}
