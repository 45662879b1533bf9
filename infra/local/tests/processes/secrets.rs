//! Secrets that can be recognised go in; every flow runs in a real process that logs everything; none of them is in what was stored,
//! sent or logged.

use crate::BINARY;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::wire::server::Kind;
use end_to_end::images::png;
use end_to_end::{Client, Http, ended};
use reqwest::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// The provider's key: no part of it is a word, so that any piece of it is found.
const KEY: &str = "sk-proj-Canary7Zq4XvB9tLw2NfK8mRj5HsYd3GcPu6Ea1";
const SCREENSHOT_KEY: &str = "canary-5shotKey9Qw8Er7Ty6Ui5Op4";
/// Sent by a client in the place of the server's own.
const CLIENT_KEY: &str = "sk-canary-of-a-client-3Fh7Jk2Lm9Nb4";
/// What the functions' own requests to the stand-ins of AWS are signed with.
const AWS_SECRET: &str = "local-secret";

/// A provider that repeats the key in everything that it says, in a body and in a header, whole and after a few words of its own.
async fn leak(request: Request) -> Response {
    let key = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("none").to_owned();
    let path = request.uri().path().to_owned();
    let body: Bytes = axum::body::to_bytes(request.into_body(), 1 << 24).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let event = |event: &Value| format!("data: {event}\n\n");
    let chunk =
        |text: &str| event(&json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}));
    let error = json!({"error": {"message": format!("Incorrect API key provided: {key}."), "code": "invalid_api_key"}});
    let stream = |text: String| ([(CONTENT_TYPE, "text/event-stream")], text).into_response();
    if !path.ends_with("/chat/completions") {
        return (StatusCode::BAD_GATEWAY, [("x-key", key.clone())], format!("no picture for {key}")).into_response();
    }
    match body["model"].as_str().unwrap_or_default() {
        "refuses" => (StatusCode::UNAUTHORIZED, [("x-key", key.clone())], error.to_string()).into_response(),
        "rejects" => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
        "breaks" => stream(chunk("<!DOCTYPE html><html><body>some text ") + &event(&error)),
        _ => {
            let finished = event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
            let page = chunk("<!DOCTYPE html><html><head><title>t</title></head><body>")
                + &chunk("<p>whole</p></body></html>")
                + &finished
                + "data: [DONE]\n\n";
            stream(page)
        }
    }
}

async fn provider() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(leak)).await });
    address
}

/// Everything below a folder, by path.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap_or_default()));
        }
    }
}

