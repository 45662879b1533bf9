use crate::View;
use domain::wire::server::ServerMessage;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// HTTP to a stack.
pub struct Http {
    client: reqwest::Client,
    /// For what is not the stack: a bearer's token is not for everybody.
    elsewhere: reqwest::Client,
    base: String,
}

impl Http {
    /// To the stack at this address.
    #[must_use]
    pub fn to(address: SocketAddr) -> Self {
        Self::to_url(&format!("http://{address}"))
    }

    /// To the stack whose page is at this URL.
    #[must_use]
    pub fn to_url(url: &str) -> Self {
        // The client wants a TLS provider for plain HTTP, too, once a process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::new();
        Self { elsewhere: client.clone(), client, base: url.trim_end_matches('/').to_owned() }
    }

    /// The same, as somebody who shows a token to the stack with every request.
    #[must_use]
    pub fn bearing(self, token: &str) -> Self {
        let value = format!("Bearer {token}").parse().unwrap();
        let headers = [(reqwest::header::AUTHORIZATION, value)].into_iter().collect();
        Self { client: reqwest::Client::builder().default_headers(headers).build().unwrap(), ..self }
    }

    /// A GET's status and text.
    pub async fn get_text(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// A GET's status and JSON.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        let (status, text) = self.get_text(path).await;
        (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}")))
    }

    /// A POST's status and JSON, with more headers.
    pub async fn post(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> (u16, Value) {
        let mut request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .body(body.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// A POST's status, where the answer is empty.
    pub async fn post_status(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> u16 {
        let mut request = self.client.post(format!("{}{path}", self.base)).body(body.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// Any method's status and body.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// A GET's whole answer.
    pub async fn get_raw(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    /// A POST's whole answer.
    pub async fn post_raw(&self, path: &str, body: &Value) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("content-type", "application/json");
        request.body(body.to_string()).send().await.unwrap()
    }

    /// A PUT of bytes to any address; its status.
    pub async fn put(&self, url: &str, headers: &[(&str, &str)], bytes: Vec<u8>) -> u16 {
        let mut request = self.elsewhere.put(url).body(bytes);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// Uploads a file as a page does; returns the reference for a message.
    pub async fn upload(&self, content_type: &str, bytes: Vec<u8>) -> String {
        let (status, answer) =
            self.post("/api/uploads", &json!({"contentType": content_type, "bytes": bytes.len()}), &[]).await;
        assert_eq!(status, 201, "{answer}");
        let permit = &answer["data"];
        let headers: Vec<(&str, &str)> = permit["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect();
        assert_eq!(self.put(permit["url"].as_str().unwrap(), &headers, bytes).await, 200);
        permit["reference"].as_str().unwrap().to_owned()
    }

    /// Any request and its whole answer.
    pub async fn exchange(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Response {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        request.send().await.unwrap()
    }

    /// A request with another method, and its answer's status and headers.
    pub async fn ask(&self, method: &str, url: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap) {
        let mut request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.headers().clone())
    }

    /// What a browser asks before it sends a request to another origin.
    pub async fn options(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.request(Method::OPTIONS, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// The record of a generation.
    pub async fn generation(&self, id: &str) -> Value {
        let (status, body) = self.get(&format!("/api/generations/{id}")).await;
        assert_eq!(status, 200, "{body}");
        body["data"].clone()
    }

    /// A variant's page.
    pub async fn page(&self, id: &str, variant: u8) -> String {
        let (status, text) = self.get_text(&format!("/api/generations/{id}/variants/{variant}")).await;
        assert_eq!(status, 200, "{text}");
        text
    }
}

/// Waits until every variant of a generation has ended, and returns its record.
pub async fn ended(http: &Http, id: &str) -> Value {
    for _ in 0..600 {
        let data = http.generation(id).await;
        if data["status"] != "running" {
            return data;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("generation {id} has not ended within a minute")
}

/// All chunks of an attempt that are stored, put together.
pub async fn stored_text(http: &Http, id: &str, variant: u8, attempt: u32) -> String {
    let (mut text, mut after) = (String::new(), String::new());
    loop {
        let path = format!("/api/generations/{id}/variants/{variant}/chunks?attempt={attempt}{after}");
        let (status, body) = http.get(&path).await;
        assert_eq!(status, 200, "{body}");
        let chunks = body["data"]["chunks"].as_array().unwrap();
        for chunk in chunks {
            if chunk["type"] == "setCode" {
                text.clear();
            }
            text.push_str(chunk["value"].as_str().unwrap());
        }
        match chunks.last() {
            Some(last) => after = format!("&after={}", last["seq"]),
            None => return text,
        }
    }
}

/// Point 2 of the promise over HTTP: every character that a browser has been shown is stored.
///
/// # Errors
/// Says which variant's text was shown and is not stored.
pub async fn shown_is_stored(http: &Http, id: &str, heard: &[ServerMessage]) -> Result<(), String> {
    for (variant, view) in View::of(heard, false) {
        let attempt = view.attempt();
        if attempt > 0 && !stored_text(http, id, variant, attempt).await.starts_with(&view.text()) {
            return Err(format!("shown and lost: variant {variant} of {id}, attempt {attempt}"));
        }
    }
    Ok(())
}
