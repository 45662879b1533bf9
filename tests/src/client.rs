use crate::View;
use domain::wire::server::{Kind, ServerMessage};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The longest that anything is waited for. A test that hits it has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// A browser's socket.
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Every message so far, in order.
    pub heard: Vec<ServerMessage>,
    /// The bytes of each message so far.
    pub sizes: Vec<usize>,
}

/// What came from the server.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// A message.
    Message(ServerMessage),
    /// The connection was closed with this code; 1006 if it broke.
    Closed(u16),
}

impl Client {
    /// Connects to the stage of a local stack.
    pub async fn connect(address: SocketAddr) -> Self {
        Self::connect_to(&format!("ws://{address}/generate-code")).await
    }

    /// Connects to a URL.
    pub async fn connect_to(url: &str) -> Self {
        // A `wss` URL wants a TLS provider, once a process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (socket, _) = connect_async(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        Self { socket, heard: Vec::new(), sizes: Vec::new() }
    }

    /// Opens the stage with a query and offered subprotocols; the status, if that is refused, and what the answer's body says.
    /// Also the subprotocol that was answered.
    ///
    /// # Errors
    /// The status and the body of the refusal.
    pub async fn open(
        address: SocketAddr,
        query: &str,
        protocols: Option<&str>,
    ) -> Result<(Self, Option<String>), (u16, Vec<u8>)> {
        let mut request = format!("ws://{address}/generate-code{query}").into_client_request().unwrap();
        if let Some(protocols) = protocols {
            request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocols.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, answer)) => {
                let protocol = answer.headers().get(SEC_WEBSOCKET_PROTOCOL);
                let protocol = protocol.map(|value| value.to_str().unwrap().to_owned());
                Ok((Self { socket, heard: Vec::new(), sizes: Vec::new() }, protocol))
            }
            Err(Error::Http(answer)) => Err((answer.status().as_u16(), answer.into_body().unwrap_or_default())),
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends a text as it is.
    pub async fn send_text(&mut self, text: impl Into<String>) {
        // A server that has closed in the meantime is seen by the next read.
        let _ = self.socket.send(Message::text(text.into())).await;
    }

    /// Sends a message.
    pub async fn send(&mut self, message: &Value) {
        self.send_text(message.to_string()).await;
    }

    /// Sends a binary frame.
    pub async fn send_binary(&mut self, bytes: Vec<u8>) {
        let _ = self.socket.send(Message::binary(bytes)).await;
    }

    /// Starts a generation and waits for its id.
    pub async fn generate(&mut self, params: &Value) -> String {
        let mut message = params.clone();
        message["action"] = json!("generate");
        self.send(&message).await;
        let accepted = self.until(|message| message.kind == Kind::Generation).await;
        accepted.generation_id.unwrap().to_string()
    }

    /// The next thing that comes.
    pub async fn next(&mut self) -> Heard {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("something is heard in time") {
                Some(Ok(Message::Text(text))) => {
                    let message: ServerMessage =
                        serde_json::from_str(text.as_str()).unwrap_or_else(|error| panic!("{error}: {text}"));
                    self.sizes.push(text.len());
                    self.heard.push(message.clone());
                    return Heard::Message(message);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map_or(1005, |frame| frame.code.into()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_) | Message::Frame(_))) => panic!("the server sends only text"),
                Some(Err(_)) | None => return Heard::Closed(1006),
            }
        }
    }

    /// The next message; a close is a failure.
    pub async fn message(&mut self) -> ServerMessage {
        match self.next().await {
            Heard::Message(message) => message,
            Heard::Closed(code) => panic!("closed with {code} after {:?}", self.heard.last()),
        }
    }

    /// Reads until a message for which `wanted` holds, and returns it.
    pub async fn until(&mut self, wanted: impl Fn(&ServerMessage) -> bool) -> ServerMessage {
        loop {
            let message = self.message().await;
            if wanted(&message) {
                return message;
            }
        }
    }

    /// Reads until every variant has ended.
    pub async fn until_done(&mut self) -> ServerMessage {
        self.until(|message| message.kind == Kind::Done).await
    }

    /// Reads until every variant has ended and all that was recorded of each is here or was heard `before`. A replay and what is told live come
    /// beside one another, so `done` may come before the last chunk that was asked for.
    pub async fn until_shown(&mut self, before: &[ServerMessage]) {
        loop {
            let is_done = self.heard.iter().any(|message| message.kind == Kind::Done);
            let all = [before, &self.heard].concat();
            if is_done && View::of(&all, true).values().all(View::is_complete) {
                return;
            }
            self.message().await;
        }
    }

    /// Reads until the server closes, and returns the code.
    pub async fn until_closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Closes with a code and returns the code that the server answers with.
    pub async fn close(mut self, code: u16) -> u16 {
        let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
        let _ = self.socket.close(Some(frame)).await;
        self.until_closed().await
    }

    /// Goes away without a word, as a phone does that loses its signal.
    pub fn vanish(self) {
        drop(self);
    }
}
