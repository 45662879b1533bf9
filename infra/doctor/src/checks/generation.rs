//! A small generation: begun on one connection, lost in mid-stream, resumed on another, recovered over HTTP.

use super::conversation::{Conversation, Heard};
use super::http::Http;
use super::messages::failed;
use super::transport::PATIENCE;
use crate::{Symptom, Target};
use domain::limits::DOCTOR_GENERATION_MS_MAX;
use domain::wire::server::{Kind, ServerMessage};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Chunks after which the connection is lost.
const SHOWN_BEFORE: u32 = 2;

/// What has been shown of it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) id: String,
    attempt: u32,
    next_seq: u32,
    text: String,
    /// Chunks that came before their turn.
    early: BTreeMap<u32, ServerMessage>,
    /// How many chunks there are, once the variant has ended.
    count: Option<u32>,
    done: bool,
}

/// Whether chunks have to come in order: of a stream that is followed from its beginning they do, of one that is resumed
/// those that are stored and those that are new may interleave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Strict,
    Interleaved,
}

impl Seen {
    fn has_ended(&self) -> bool {
        self.count.is_some()
    }

    /// Whether every chunk is shown, and the end was told.
    fn is_whole(&self) -> bool {
        self.done && self.count == Some(self.next_seq)
    }

    /// Takes a message; says what is wrong with it, if anything is.
    fn take(&mut self, message: ServerMessage, order: Order) -> Result<(), Symptom> {
        match message.kind {
            Kind::Chunk | Kind::SetCode => self.chunk(message, order),
            Kind::VariantError | Kind::Error => Err(failed(message.data.as_ref(), message.value.as_deref())),
            Kind::VariantComplete => {
                let count = message.data.as_ref().and_then(|data| data["nextSeq"].as_u64());
                let count = count.and_then(|count| u32::try_from(count).ok()).unwrap_or(self.next_seq);
                self.count = Some(count);
                if order == Order::Strict && count != self.next_seq {
                    return Err(Symptom::Gap { expected: self.next_seq, came: count });
                }
                Ok(())
            }
            Kind::Done => {
                self.done = true;
                Ok(())
            }
            Kind::Connection
            | Kind::Generation
            | Kind::VariantCount
            | Kind::VariantModels
            | Kind::Status
            | Kind::Progress
            | Kind::Pong => Ok(()),
        }
    }

    fn chunk(&mut self, message: ServerMessage, order: Order) -> Result<(), Symptom> {
        let (attempt, seq) = (message.attempt.unwrap_or_default(), message.seq.unwrap_or_default());
        if attempt > self.attempt {
            (self.attempt, self.next_seq) = (attempt, 0);
            self.early.clear();
        }
        if seq < self.next_seq || self.early.contains_key(&seq) {
            return Err(Symptom::Repeated(seq));
        }
        if seq > self.next_seq && order == Order::Strict {
            return Err(Symptom::Gap { expected: self.next_seq, came: seq });
        }
        self.early.insert(seq, message);
        while let Some(message) = self.early.remove(&self.next_seq) {
            if message.kind == Kind::SetCode {
                self.text.clear();
            }
            self.text.push_str(message.value.as_deref().unwrap_or_default());
            self.next_seq += 1;
        }
        Ok(())
    }

    /// What is wrong if nothing more comes.
    fn left_out(&self) -> Symptom {
        match (self.early.keys().next(), self.count) {
            (Some(came), _) => Symptom::Gap { expected: self.next_seq, came: *came },
            (None, Some(count)) if count > self.next_seq => Symptom::Gap { expected: self.next_seq, came: count },
            (None, _) => Symptom::Stalled,
        }
    }
}

