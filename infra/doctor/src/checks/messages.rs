//! Small talk: the first message, pings, sizes, silence.

use super::conversation::{Conversation, Heard};
use super::transport::PATIENCE;
use crate::Symptom;
use domain::limits::{CLIENT_FRAME_BYTES_MAX, CLIENT_MESSAGE_BYTES_MAX};
use domain::wire::server::Kind;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// The sizes that are tried: small, half a frame, one frame, and a message of four. What frames and messages hold beside
/// the text is left out of both limits.
const SIZES: [usize; 4] =
    [1_024, CLIENT_FRAME_BYTES_MAX / 2, CLIENT_FRAME_BYTES_MAX - 1_024, CLIENT_MESSAGE_BYTES_MAX - 1_024];
const FRAME_BYTES: usize = CLIENT_FRAME_BYTES_MAX - 1_024;

/// The first message of a connection is answered with `connection`, which the function pushes, and `pong`, which it returns.
pub(crate) async fn greeting(conversation: &mut Conversation) -> Result<String, Symptom> {
    conversation.send(&json!({"action": "ping"})).await;
    let (mut greeted, mut answered) = (false, false);
    let until = Instant::now() + PATIENCE;
    while !(greeted && answered) {
        match conversation.next(until - Instant::now()).await {
            Heard::Message(message) => match message.kind {
                Kind::Connection => greeted = true,
                Kind::Pong => answered = true,
                Kind::Error => return Err(failed(message.data.as_ref(), message.value.as_deref())),
                Kind::Generation
                | Kind::VariantCount
                | Kind::VariantModels
                | Kind::Status
                | Kind::Chunk
                | Kind::SetCode
                | Kind::Progress
                | Kind::VariantComplete
                | Kind::VariantError
                | Kind::Done => {}
            },
            Heard::Failed(words) => return Err(Symptom::InvocationFailed(words)),
            Heard::Closed(code) => return Err(Symptom::Closed(code)),
            Heard::Nothing if answered => return Err(Symptom::NoPushes),
            Heard::Nothing => return Err(Symptom::NoAnswer),
        }
    }
    Ok("greeted".to_owned())
}

/// What a refusal or a failed variant says.
pub(crate) fn failed(data: Option<&serde_json::Value>, value: Option<&str>) -> Symptom {
    let code = data.and_then(|data| data["code"].as_str()).unwrap_or("unknown").to_owned();
    Symptom::Failed { code, message: value.unwrap_or_default().to_owned() }
}

/// Waits for a pong.
async fn pong(conversation: &mut Conversation) -> Result<(), Symptom> {
    let until = Instant::now() + PATIENCE;
    loop {
        match conversation.next(until - Instant::now()).await {
            Heard::Message(message) if message.kind == Kind::Pong => return Ok(()),
            Heard::Message(_) => {}
            Heard::Failed(words) => return Err(Symptom::InvocationFailed(words)),
            Heard::Closed(code) => return Err(Symptom::Closed(code)),
            Heard::Nothing => return Err(Symptom::NoAnswer),
        }
    }
}

/// Three pings, one after the other.
pub(crate) async fn ping(conversation: &mut Conversation) -> Result<String, Symptom> {
    let mut took_ms = Vec::new();
    for _ in 0..3 {
        let sent = Instant::now();
        conversation.send(&json!({"action": "ping"})).await;
        pong(conversation).await?;
        took_ms.push(sent.elapsed().as_millis().to_string());
    }
    Ok(format!("answered after {} ms", took_ms.join(", ")))
}

/// A message of each size class.
pub(crate) async fn sizes(conversation: &mut Conversation) -> Result<String, Symptom> {
    for bytes in SIZES {
        let empty = json!({"action": "ping", "padding": ""}).to_string();
        let text = json!({"action": "ping", "padding": "x".repeat(bytes - empty.len())}).to_string();
        conversation.send_in_frames(&text, FRAME_BYTES).await;
        match pong(conversation).await {
            Err(Symptom::Closed(code)) => return Err(Symptom::ClosedUponSize { bytes, code }),
            answered => answered?,
        }
    }
    Ok(SIZES.map(|bytes| format!("{} KB", bytes.div_ceil(1_024))).join(", "))
}

/// Says nothing for so long, and then asks whether anybody is there.
pub(crate) async fn idle(conversation: &mut Conversation, patience: Duration) -> Result<String, Symptom> {
    let began = Instant::now();
    let cut = |code| Symptom::Cut { after_s: began.elapsed().as_secs(), code };
    let until = began + patience;
    loop {
        match conversation.next(until - Instant::now()).await {
            Heard::Message(_) | Heard::Failed(_) => {}
            Heard::Closed(code) => return Err(cut(code)),
            Heard::Nothing => break,
        }
    }
    conversation.send(&json!({"action": "ping"})).await;
    match pong(conversation).await {
        Ok(()) => Ok(format!("open after {} s", patience.as_secs())),
        // A proxy may drop a connection without telling either side.
        Err(Symptom::Closed(code)) => Err(cut(code)),
        Err(Symptom::NoAnswer) => Err(cut(1006)),
        Err(other) => Err(other),
    }
}
