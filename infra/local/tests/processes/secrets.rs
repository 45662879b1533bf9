//! Secrets that can be recognised go in; every flow runs in a real process that logs everything; none of them is in what was stored,
//! sent or logged.

#[path = "leak.rs"]
mod leak;
#[path = "searched.rs"]
mod searched;

use api::Route;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::wire::server::Kind;
use end_to_end::images::png;
use end_to_end::{Client, Http, ended};
use leak::provider;
use reqwest::Method;
use ring::hmac;
use searched::{Found, Process};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The provider's key: no part of it is a word, so that any piece of it is found.
const KEY: &str = "sk-proj-Canary7Zq4XvB9tLw2NfK8mRj5HsYd3GcPu6Ea1";
const SCREENSHOT_KEY: &str = "canary-5shotKey9Qw8Er7Ty6Ui5Op4";
/// Sent by a client in the place of the server's own.
const CLIENT_KEY: &str = "sk-canary-of-a-client-3Fh7Jk2Lm9Nb4";
/// Who asks, and what the server knows of it: `printf %s "$token" | sha256sum`.
const TOKEN: &str = "canary-of-alice-8Rn3Vx6Tq1Zc9Wb4Kd7Ms2Pf5";
const TOKENS: &str = "alice:2077c8dc453ee72009628f974015dd10bfe1e73e894b732eeaab7a42b5a46f17";
/// Shown by somebody whom nobody knows, wherever a token may be.
const BAD_TOKEN: &str = "canary-of-nobody-5Gy8Hu2Jt7Ko1Lw4Xe9Qz6";
/// What JSON Web Tokens are signed with.
const JWT_KEY: &str = "canary-jwt-key-4Sd6Fg8Hj0Kl2Zx4Cv6Bn8Mq1We3Rt5Yu7";
/// What the functions' own requests to the stand-ins of AWS are signed with.
const AWS_SECRET: &str = "local-secret";

/// What clients are sent, and secrets that are made on the way: each is in the one answer that hands it out, and nowhere else.
#[derive(Default)]
struct Flows {
    sent: Vec<Found>,
    made: Vec<String>,
}

impl Flows {
    fn note(&mut self, place: &str, answer: impl Into<Vec<u8>>) {
        self.sent.push((place.to_owned(), answer.into()));
    }

    fn socket(&mut self, place: &str, client: &Client) {
        self.note(place, serde_json::to_string(&client.heard).unwrap());
    }

    async fn get(&mut self, http: &Http, path: &str) -> u16 {
        let answer = http.get_raw(path).await;
        let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
        let text = answer.text().await.unwrap();
        self.note(path.split('?').next().unwrap(), format!("{status} {headers} {text}"));
        status
    }

    /// Generations of every outcome, followed, resumed and refused.
    async fn generate(&mut self, public: SocketAddr) -> String {
        let (mut client, _) = Client::open(public, &format!("?token={TOKEN}"), None).await.ok().unwrap();
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
        self.socket("the socket", &client);
        id
    }

    /// Tokens that are good and bad, in every place where one may be.
    async fn authenticate(&mut self, public: SocketAddr, good: &str, bad: &str) {
        let opened = Client::open(public, "", Some(&format!("quartet, {good}"))).await;
        assert!(opened.is_ok_and(|(_, protocol)| protocol.as_deref() == Some("quartet")));
        assert_eq!(self.get(&Http::to(public).bearing(good), "/api/generations").await, 200);
        for (query, protocol) in [(format!("?token={bad}"), None), (String::new(), Some(format!("quartet, {bad}")))] {
            let refused = Client::open(public, &query, protocol.as_deref()).await.err().unwrap();
            assert_eq!(refused.0, 401);
            self.note("a handshake", refused.1);
        }
        for path in ["/api/generations", "/api/models", &format!("/?token={bad}")] {
            self.get(&Http::to(public).bearing(bad), path).await;
        }
        self.every_route(&Http::to(public).bearing(bad), "0").await;
        self.disguise(public, bad).await;
    }