/// Starts it and waits for its first chunk.
pub(crate) async fn begin(conversation: &mut Conversation, request_id: &str) -> Result<(Seen, String), Symptom> {
    let asked = Instant::now();
    let prompt = "A page with one heading that says hello, and nothing else.";
    conversation
        .send(&json!({
            "action": "generate", "requestId": request_id, "variants": 1, "prompt": {"text": prompt},
            "isImageGenerationEnabled": false,
        }))
        .await;
    let mut seen = Seen::default();
    let patience = Duration::from_millis(DOCTOR_GENERATION_MS_MAX / 3);
    while seen.next_seq == 0 && !seen.has_ended() {
        match conversation.next((asked + patience).saturating_duration_since(Instant::now())).await {
            Heard::Message(message) => {
                if let (Kind::Generation, Some(id)) = (message.kind, &message.generation_id) {
                    seen.id = id.to_string();
                }
                seen.take(*message, Order::Strict)?;
            }
            Heard::Failed(words) => return Err(Symptom::InvocationFailed(words)),
            Heard::Closed(code) => return Err(Symptom::Closed(code)),
            Heard::Nothing if seen.id.is_empty() => return Err(Symptom::NoAnswer),
            Heard::Nothing => return Err(Symptom::NeverBegan),
        }
    }
    let saw = format!("first chunk after {} ms, generation {}", asked.elapsed().as_millis(), seen.id);
    Ok((seen, saw))
}

/// Reads a few chunks more.
pub(crate) async fn order(conversation: &mut Conversation, seen: &mut Seen) -> Result<String, Symptom> {
    while seen.next_seq < SHOWN_BEFORE && !seen.has_ended() {
        hear(conversation, seen, PATIENCE, Order::Strict).await?;
    }
    Ok(format!("{} chunks", seen.next_seq))
}

async fn hear(
    conversation: &mut Conversation,
    seen: &mut Seen,
    patience: Duration,
    order: Order,
) -> Result<(), Symptom> {
    match conversation.next(patience).await {
        Heard::Message(message) => seen.take(*message, order),
        Heard::Failed(words) => Err(Symptom::InvocationFailed(words)),
        Heard::Closed(code) => Err(Symptom::Closed(code)),
        Heard::Nothing => Err(seen.left_out()),
    }
}

/// Goes on with it on another connection, to its end.
pub(crate) async fn resume(conversation: &mut Conversation, seen: &mut Seen) -> Result<String, Symptom> {
    let (before, asked) = (seen.next_seq, Instant::now());
    let mut message = json!({"action": "resume", "generationId": seen.id, "cursors": []});
    if let Some(last) = seen.next_seq.checked_sub(1) {
        message["cursors"] = json!([{"variantIndex": 0, "attempt": seen.attempt, "seq": last}]);
    }
    // What was lost with the other connection may have been its end.
    seen.count = None;
    conversation.send(&message).await;
    let until = asked + Duration::from_millis(DOCTOR_GENERATION_MS_MAX);
    while !seen.is_whole() {
        // Once the end is told, what is missing is on its way or will never come.
        let patience = if seen.done { PATIENCE } else { until.saturating_duration_since(Instant::now()) };
        hear(conversation, seen, patience, Order::Interleaved).await?;
    }
    Ok(format!("{} chunks more, {} bytes in all", seen.next_seq - before, seen.text.len()))
}

/// What HTTP serves is what was shown.
pub(crate) async fn recovery(http: &Http, target: &Target, seen: &Seen) -> Result<String, Symptom> {
    let record = http.expect(&target.below(&format!("api/generations/{}", seen.id))).await?;
    if record["status"] != "completed" {
        return Err(Symptom::Differs(format!("the record's status, {}", record["status"])));
    }
    let page = http.get(&target.below(&format!("api/generations/{}/variants/0", seen.id))).await?;
    if page.status != 200 {
        return Err(Symptom::Status { status: page.status, body: super::http::beginning(&page.text) });
    }
    if page.text == seen.text {
        Ok(format!("{} bytes, the same", page.text.len()))
    } else {
        Err(Symptom::Differs("the page".to_owned()))
    }
}
