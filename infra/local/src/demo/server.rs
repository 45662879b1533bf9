use super::answer::{answer, without_rest_turns};
use super::behaviour::Behaviour;
use super::page::page;
use super::servers::Guise;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::image::inspect;
use domain::image::source::{Source, data_url, decode};
use futures_util::stream::{self, Stream, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Deltas of a page unless the name says otherwise.
const DELTA_CHARACTERS: usize = 48;
/// Frames of an answer that is cut without saying where.
const CUT_AFTER: usize = 4;
/// The page's size unless the name says otherwise.
const PAGE_BYTES: usize = 4_000;

/// What the demo draws: 48 x 32 pixels.
const PICTURE: &[u8] = include_bytes!("picture.png");

#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) role: String,
    pub(super) content: Value,
}

#[derive(Deserialize)]
struct Request {
    model: String,
    messages: Vec<Message>,
}

/// How often each model was asked each prompt; two behaviours differ by it.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<HashMap<(String, String), u32>>>);

impl Asked {
    fn times_before(&self, model: &str, prompt: &str) -> u32 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((model.to_owned(), prompt.to_owned())).or_default();
        *count += 1;
        *count - 1
    }
}

/// The demo's routes, below [`super::BASE`].
pub fn router() -> Router {
    Router::new()
        .route("/chat/completions", post(complete))
        .route("/images/generations", post(draw))
        .route("/models", get(models))
        .with_state(Asked::default())
}

#[derive(Deserialize)]
struct PictureRequest {
    model: String,
    prompt: String,
}

/// A small picture, the same for every prompt; a model's name with a status fails as it does for a page.
async fn draw(Json(request): Json<PictureRequest>) -> Response {
    if let Behaviour::Status(code) = Behaviour::of(&request.model) {
        return status(code);
    }
    let url = data_url("image/png", PICTURE);
    let file = url.split_once(',').map_or("", |(_, file)| file);
    let usage = json!({"input_tokens": request.prompt.len().div_ceil(4), "output_tokens": 4_160});
    Json(json!({"created": 0, "data": [{"b64_json": file}], "usage": usage})).into_response()
}

async fn models() -> Json<Value> {
    let data: Vec<Value> = super::line_up().iter().map(|id| json!({"id": id, "object": "model"})).collect();
    Json(json!({"object": "list", "data": data}))
}

async fn complete(State(asked): State<Asked>, Json(request): Json<Request>) -> Response {
    let (messages, so_far) = without_rest_turns(&request.messages);
    let prompt = with_images(prompt_of(messages), &images_of(messages));
    if let Some(guise) = Guise::of(&request.model) {
        return guise.answer(&request.model, &page(&request.model, &prompt, PAGE_BYTES));
    }
    let behaviour = Behaviour::of(&request.model);
    let before = asked.times_before(&request.model, &prompt);
    match &behaviour {
        Behaviour::Status(code) => return status(*code),
        Behaviour::CutThen(code) if before > 0 => return status(*code),
        Behaviour::Quota => {
            return refused(StatusCode::TOO_MANY_REQUESTS, "insufficient_quota", "You exceeded your quota.");
        }
        Behaviour::BusyOnce if before == 0 => {
            let mut busy = refused(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "Slow down.");
            busy.headers_mut().insert("retry-after-ms", header::HeaderValue::from_static("20"));
            return busy;
        }
        Behaviour::Page
        | Behaviour::Slow
        | Behaviour::Paced { .. }
        | Behaviour::Stall
        | Behaviour::Cut(_)
        | Behaviour::CutOnce(_)
        | Behaviour::CutThen(_)
        | Behaviour::ErrorInStream
        | Behaviour::BusyOnce
        | Behaviour::UnknownEvent
        | Behaviour::Split
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
    let frames = frames(&request.model, &prompt, &behaviour, so_far.as_deref(), before);
    let body = Body::from_stream(paced(frames, behaviour.pace()));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"error": {"message": message, "type": code, "code": code}}))).into_response()
}

fn status(code: u16) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    refused(status, "demo", &format!("The demo model was asked to answer {code}."))
}

