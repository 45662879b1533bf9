//! One WebSocket connection, from its handshake to `$disconnect`.

use super::Gateway;
use super::event::{self, Origin};
use super::http::Routes;
use super::pace::{Pace, Place};
use super::registry::{Outgoing, connections_max};
use crate::functions::{Name, new_request_id};
use crate::limits::{CONNECTION_IDLE_MS_MAX, CONNECTION_MS_MAX, SEND_MS_MAX};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use boot::SystemClock;
use domain::ids::ConnectionId;
use domain::limits::{CLIENT_FRAME_BYTES_MAX, CLIENT_MESSAGE_BYTES_MAX, RELAXED_MESSAGE_BYTES_MAX};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use ports::Clock;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite;

#[cfg(test)]
mod tests;

/// What an idle connection reads with.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// How a connection ended.
#[derive(Debug)]
struct End {
    /// What `$disconnect` is told.
    code: u16,
    reason: String,
    /// What the client is sent, unless it closed first or is gone.
    close: Option<u16>,
}

impl End {
    fn by_client(code: u16, reason: &str) -> Self {
        Self { code, reason: reason.to_owned(), close: None }
    }

    fn by_gateway(code: u16, reason: &str) -> Self {
        Self { code, reason: reason.to_owned(), close: Some(code) }
    }
}

