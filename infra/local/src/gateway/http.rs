//! The HTTP API: a request to a route key and an event, an answer back.

use super::Gateway;
use super::event::{self, HttpRequest};
use super::server;
use crate::functions::{Name, new_request_id};
use api::Route;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use boot::SystemClock;
use matchit::Router;
use ports::Clock;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// The route table, by method and path.
#[derive(Clone)]
pub(super) struct Routes(Arc<HashMap<&'static str, Router<&'static str>>>);

impl Routes {
    pub(super) fn new() -> Self {
        let mut methods: HashMap<&'static str, Router<&'static str>> = HashMap::new();
        for key in Route::ALL.map(Route::key) {
            let Some((method, path)) = key.split_once(' ') else { continue };
            if let Err(error) = methods.entry(method).or_default().insert(path, key) {
                tracing::error!(key, %error, "route_refused");
            }
        }
        Self(Arc::new(methods))
    }

    /// The most specific route, or `$default`.
    fn find(&self, method: &str, path: &str) -> (&'static str, Map<String, Value>) {
        match self.0.get(method).and_then(|paths| paths.at(path).ok()) {
            Some(found) => {
                let parameters = found.params.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
                (found.value, parameters)
            }
            None => (Route::File.key(), Map::new()),
        }
    }
}

pub(super) async fn serve(
    State((gateway, routes)): State<(Gateway, Routes)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = match server::whole(body).await {
        Ok(body) => body,
        Err((status, text)) => return message(status, text),
    };
    let (route_key, path_parameters) = routes.find(parts.method.as_str(), parts.uri.path());
    let request = HttpRequest {
        route_key,
        path_parameters,
        method: parts.method.as_str(),
        uri: &parts.uri,
        headers: &parts.headers,
        source_ip: &peer.ip().to_string(),
        body: encode(&parts.headers, &body),
    };
    let event = event::http(&request, SystemClock.now_ms(), &new_request_id());
    match gateway.functions.call(Name::Api, event.to_string().into_bytes()).await {
        Ok(answer) => respond(&answer).unwrap_or_else(|| {
            tracing::error!(route_key, "answer_unreadable");
            message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }),
        Err(error) => {
            tracing::error!(route_key, %error, "request_failed");
            message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    }
}

/// API Gateway's own errors.
fn message(status: StatusCode, text: &str) -> Response {
    (status, axum::Json(json!({"message": text}))).into_response()
}

/// Text goes as it is, everything else as base64.
fn encode(headers: &HeaderMap, body: &Bytes) -> Option<(String, bool)> {
    if body.is_empty() {
        return None;
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let textual =
        kind.starts_with("text/") || kind.contains("json") || kind.contains("xml") || kind.contains("javascript");
    match String::from_utf8(body.to_vec()) {
        Ok(text) if textual => Some((text, false)),
        Ok(_) | Err(_) => Some((STANDARD.encode(body), true)),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

fn respond(answer: &[u8]) -> Option<Response> {
    let answer: Answer = serde_json::from_slice(answer).ok()?;
    let body = answer.body.unwrap_or_default();
    let bytes = if answer.is_base64_encoded { STANDARD.decode(body).ok()? } else { body.into_bytes() };
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = StatusCode::from_u16(answer.status_code).ok()?;
    for (name, value) in answer.headers {
        response.headers_mut().insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    Some(response)
}
