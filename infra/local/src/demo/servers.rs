//! The demo model in the guise of other OpenAI-compatible servers: what they stream and how they refuse differs, as their
//! documentation and their users' reports show. `like-<server>` answers with a page, `like-<server>-missing` does not know
//! the model, `like-<server>-refused` refuses for another reason, `like-<server>-broken` fails in the middle. What follows
//! a slash in the name changes nothing: `demo-like-openrouter/vendor/model:free`.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};
use std::io;

mod stream_shapes;

/// A server that is imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    OpenAi,
    Ollama,
    Vllm,
    LiteLlm,
    OpenRouter,
    Azure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Page,
    Missing,
    Refused,
    Broken,
}

/// A server and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guise {
    server: Server,
    case: Case,
}

impl Guise {
    /// The guise that a model's name asks for, if it asks for one.
    pub(super) fn of(model: &str) -> Option<Self> {
        let name = model.strip_prefix("demo-").unwrap_or(model).split('/').next()?.strip_prefix("like-")?;
        let (server, case) = name.split_once('-').unwrap_or((name, "page"));
        let server = match server {
            "openai" => Server::OpenAi,
            "ollama" => Server::Ollama,
            "vllm" => Server::Vllm,
            "litellm" => Server::LiteLlm,
            "openrouter" => Server::OpenRouter,
            "azure" => Server::Azure,
            _ => return None,
        };
        let case = match case {
            "page" => Case::Page,
            "missing" => Case::Missing,
            "refused" => Case::Refused,
            "broken" => Case::Broken,
            _ => return None,
        };
        Some(Self { server, case })
    }

    /// The answer: a stream, or a refusal.
    pub(super) fn answer(self, model: &str, text: &str) -> Response {
        let frames = match self.case {
            Case::Page => stream_shapes::page(self.server, model, text),
            Case::Broken => stream_shapes::broken(self.server, model, text),
            Case::Missing => return refusal(missing(self.server, model)),
            Case::Refused => return refusal(refused(self.server)),
        };
        let body =
            Body::from_stream(stream::iter(frames.into_iter().map(|frame| Ok::<_, io::Error>(Bytes::from(frame)))));
        ([(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")], body).into_response()
    }
}

fn refusal((status, body): (StatusCode, Value)) -> Response {
    let mut answer = (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1140"));
    }
    answer
}

/// How a server says that it does not know the model.
fn missing(server: Server, model: &str) -> (StatusCode, Value) {
    let not_found = StatusCode::NOT_FOUND;
    match server {
        Server::OpenAi => {
            let message = format!("The model `{model}` does not exist or you do not have access to it.");
            (not_found, error(&message, "invalid_request_error", &json!("model_not_found")))
        }
        Server::Ollama => {
            let message = format!("model \"{model}\" not found, try pulling it first");
            (not_found, error(&message, "api_error", &Value::Null))
        }
        Server::Vllm => {
            let message = format!("The model `{model}` does not exist.");
            (
                not_found,
                json!({"object": "error", "message": message, "type": "NotFoundError", "param": null, "code": 404}),
            )
        }
        Server::LiteLlm => {
            let message = format!("/chat/completions: Invalid model name passed in model={model}.");
            (StatusCode::BAD_REQUEST, error(&message, "None", &json!("400")))
        }
        Server::OpenRouter => {
            (not_found, json!({"error": {"message": format!("No endpoints found for {model}."), "code": 404}}))
        }
        Server::Azure => {
            let message = "The API deployment for this resource does not exist.";
            (not_found, json!({"error": {"code": "DeploymentNotFound", "message": message}}))
        }
    }
}

/// A refusal that another attempt would get as well, each server's most usual one.
fn refused(server: Server) -> (StatusCode, Value) {
    let bad = StatusCode::BAD_REQUEST;
    match server {
        Server::OpenAi => {
            let message = "Rate limit reached for organization org-demo on requests per day.";
            (StatusCode::TOO_MANY_REQUESTS, error(message, "requests", &json!("rate_limit_exceeded")))
        }
        Server::Ollama => (bad, json!({"error": "this model does not support images"})),
        Server::Vllm => {
            let message = "This model's maximum context length is 8192 tokens. However, you requested 20210 tokens.";
            (bad, json!({"object": "error", "message": message, "type": "BadRequestError", "param": null, "code": 400}))
        }
        Server::LiteLlm => {
            let message = "Authentication Error, Invalid proxy server token passed. Received API Key = sk-...demo.";
            (StatusCode::UNAUTHORIZED, error(message, "auth_error", &json!("401")))
        }
        Server::OpenRouter => (
            StatusCode::PAYMENT_REQUIRED,
            json!({"error": {"message": "Insufficient credits. Add more.", "code": 402}}),
        ),
        Server::Azure => {
            let message = "The response was filtered due to the prompt triggering the content management policy.";
            (
                bad,
                json!({"error": {
                    "message": message, "type": null, "param": "prompt", "code": "content_filter", "status": 400,
                    "innererror": {"code": "ResponsibleAIPolicyViolation"},
                }}),
            )
        }
    }
}

fn error(message: &str, kind: &str, code: &Value) -> Value {
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}
