//! The demo's answer as it goes over the wire: frames, each at its time.

use super::answer::answer;
use super::behaviour::Behaviour;
use super::page::page;
use super::server::PAGE_BYTES;
use axum::body::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Deltas of a page unless the name says otherwise.
const DELTA_CHARACTERS: usize = 48;
/// Frames of an answer that is cut without saying where.
const CUT_AFTER: usize = 4;

/// A frame of the answer, or a way to break off. Frames are written out when their time comes, so that hundreds of answers
/// can begin at once.
pub(super) enum Frame {
    /// The model's words, in this field.
    Words(&'static str, String),
    /// The end of its words.
    Finish(&'static str),
    Data(Value),
    Bytes(Vec<u8>),
    Cut,
    Silence,
}

impl Frame {
    /// As it goes over the wire; none for a way to break off.
    fn bytes(self, model: &str) -> Option<Vec<u8>> {
        match self {
            Self::Words(field, words) => Some(words_frame(model, field, &words)),
            Self::Finish(reason) => Some(chunk(model, &json!({}), Some(reason))),
            Self::Data(value) => Some(data(&value)),
            Self::Bytes(bytes) => Some(bytes),
            Self::Cut | Self::Silence => None,
        }
    }
}

pub(super) fn frames(
    model: &str,
    prompt: &str,
    behaviour: &Behaviour,
    so_far: Option<&str>,
    before: u32,
) -> Vec<Frame> {
    let whole = page(model, prompt, if let Behaviour::Paced { bytes, .. } = behaviour { *bytes } else { PAGE_BYTES });
    let (text, finish) = answer(behaviour, whole, so_far);
    let field = if *behaviour == Behaviour::Refusal { "refusal" } else { "content" };
    let count = if let Behaviour::Paced { deltas, .. } = behaviour {
        *deltas
    } else {
        text.chars().count().div_ceil(DELTA_CHARACTERS)
    };
    let mut frames: Vec<Frame> = deltas(&text, count).map(|delta| Frame::Words(field, delta.to_owned())).collect();
    frames.push(Frame::Finish(finish));
    if *behaviour != Behaviour::NoUsage {
        let usage =
            json!({"prompt_tokens": prompt.len().div_ceil(4) + 200, "completion_tokens": text.len().div_ceil(4)});
        frames.push(Frame::Data(json!({"model": model, "choices": [], "usage": usage})));
    }
    frames.push(Frame::Bytes(b"data: [DONE]\n\n".to_vec()));
    misbehave(model, frames, behaviour, before)
}

fn misbehave(model: &str, mut frames: Vec<Frame>, behaviour: &Behaviour, before: u32) -> Vec<Frame> {
    match behaviour {
        Behaviour::Cut(count) => {
            frames.truncate(*count);
            frames.push(Frame::Cut);
        }
        Behaviour::CutOnce(count) if before == 0 => {
            frames.truncate(*count);
            frames.push(Frame::Cut);
        }
        Behaviour::CutThen(_) => {
            frames.truncate(CUT_AFTER);
            frames.push(Frame::Cut);
        }
        Behaviour::Stall => {
            frames.truncate(5);
            frames.push(Frame::Silence);
        }
        Behaviour::ErrorInStream => {
            frames.truncate(5);
            frames.push(Frame::Data(json!({"error": {"message": "The demo model was asked to fail."}})));
        }
        Behaviour::UnknownEvent => {
            frames.insert(2, Frame::Bytes(b": keep-alive\n\nevent: novelty\ndata: {\"choices\": 7}\n\n".to_vec()));
        }
        Behaviour::Split => {
            let bytes = frames.into_iter().filter_map(|frame| frame.bytes(model)).flatten();
            return bytes.map(|byte| Frame::Bytes(vec![byte])).collect();
        }
        Behaviour::Page
        | Behaviour::Slow
        | Behaviour::Paced { .. }
        | Behaviour::CutOnce(_)
        | Behaviour::Status(_)
        | Behaviour::BusyOnce
        | Behaviour::Quota
        | Behaviour::Length
        | Behaviour::LengthParts(_)
        | Behaviour::LengthRepeat
        | Behaviour::LengthAgain
        | Behaviour::Refusal
        | Behaviour::Sorry
        | Behaviour::Component
        | Behaviour::Filter
        | Behaviour::Empty
        | Behaviour::Prose
        | Behaviour::NoPage
        | Behaviour::NoUsage
        | Behaviour::Pictures => {}
    }
    frames
}

/// The text in `count` pieces of nearly the same length.
fn deltas(text: &str, count: usize) -> impl Iterator<Item = &str> {
    let count = count.max(1);
    let mut from = 0;
    (1..=count).filter_map(move |number| {
        let mut until = text.len() * number / count;
        while !text.is_char_boundary(until) {
            until += 1;
        }
        let piece = &text[from..until];
        from = until;
        (!piece.is_empty()).then_some(piece)
    })
}

fn chunk(model: &str, delta: &Value, finish_reason: Option<&str>) -> Vec<u8> {
    data(&json!({
        "id": "chatcmpl-demo", "object": "chat.completion.chunk", "model": model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }))
}

/// As [`chunk`] has it, without a tree for each of a thousand words.
fn words_frame(model: &str, field: &str, words: &str) -> Vec<u8> {
    format!(
        "data: {{\"choices\":[{{\"delta\":{{\"{field}\":{}}},\"finish_reason\":null,\"index\":0}}],\
         \"id\":\"chatcmpl-demo\",\"model\":{},\"object\":\"chat.completion.chunk\"}}\n\n",
        Value::from(words),
        Value::from(model)
    )
    .into_bytes()
}

fn data(value: &Value) -> Vec<u8> {
    format!("data: {value}\n\n").into_bytes()
}

pub(super) fn paced(model: &str, frames: Vec<Frame>, every: Duration) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    // Against a clock and not from frame to frame, so that the pace does not depend on how long a send takes.
    let (start, model) = (tokio::time::Instant::now(), Arc::<str>::from(model));
    stream::iter((0_u32..).zip(frames)).then(move |(number, frame)| {
        let model = Arc::clone(&model);
        async move {
            if every > Duration::ZERO {
                tokio::time::sleep_until(start + every * number).await;
            }
            match frame {
                Frame::Cut => Err(io::Error::other("the demo model was asked to cut the connection")),
                Frame::Silence => std::future::pending().await,
                frame @ (Frame::Words(..) | Frame::Finish(_) | Frame::Data(_) | Frame::Bytes(_)) => {
                    Ok(Bytes::from(frame.bytes(&model).unwrap_or_default()))
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_as_any_other_frame() {
        for words in ["<p>", "a \"quoted\" line\n\u{1f600}", ""] {
            let whole = chunk("a \"model\"", &json!({"content": words}), None);
            assert_eq!(words_frame("a \"model\"", "content", words), whole);
        }
    }
}
