//! A provider and a screenshot service that write down what they were asked.

use axum::Router;
use axum::http::{Uri, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Ends with the test.
pub struct Recorder {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Value>>>,
    _server: JoinSet<()>,
}

impl Recorder {
    /// Answers every question with this page, and every wish for a screenshot with one.
    pub async fn start(page: &str) -> Self {
        let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
        let answer = sse(page);
        let (questions, pictures) = (asked.clone(), asked.clone());
        let complete = move |axum::Json(body): axum::Json<Value>| {
            questions.lock().unwrap().push(body);
            async move { ([(header::CONTENT_TYPE, "text/event-stream")], answer) }
        };
        let take = move |uri: Uri| {
            pictures.lock().unwrap().push(json!(uri.query()));
            async { ([(header::CONTENT_TYPE, "image/png")], b"\x89PNG\r\n\x1a\n".to_vec()).into_response() }
        };
        let router = Router::new().route("/v1/chat/completions", post(complete)).route("/take", get(take));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, asked, _server: server }
    }

    /// What it was asked since the last call.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// As an OpenAI-compatible server streams it.
fn sse(page: &str) -> String {
    let text = json!({"choices": [{"index": 0, "delta": {"content": page}, "finish_reason": null}]});
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    format!("data: {text}\n\ndata: {end}\n\ndata: [DONE]\n\n")
}