    /// The same with a byte that is not ASCII behind it: such a token is as bad as others, and no error of the server.
    async fn disguise(&mut self, public: SocketAddr, bad: &str) {
        let upgrade = "upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
        for head in [
            format!("GET /api/generations HTTP/1.1\r\nconnection: close\r\nauthorization: Bearer {bad}"),
            format!(
                "GET /generate-code HTTP/1.1\r\nconnection: upgrade, close\r\n{upgrade}\r\nsec-websocket-protocol: {bad}"
            ),
        ] {
            let mut socket = TcpStream::connect(public).await.unwrap();
            let request = [head.as_bytes(), b"\xe9\r\nhost: localhost\r\n\r\n"].concat();
            socket.write_all(&request).await.unwrap();
            let mut answer = Vec::new();
            timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await.unwrap().unwrap();
            assert!(answer.starts_with(b"HTTP/1.1 401"), "{}", String::from_utf8_lossy(&answer));
            self.note("the answer to a header that is not ASCII", answer);
        }
    }

    /// Every route but the one that deletes, with a key that nobody asked for.
    async fn every_route(&mut self, http: &Http, id: &str) {
        for route in Route::ALL.into_iter().filter(|route| *route != Route::Delete) {
            let (method, path) = route.key().split_once(' ').unwrap_or(("GET", "/nowhere"));
            let path = path.replace("{id}", id).replace("{n}", "0").replace("{picture}", "1-1").replace("{share}", "0");
            let body = json!({"openAiApiKey": CLIENT_KEY});
            let body = (method != "GET").then_some(&body);
            let answer = http.exchange(method, &path, &[("x-api-key", CLIENT_KEY)], body).await;
            let (status, headers) = (answer.status(), format!("{:?}", answer.headers()));
            assert_ne!(status, 500, "{route}");
            let bytes = answer.bytes().await.unwrap();
            self.note(route.key(), format!("{status} {headers} {}", String::from_utf8_lossy(&bytes)));
        }
    }

    /// A link, used and revoked.
    async fn share(&mut self, public: SocketAddr, id: &str) {
        let owner = Http::to(public).bearing(TOKEN);
        let (status, made) = owner.post(&format!("/api/generations/{id}/share"), &json!({}), &[]).await;
        assert_eq!(status, 201);
        let token = made["data"]["token"].as_str().unwrap();
        self.made.push(token.split_once('.').unwrap().1.to_owned());
        let guest = Http::to(public);
        for path in [format!("/api/generations/{id}"), format!("/api/generations/{id}/variants/0")] {
            assert_eq!(self.get(&guest, &format!("{path}?share={token}")).await, 200);
        }
        let (mut client, _) = Client::open(public, &format!("?share={token}"), None).await.ok().unwrap();
        client.send(&json!({"action": "resume", "generationId": id, "share": token})).await;
        client.until_done().await;
        self.socket("a guest's socket", &client);
        self.get(&owner, &format!("/api/generations/{id}/share")).await;
        let link = format!("/api/generations/{id}/share/{}", made["data"]["id"].as_str().unwrap());
        assert_eq!(owner.send(Method::DELETE, &link, &Value::Null).await.0, 204);
        assert_eq!(self.get(&guest, &format!("/api/generations/{id}?share={token}")).await, 404);
    }

    /// Uploads, and a generation from one; returns its id.
    async fn upload(&mut self, http: &Http) -> String {
        let (_, permit) = http.post("/api/uploads", &json!({"contentType": "image/png", "bytes": 5}), &[]).await;
        let url = permit["data"]["url"].as_str().unwrap();
        self.made.push(url.split("X-Amz-Signature=").nth(1).unwrap().split('&').next().unwrap().to_owned());
        let refused = http.put(url, &[("content-type", "image/png")], b"wrong".to_vec()).await;
        assert_eq!(refused, 403, "without its condition");
        let image = http.upload("image/png", png(3, 2, false)).await;
        let with_image = json!({"prompt": {"text": "a", "images": [image]}, "models": ["works"], "variants": 1});
        let (_, accepted) = http.post("/api/generations", &with_image, &[("x-api-key", CLIENT_KEY)]).await;
        let id = accepted["data"]["id"].as_str().unwrap().to_owned();
        ended(http, &id).await;
        self.note("accepted", accepted.to_string());
        id
    }

