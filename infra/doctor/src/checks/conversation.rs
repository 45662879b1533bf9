//! One WebSocket, as a browser has it.

use super::http::beginning;
use super::tls::Trust;
use super::transport::{Duplex, PATIENCE, open};
use crate::Symptom;
use domain::wire::server::ServerMessage;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message, http};
use tokio_tungstenite::{WebSocketStream, client_async};
use url::Url;

/// What came.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A message of Quartet's.
    Message(Box<ServerMessage>),
    /// What the gateway says when a function has failed.
    Failed(String),
    /// The end, with its code; 1006 where the connection broke.
    Closed(u16),
    /// Nothing in time.
    Nothing,
}

/// An open connection.
pub(crate) struct Conversation {
    socket: WebSocketStream<Box<dyn Duplex>>,
}

/// What is needed to open one, again and again.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) url: Url,
    /// The page's origin, which a browser sends along.
    pub(crate) origin: String,
    pub(crate) token: Option<String>,
    pub(crate) trust: Trust,
}

impl Door {
    /// Connects and shakes hands.
    pub(crate) async fn open(&self) -> Result<Conversation, Symptom> {
        let mut url = self.url.clone();
        if let Some(token) = &self.token {
            // A browser can send no header with a handshake.
            url.query_pairs_mut().append_pair("token", token);
        }
        let unreadable = |words: String| Symptom::NotAUrl(words);
        let mut request = url.as_str().into_client_request().map_err(|error| unreadable(error.to_string()))?;
        let origin = http::HeaderValue::from_str(&self.origin).map_err(|error| unreadable(error.to_string()))?;
        request.headers_mut().insert(http::header::ORIGIN, origin);
        let stream = open(&self.url, &self.trust).await?;
        match timeout(PATIENCE, client_async(request, stream)).await {
            Ok(Ok((socket, _))) => Ok(Conversation { socket }),
            Ok(Err(Error::Http(answer))) => {
                let body = answer.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
                Err(Symptom::NotUpgraded { status: answer.status().as_u16(), body: beginning(&body) })
            }
            Ok(Err(error)) => Err(Symptom::UpgradeBroken(error.to_string())),
            Err(_) => Err(Symptom::UpgradeBroken("no answer to the handshake".to_owned())),
        }
    }
}

impl Conversation {
    /// Sends a message. A connection that has ended meanwhile is heard of by the next [`Self::next`].
    pub(crate) async fn send(&mut self, message: &Value) {
        let _ = timeout(PATIENCE, self.socket.send(Message::text(message.to_string()))).await;
    }

    /// Sends a text in frames of at most so many bytes.
    pub(crate) async fn send_in_frames(&mut self, text: &str, frame_bytes: usize) {
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(frame_bytes).collect();
        for (index, piece) in pieces.iter().enumerate() {
            let code = OpCode::Data(if index == 0 { Data::Text } else { Data::Continue });
            let frame = Frame::message(piece.to_vec(), code, index + 1 == pieces.len());
            if !matches!(timeout(PATIENCE, self.socket.send(Message::Frame(frame))).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// What comes next within this time.
    pub(crate) async fn next(&mut self, patience: Duration) -> Heard {
        match timeout(patience, self.next_text()).await {
            Err(_) => Heard::Nothing,
            Ok(Err(code)) => Heard::Closed(code),
            Ok(Ok(text)) => match serde_json::from_str(&text) {
                Ok(message) => Heard::Message(Box::new(message)),
                Err(_) => Heard::Failed(beginning(&text)),
            },
        }
    }

    async fn next_text(&mut self) -> Result<String, u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// Goes away without a word, as a phone does that loses its signal.
    pub(crate) fn vanish(self) {
        drop(self);
    }
}
