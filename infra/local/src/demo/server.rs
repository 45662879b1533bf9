use super::answer::without_rest_turns;
use super::behaviour::Behaviour;
use super::frames::{frames, paced};
use super::page::page;
use super::servers::Guise;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::image::inspect;
use domain::image::source::{Source, data_url, decode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The page's size unless the name says otherwise.
pub(super) const PAGE_BYTES: usize = 4_000;

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
    let body = Body::from_stream(paced(&request.model, frames, behaviour.pace()));
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
