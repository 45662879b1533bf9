//! A provider whose model writes what a test wants, when the test wants it, and which remembers what it was asked.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Its models, in their order.
pub const MODELS: [&str; 4] = ["model-a", "model-b", "model-c", "model-d"];
/// The first half of a page that is written in two.
pub const FIRST_HALF: &str = "<!DOCTYPE html><html><head><title>Halves</title></head><body><h1>The first half</h1>\n";
/// And the second one.
pub const SECOND_HALF: &str = "<p>The second half</p></body></html>";

/// What each of them counts.
pub const INPUT_TOKENS: u32 = 1_000;
/// See [`INPUT_TOKENS`].
pub const OUTPUT_TOKENS: u32 = 500;

/// Between two parts of a page.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Default)]
struct Script {
    page: (String, Vec<String>),
    refusals: usize,
    asked: Vec<Value>,
}

/// An OpenAI-compatible server. It ends with the test.
pub struct Scripted {
    base: String,
    script: Arc<Mutex<Script>>,
    gate: watch::Sender<bool>,
    _serving: JoinSet<()>,
}

#[derive(Clone)]
struct Model {
    script: Arc<Mutex<Script>>,
    gate: watch::Receiver<bool>,
}

impl Scripted {
    /// Starts it; it writes an empty page so far.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let (gate, opened) = watch::channel(false);
        let script = Arc::<Mutex<Script>>::default();
        let model = Model { script: script.clone(), gate: opened };
        let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(model);
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, script, gate, _serving: serving }
    }

    /// The variables of a stack that asks it.
    pub fn environment(&self) -> [(&str, &str); 3] {
        [
            ("OPENAI_BASE_URL", &self.base),
            ("OPENAI_API_KEY", "sk-a-secret"),
            ("MODELS", "model-a,model-b,model-c,model-d"),
        ]
    }

    /// Writes this from now on.
    pub fn write(&self, page: &str) {
        self.script.lock().unwrap().page = (page.to_owned(), Vec::new());
    }

    /// Writes the first half of a page from now on, and the second half once it is let go on.
    pub fn write_half(&self) {
        self.write_in_two(FIRST_HALF, SECOND_HALF);
    }

    /// Writes the first of these from now on, and the second once it is let go on.
    pub fn write_in_two(&self, first: &str, second: &str) {
        self.write_in_parts(first, vec![second.to_owned()]);
    }

    /// Writes the first of these from now on, and the others one after the other once it is let go on, ten a second.
    pub fn write_in_parts(&self, first: &str, others: Vec<String>) {
        self.script.lock().unwrap().page = (first.to_owned(), others);
    }

    /// Writes the rest of every page that was begun.
    pub fn go_on(&self) {
        self.gate.send_replace(true);
    }

    /// Refuses the key so many times.
    pub fn refuse(&self, times: usize) {
        self.script.lock().unwrap().refusals = times;
    }

    /// The bodies of all requests so far.
    pub fn asked(&self) -> Vec<Value> {
        self.script.lock().unwrap().asked.clone()
    }
}

async fn answer(State(Model { script, gate }): State<Model>, body: String) -> Response {
    let (first, others) = {
        let mut script = script.lock().unwrap();
        script.asked.push(serde_json::from_str(&body).unwrap());
        if script.refusals > 0 {
            script.refusals -= 1;
            let error = json!({"error": {"message": "Incorrect API key provided.", "code": "invalid_api_key"}});
            return (StatusCode::UNAUTHORIZED, error.to_string()).into_response();
        }
        script.page.clone()
    };
    let end = json!({
        "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": INPUT_TOKENS, "completion_tokens": OUTPUT_TOKENS},
    });
    let others = stream::iter(others.into_iter().enumerate()).then(move |(index, part)| {
        let mut gate = gate.clone();
        async move {
            if index > 0 {
                sleep(PAUSE).await;
            }
            // A test that ends without letting it go on takes the gate with it.
            let _ = gate.wait_for(|is_open| *is_open).await;
            delta(&part)
        }
    });
    let end = stream::once(async move { format!("data: {end}\n\ndata: [DONE]\n\n") });
    let all = stream::once(async move { delta(&first) }).chain(others).chain(end);
    let body = all.map(|text| Ok::<_, Infallible>(Bytes::from(text)));
    ([("content-type", "text/event-stream")], Body::from_stream(body)).into_response()
}

fn delta(text: &str) -> String {
    format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"content": text}}]}))
}