    /// Every other route.
    async fn rest(&mut self, http: &Http, ids: [&str; 2]) {
        let code = json!({"code": "<p>a</p><img src=\"https://images.invalid/a.png\">", "apiKey": CLIENT_KEY});
        for (path, body) in [
            ("/api/screenshot", json!({"url": "https://example.com/", "apiKey": CLIENT_KEY})),
            ("/api/export", code),
            ("/api/generations", json!({"prompt": {"text": ""}, "openAiApiKey": CLIENT_KEY})),
            ("/api/design-systems", json!({"name": "Blue", "content": "# Blue"})),
            ("/nowhere", json!({"openAiApiKey": CLIENT_KEY})),
        ] {
            let answer = http.post_raw(path, &body).await;
            let (status, headers): (StatusCode, _) = (answer.status(), format!("{:?}", answer.headers()));
            let bytes = answer.bytes().await.unwrap();
            self.note(path, format!("{status} {headers} {}", String::from_utf8_lossy(&bytes)));
        }
        for path in ["/", "/api/config", "/api/models", "/api/capabilities", "/api/openapi.json", "/health"] {
            self.get(http, path).await;
        }
        for path in ["/api/generations", "/api/design-systems", "/api/tally"] {
            self.get(http, path).await;
        }
        for id in ids {
            for path in ["", "/variants/0", "/variants/3/chunks", "/versions"] {
                self.get(http, &format!("/api/generations/{id}{path}")).await;
            }
        }
        self.every_route(http, ids[0]).await;
        let (status, _) = http.send(Method::DELETE, &format!("/api/generations/{}", ids[1]), &Value::Null).await;
        assert_eq!(status, 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_stored_sent_or_logged_whatever_happens() {
    let provider = provider().await;
    let process = Process::start(&[
        ("OPENAI_API_KEY", KEY),
        ("OPENAI_BASE_URL", &format!("http://{provider}/v1")),
        ("MODELS", "works"),
        ("MODELS_ALLOWED", "works,refuses,rejects,breaks"),
        ("IMAGE_MODEL", "draws"),
        ("SCREENSHOT_API_KEY", SCREENSHOT_KEY),
        ("SCREENSHOT_URL", &format!("http://{provider}/shot?url={{url}}&key={{key}}")),
        ("AUTH", "token"),
        ("AUTH_TOKENS", TOKENS),
    ])
    .await;
    let (mut flows, http) = (Flows::default(), Http::to(process.public).bearing(TOKEN));
    let first = flows.generate(process.public).await;
    flows.authenticate(process.public, TOKEN, BAD_TOKEN).await;
    flows.share(process.public, &first).await;
    let second = flows.upload(&http).await;
    flows.rest(&http, [&first, &second]).await;
    assert!(flows.sent.len() > 30 && flows.made.len() == 2, "there is something to search");
    let secrets = [KEY, &KEY[8..28], SCREENSHOT_KEY, CLIENT_KEY, TOKEN, BAD_TOKEN, AWS_SECRET];
    let told = ["stage=completed", "there is no token", "it is not on the list"];
    process.search(flows.sent, &told, &secrets, &flows.made).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_json_web_token_and_nothing_that_signs_them_is_stored_sent_or_logged() {
    let process = Process::start(&[
        ("MODELS", "demo-ok"),
        ("AUTH", "jwt"),
        ("JWT_KEY", JWT_KEY),
        ("JWT_ISSUER", "https://issuer.example"),
        ("JWT_AUDIENCE", "quartet"),
    ])
    .await;
    let claims = json!({"sub": "alice", "iss": "https://issuer.example", "aud": "quartet", "exp": 4_000_000_000_u64});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&json!({"alg": "HS256"})), part(&claims));
    let signed = |key: &str| {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
    };
    let (good, bad) = (signed(JWT_KEY), signed("another key that has thirty-two bytes and more"));
    let mut flows = Flows::default();
    flows.authenticate(process.public, &good, &bad).await;
    let signatures = [&good, &bad].map(|token| token.rsplit_once('.').unwrap().1);
    let told = ["stage=refused", "its signature is wrong"];
    process.search(flows.sent, &told, &[JWT_KEY, signatures[0], signatures[1]], &flows.made).await;
}
