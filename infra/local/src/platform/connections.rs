//! `@connections`: <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>.

use crate::gateway::{Posted, Registry, STAGE};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use domain::ids::ConnectionId;
use domain::limits::CLIENT_MESSAGE_BYTES_MAX;
use serde_json::json;

pub(super) fn router(registry: Registry) -> Router {
    let path = format!("/{STAGE}/@connections/{{id}}");
    Router::new().route(&path, post(send).get(read).delete(close)).with_state(registry)
}

async fn send(State(registry): State<Registry>, Path(id): Path<String>, body: Bytes) -> Response {
    if body.len() > CLIENT_MESSAGE_BYTES_MAX {
        return error(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException");
    }
    let Ok(text) = String::from_utf8(body.to_vec()) else {
        return error(StatusCode::BAD_REQUEST, "BadRequestException");
    };
    match registry.post(&ConnectionId(id), text) {
        Posted::Taken => StatusCode::OK.into_response(),
        Posted::Gone => error(StatusCode::GONE, "GoneException"),
        // "or the WebSocket client side buffer is full", in the service model's words.
        Posted::Full => error(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException"),
    }
}

async fn read(State(registry): State<Registry>, Path(id): Path<String>) -> Response {
    match registry.describe(&ConnectionId(id)) {
        Some(connection) => Json(connection).into_response(),
        None => error(StatusCode::GONE, "GoneException"),
    }
}

async fn close(State(registry): State<Registry>, Path(id): Path<String>) -> Response {
    if registry.close(&ConnectionId(id)) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        error(StatusCode::GONE, "GoneException")
    }
}

fn error(status: StatusCode, kind: &'static str) -> Response {
    (status, [("x-amzn-errortype", kind)], Json(json!({"message": kind}))).into_response()
}