/// Every flow; returns what was sent to clients, and the signature of a presigned URL. The answer that hands out the URL is the one
/// that may hold it.
async fn run_everything(public: SocketAddr) -> (Vec<(String, String)>, String) {
    let http = Http::to(public);
    let mut sent = Vec::new();
    let mut client = Client::connect(public).await;
    let params = json!({
        "prompt": {"text": "a page"}, "variants": 4, "models": ["works", "refuses", "rejects", "breaks"],
        "openAiApiKey": CLIENT_KEY, "openAiBaseURL": "http://127.0.0.1:9/v1", "screenshotOneApiKey": CLIENT_KEY,
    });
    let id = client.generate(&params).await;
    client.until_done().await;
    client.send(&json!({"action": "resume", "generationId": id})).await;
    client.until_done().await;
    client.send(&json!({"action": "generate", "openAiApiKey": CLIENT_KEY, "prompt": {}})).await;
    client.until(|message| message.kind == Kind::Error).await;
    sent.push(("the socket".to_owned(), serde_json::to_string(&client.heard).unwrap()));

    let (_, permit) = http.post("/api/uploads", &json!({"contentType": "image/png", "bytes": 5}), &[]).await;
    let url = permit["data"]["url"].as_str().unwrap();
    let signature = url.split("X-Amz-Signature=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert_eq!(http.put(url, &[("content-type", "image/png")], b"wrong".to_vec()).await, 403, "without its condition");
    let image = http.upload("image/png", png(3, 2, false)).await;
    let with_image = json!({"prompt": {"text": "a", "images": [image]}, "models": ["works"], "variants": 1});
    let (_, accepted) =
        http.post("/api/generations", &with_image, &[("authorization", &format!("Bearer {CLIENT_KEY}"))]).await;
    let second = accepted["data"]["id"].as_str().unwrap().to_owned();
    ended(&http, &second).await;
    sent.push(("accepted".to_owned(), accepted.to_string()));
    let code = json!({"code": "<p>a</p><img src=\"https://images.invalid/a.png\">", "apiKey": CLIENT_KEY});
    for (path, body) in [
        ("/api/screenshot", json!({"url": "https://example.com/", "apiKey": CLIENT_KEY})),
        ("/api/export", code),
        ("/api/generations", json!({"prompt": {"text": ""}, "openAiApiKey": CLIENT_KEY})),
        ("/api/design-systems", json!({"name": "Blue", "content": "# Blue"})),
        ("/nowhere", json!({"openAiApiKey": CLIENT_KEY})),
    ] {
        let answer = http.post_raw(path, &body).await;
        let (status, headers) = (answer.status(), format!("{:?}", answer.headers()));
        let bytes = answer.bytes().await.unwrap();
        sent.push((path.to_owned(), format!("{status} {headers} {}", String::from_utf8_lossy(&bytes))));
    }
    for path in [
        "/",
        "/api/config",
        "/api/models",
        "/api/capabilities",
        "/api/generations",
        "/api/design-systems",
        "/health",
        &format!("/api/generations/{id}"),
        &format!("/api/generations/{second}"),
        &format!("/api/generations/{id}/variants/0"),
        &format!("/api/generations/{id}/variants/3/chunks"),
        &format!("/?token={CLIENT_KEY}"),
    ] {
        let (status, text) = http.get_text(path).await;
        sent.push((path.to_owned(), format!("{status} {text}")));
    }
    let (status, _) = http.send(Method::DELETE, &format!("/api/generations/{second}"), &Value::Null).await;
    assert_eq!(status, 204);
    (sent, signature)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_stored_sent_or_logged_whatever_happens() {
    let (data, logs, provider) = (TempDir::new().unwrap(), TempDir::new().unwrap(), provider().await);
    let log = logs.path().join("stderr");
    let mut child = Command::new(BINARY)
        .args(["--port", "0", "--aws-limits", "--data"])
        .arg(data.path())
        .current_dir(data.path())
        .env("LOG", "trace")
        .env("OPENAI_API_KEY", KEY)
        .env("OPENAI_BASE_URL", format!("http://{provider}/v1"))
        .env("MODELS", "works")
        .env("MODELS_ALLOWED", "works,refuses,rejects,breaks")
        .env("IMAGE_MODEL", "draws")
        .env("SCREENSHOT_API_KEY", SCREENSHOT_KEY)
        .env("SCREENSHOT_URL", format!("http://{provider}/shot?url={{url}}&key={{key}}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = String::new();
    while !printed.contains("Ctrl-C") {
        printed.push_str(&lines.next_line().await.unwrap().expect("it says where it is"));
    }
    let public = printed.split("Quartet is at http://").nth(1).unwrap();
    let public: SocketAddr = public.split_whitespace().next().unwrap().parse().unwrap();
    let (sent, signature) = run_everything(public).await;
    let interrupted = Command::new("kill").args(["-INT", &child.id().unwrap().to_string()]).status().await.unwrap();
    assert!(interrupted.success());
    while let Some(line) = lines.next_line().await.unwrap() {
        printed.push_str(&line);
    }
    child.wait().await.unwrap();

    let mut places: Vec<(String, Vec<u8>)> = sent.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    places.push(("standard output".to_owned(), printed.into_bytes()));
    files(logs.path(), &mut places);
    files(data.path(), &mut places);
    let logged = places.iter().find(|(name, _)| name.ends_with("stderr")).map(|(_, text)| text.len()).unwrap();
    assert!(logged > 10_000, "everything is logged: {logged} bytes");
    assert!(places.len() > 30, "there is something to search: {}", places.len());
    let mut found = Vec::new();
    for secret in [KEY, &KEY[8..28], SCREENSHOT_KEY, CLIENT_KEY, AWS_SECRET, &signature] {
        for (name, content) in &places {
            if content.windows(secret.len()).any(|window| window == secret.as_bytes()) {
                found.push(format!("{secret} is in {name}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