/// The last thing that the person said.
fn prompt_of(messages: &[Message]) -> String {
    let last = messages.iter().rev().find(|message| message.role == "user").map(|message| &message.content);
    let text = match last {
        Some(Value::String(text)) => text.as_str(),
        Some(Value::Array(parts)) => parts.iter().find_map(|part| part["text"].as_str()).unwrap_or_default(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => "",
    };
    domain::prompt::wish_in(text).to_owned()
}

fn with_images(prompt: String, images: &[String]) -> String {
    match images.len() {
        0 => prompt,
        1 => format!("1 image: {}. {prompt}", images[0]),
        count => format!("{count} images: {}. {prompt}", images.join(", ")),
    }
}

/// What a model with eyes would see: the size of every image, in order.
fn images_of(messages: &[Message]) -> Vec<String> {
    let parts = messages.iter().filter_map(|message| message.content.as_array()).flatten();
    parts
        .filter_map(|part| part["image_url"]["url"].as_str())
        .map(|url| {
            let bytes = match Source::of(url) {
                Some(Source::Inline(data)) => decode(data).ok(),
                Some(Source::Object(_) | Source::Upload(_)) | None => None,
            };
            let picture = bytes.and_then(|bytes| inspect(&bytes).ok());
            picture.map_or_else(|| "unreadable".to_owned(), |picture| format!("{}x{}", picture.width, picture.height))
        })
        .collect()
}

/// A frame of the answer, or a way to break off.
enum Frame {
    Bytes(Vec<u8>),
    Cut,
    Silence,
}

fn frames(model: &str, prompt: &str, behaviour: &Behaviour, so_far: Option<&str>, before: u32) -> Vec<Frame> {
    let whole = page(model, prompt, if let Behaviour::Paced { bytes, .. } = behaviour { *bytes } else { PAGE_BYTES });
    let (text, finish) = answer(behaviour, whole, so_far);
    let field = if *behaviour == Behaviour::Refusal { "refusal" } else { "content" };
    let count = if let Behaviour::Paced { deltas, .. } = behaviour {
        *deltas
    } else {
        text.chars().count().div_ceil(DELTA_CHARACTERS)
    };
    let mut frames: Vec<Frame> =
        deltas(&text, count).map(|delta| chunk(model, &json!({field: delta}), None)).map(Frame::Bytes).collect();
    frames.push(Frame::Bytes(chunk(model, &json!({}), Some(finish))));
    if *behaviour != Behaviour::NoUsage {
        let usage =
            json!({"prompt_tokens": prompt.len().div_ceil(4) + 200, "completion_tokens": text.len().div_ceil(4)});
        frames.push(Frame::Bytes(data(&json!({"model": model, "choices": [], "usage": usage}))));
    }
    frames.push(Frame::Bytes(b"data: [DONE]\n\n".to_vec()));
    misbehave(frames, behaviour, before)
}

fn misbehave(mut frames: Vec<Frame>, behaviour: &Behaviour, before: u32) -> Vec<Frame> {
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
            frames.push(Frame::Bytes(data(&json!({"error": {"message": "The demo model was asked to fail."}}))));
        }
        Behaviour::UnknownEvent => {
            frames.insert(2, Frame::Bytes(b": keep-alive\n\nevent: novelty\ndata: {\"choices\": 7}\n\n".to_vec()));
        }
        Behaviour::Split => {
            let bytes = frames.into_iter().flat_map(|frame| match frame {
                Frame::Bytes(bytes) => bytes,
                Frame::Cut | Frame::Silence => Vec::new(),
            });
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

fn data(value: &Value) -> Vec<u8> {
    format!("data: {value}\n\n").into_bytes()
}

fn paced(frames: Vec<Frame>, every: Duration) -> impl Stream<Item = io::Result<Bytes>> {
    // Against a clock and not from frame to frame, so that the pace does not depend on how long a send takes.
    let start = tokio::time::Instant::now();
    stream::iter((0_u32..).zip(frames)).then(move |(number, frame)| async move {
        if every > Duration::ZERO {
            tokio::time::sleep_until(start + every * number).await;
        }
        match frame {
            Frame::Bytes(bytes) => Ok(Bytes::from(bytes)),
            Frame::Cut => Err(io::Error::other("the demo model was asked to cut the connection")),
            Frame::Silence => std::future::pending().await,
        }
    })
}