pub(super) async fn upgrade(
    State((gateway, _)): State<(Gateway, Routes)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    // A plain GET of the stage is answered with 426, as the gateway speaks only WebSocket there.
    let Ok(upgrade) = upgrade else { return StatusCode::UPGRADE_REQUIRED.into_response() };
    if gateway.registry.count() >= connections_max() {
        tracing::warn!(peer = %peer.ip(), "too_many_connections");
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let now_ms = SystemClock.now_ms();
    let origin =
        Origin { connection: new_connection_id(), connected_at_ms: now_ms, source_ip: peer.ip().to_string(), host };
    let event = event::connect(&origin, &headers, &uri, now_ms, &new_request_id());
    let answer = match gateway.functions.call(Name::Socket, event.to_string().into_bytes()).await {
        Ok(answer) => serde_json::from_slice::<Value>(&answer).unwrap_or_default(),
        Err(error) => {
            tracing::error!(%error, "connect_failed");
            return StatusCode::BAD_GATEWAY.into_response();
        }
    };
    let status =
        answer["statusCode"].as_u64().and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    match status {
        Some(status) if status.is_success() => {}
        Some(status) => return status.into_response(),
        None => return StatusCode::BAD_GATEWAY.into_response(),
    }
    // A subprotocol is chosen by the function, or none is: a browser that offered one then fails the handshake.
    let upgrade = match answer["headers"]["Sec-WebSocket-Protocol"].as_str() {
        Some(chosen) => upgrade.protocols([chosen.to_owned()]),
        None => upgrade,
    };
    let (message, frame) = if gateway.aws_limits {
        (CLIENT_MESSAGE_BYTES_MAX, CLIENT_FRAME_BYTES_MAX)
    } else {
        (RELAXED_MESSAGE_BYTES_MAX, RELAXED_MESSAGE_BYTES_MAX)
    };
    // What an idle connection takes is its buffer for reading, and 128 KB unless it is said; messages grow it as they need.
    let upgrade = upgrade.read_buffer_size(READ_BUFFER_BYTES).write_buffer_size(0);
    upgrade.max_message_size(message).max_frame_size(frame).on_upgrade(move |socket| async move {
        let open = gateway.open.clone();
        open.track_future(serve(gateway, origin, socket)).await;
    })
}

/// Sixteen characters that end in `=`, as API Gateway's are: code that forgets to encode them in a URL fails here too.
fn new_connection_id() -> ConnectionId {
    #[expect(clippy::disallowed_methods, reason = "the gateway's ids are not the functions' ids")]
    let random = uuid::Uuid::new_v4();
    ConnectionId(URL_SAFE.encode(&random.as_bytes()[..11]))
}

async fn serve(gateway: Gateway, origin: Origin, socket: WebSocket) {
    let outgoing = gateway.registry.open(&origin.connection, origin.connected_at_ms, origin.source_ip.clone());
    let (sink, stream) = socket.split();
    let end = converse(&gateway, &origin, sink, stream, outgoing).await;
    gateway.registry.forget(&origin.connection);
    let event = event::disconnect(&origin, end.code, &end.reason, SystemClock.now_ms(), &new_request_id());
    if let Err(error) = gateway.functions.call(Name::Socket, event.to_string().into_bytes()).await {
        tracing::warn!(connection = %origin.connection, %error, "disconnect_failed");
    }
}

async fn converse(
    gateway: &Gateway,
    origin: &Origin,
    mut sink: impl Sink<Message, Error = axum::Error> + Unpin,
    mut stream: impl Stream<Item = Result<Message, axum::Error>> + Unpin,
    mut outgoing: mpsc::Receiver<Outgoing>,
) -> End {
    let end_of_life = Instant::now() + Duration::from_millis(CONNECTION_MS_MAX);
    let mut idle_until = Instant::now() + Duration::from_millis(CONNECTION_IDLE_MS_MAX);
    let mut pace = Pace::on(&gateway.stage);
    // A message that has come and whose turn has not. No other is read before it is handled.
    let mut waiting: Option<(oneshot::Receiver<Place>, String)> = None;
    let end = loop {
        let sent = tokio::select! {
            message = stream.next(), if waiting.is_none() => match incoming(gateway, origin, message) {
                Ok(None) => Ok(()),
                Ok(Some(text)) => {
                    waiting = Some((pace.wait(), text));
                    Ok(())
                }
                Err(end) => break end,
            },
            given = turn(&mut waiting) => {
                if let (Ok(given), Some((_, text))) = (given, waiting.take()) {
                    deliver(gateway, origin, &text, given);
                }
                Ok(())
            }
            message = outgoing.recv() => match message {
                Some(Outgoing::Text(text)) => send(&mut sink, Message::Text(text.into())).await,
                Some(Outgoing::Close) | None => break End::by_gateway(1000, "Connection Closed Normally"),
            },
            () = tokio::time::sleep_until(idle_until) => break End::by_gateway(1001, "Idle timeout"),
            () = tokio::time::sleep_until(end_of_life) => break End::by_gateway(1001, "Connection duration exceeded"),
            () = gateway.stop.cancelled() => break End::by_gateway(1001, "Going away"),
        };
        if sent.is_err() {
            break End::by_client(1006, "");
        }
        idle_until = Instant::now() + Duration::from_millis(CONNECTION_IDLE_MS_MAX);
    };
    if let Some(code) = end.close {
        let reason = if code == 1000 { "" } else { end.reason.as_str() };
        // The client may be gone already; the end is the same.
        let _ = send(&mut sink, Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }
    // Reading on sends the answer to the client's close frame, with the client's own code, or waits for its answer.
    let _ =
        tokio::time::timeout(Duration::from_secs(2), async { while let Some(Ok(_)) = stream.next().await {} }).await;
    end
}

/// Waits until the message that waits may be handled; for ever, if none does.
async fn turn(waiting: &mut Option<(oneshot::Receiver<Place>, String)>) -> Result<Place, oneshot::error::RecvError> {
    match waiting {
        Some((place, _)) => place.await,
        None => std::future::pending().await,
    }
}

async fn send(sink: &mut (impl Sink<Message, Error = axum::Error> + Unpin), message: Message) -> Result<(), ()> {
    match tokio::time::timeout(Duration::from_millis(SEND_MS_MAX), sink.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}

/// The text that has come, if any has.
fn incoming(
    gateway: &Gateway,
    origin: &Origin,
    message: Option<Result<Message, axum::Error>>,
) -> Result<Option<String>, End> {
    match message {
        Some(Ok(Message::Text(text))) => {
            if !gateway.aws_limits && text.len() > CLIENT_FRAME_BYTES_MAX {
                tracing::warn!(
                    connection = %origin.connection, bytes = text.len(), aws_frame_bytes_max = CLIENT_FRAME_BYTES_MAX,
                    "message_larger_than_aws_takes"
                );
            }
            Ok(Some(text.as_str().to_owned()))
        }
        // <https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html>.
        Some(Ok(Message::Binary(_))) => Err(End::by_gateway(1003, "Binary is not supported")),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Close(Some(frame)))) => {
            let reason = if frame.code == 1000 { "Connection Closed Normally" } else { frame.reason.as_str() };
            Err(End::by_client(frame.code, reason))
        }
        Some(Ok(Message::Close(None))) => Err(End::by_client(1005, "Client-side close frame status not set")),
        Some(Err(error)) => Err(broken(error)),
        None => Err(End::by_client(1006, "")),
    }
}

/// What a protocol error closes with; a connection that simply broke is 1006, which is never sent.
fn broken(error: axum::Error) -> End {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => End::by_gateway(1009, "Message too big"),
        Some(tungstenite::Error::Utf8(_)) => End::by_gateway(1007, "Not UTF-8"),
        Some(tungstenite::Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => {
            End::by_client(1006, "")
        }
        Some(tungstenite::Error::Protocol(_)) => End::by_gateway(1002, "Protocol error"),
        // The library's enum is non-exhaustive in meaning: whatever else happens, the connection is gone.
        Some(_) | None => End::by_client(1006, ""),
    }
}

/// Each message is an invocation of its own, so two of one connection may run at once, as on AWS.
fn deliver(gateway: &Gateway, origin: &Origin, text: &str, place: Place) {
    let request_id = new_request_id();
    let event = event::message(origin, route_key(text), text, SystemClock.now_ms(), &request_id);
    let (gateway, connection) = (gateway.clone(), origin.connection.clone());
    gateway.open.clone().spawn(async move {
        let answer = match place.handle(gateway.functions.call(Name::Socket, event.to_string().into_bytes())).await {
            // Every message route has a route response, so a body reaches the client:
            // <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html>.
            Ok(answer) => serde_json::from_slice::<Value>(&answer)
                .ok()
                .and_then(|answer| answer["body"].as_str().map(str::to_owned)),
            Err(error) => {
                tracing::error!(%connection, %error, "message_failed");
                let failed = json!({
                    "message": "Internal server error", "connectionId": connection, "requestId": request_id
                });
                Some(failed.to_string())
            }
        };
        if let Some(text) = answer {
            let _gone_or_taken = gateway.registry.post(&connection, text);
        }
    });
}

/// `$request.body.action`; no JSON, no action and an unknown one go to `$default`.
fn route_key(text: &str) -> &'static str {
    #[derive(serde::Deserialize)]
    struct Routed<'a> {
        #[serde(borrow)]
        action: Option<std::borrow::Cow<'a, str>>,
    }
    let action = serde_json::from_slice::<Routed<'_>>(&Bytes::copy_from_slice(text.as_bytes()))
        .ok()
        .and_then(|routed| routed.action.map(std::borrow::Cow::into_owned));
    socket::MESSAGE_ROUTES.into_iter().find(|route| Some(*route) == action.as_deref()).unwrap_or("$default")
}
