//! Who gets in, and what they see there.

mod cors;
mod description;
mod expiry;
mod issuer;
mod revoked;
mod routes;
mod seats;
mod sharing;
mod sockets;
mod unseen;
mod web_tokens;

use end_to_end::{Client, Http, Place, ended};
use local::Stack;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// The tokens of a stack, and whose they are: `printf %s token | sha256sum`.
const TOKENS: &str = "alice:8d30241a89685a63c1dc737e5b67db8f2a2e02e1b267f4abf00abb3405750cbd,bob:71fb690b26d82725253fc39a347d3f948d69c3984af782e1be5de715f1aacbc9";
const ALICE: &str = "token-of-alice-which-nobody-else-has";
const BOB: &str = "token-of-bob-which-nobody-else-has-either";

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    NoToken,
    BadToken,
    Other,
    Owner,
    RevokedLink,
    LiveLink,
    OtherWithRevokedLink,
    OtherWithLiveLink,
    BadTokenWithLiveLink,
}

impl Caller {
    /// Who owns a thing comes last: what they do may be its end.
    const ALL: [Self; 9] = [
        Self::NoToken,
        Self::BadToken,
        Self::Other,
        Self::RevokedLink,
        Self::LiveLink,
        Self::OtherWithRevokedLink,
        Self::OtherWithLiveLink,
        Self::BadTokenWithLiveLink,
        Self::Owner,
    ];

    const fn token(self) -> Option<&'static str> {
        match self {
            Self::NoToken | Self::RevokedLink | Self::LiveLink => None,
            Self::BadToken | Self::BadTokenWithLiveLink => Some("token-of-nobody"),
            Self::Other | Self::OtherWithRevokedLink | Self::OtherWithLiveLink => Some(BOB),
            Self::Owner => Some(ALICE),
        }
    }

    fn link(self, scene: &Scene) -> Option<&str> {
        match self {
            Self::NoToken | Self::BadToken | Self::Other | Self::Owner => None,
            Self::RevokedLink | Self::OtherWithRevokedLink => Some(&scene.revoked),
            Self::LiveLink | Self::OtherWithLiveLink | Self::BadTokenWithLiveLink => Some(&scene.live),
        }
    }
}

/// A stack with a generation of Alice's that has ended, a link to it that is live and one that is revoked.
struct Scene {
    _place: Place,
    stack: Stack,
    http: Http,
    id: String,
    live: String,
    revoked: String,
}

/// An answer, as far as anybody can see it.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Scene {
    async fn start() -> Self {
        let place = Place::new(&[("AUTH", "token"), ("AUTH_TOKENS", TOKENS), ("MODELS", "demo-ok,demo-slow")]);
        let stack = place.start().await;
        let http = Http::to(stack.addresses().public);
        let mut scene =
            Self { _place: place, stack, http, id: String::new(), live: String::new(), revoked: String::new() };
        scene.id = scene.generate("demo-ok").await;
        scene.ended(&scene.id).await;
        let (live, revoked) = (scene.share().await, scene.share().await);
        let path = format!("/api/generations/{}/share/{}", scene.id, revoked["id"].as_str().unwrap());
        assert_eq!(scene.as_owner("DELETE", &path, None).await.status, 204);
        scene.live = live["token"].as_str().unwrap().to_owned();
        scene.revoked = revoked["token"].as_str().unwrap().to_owned();
        scene
    }

    async fn ask(&self, token: Option<&str>, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> = bearer.iter().map(|value| ("authorization", value.as_str())).collect();
        let answer = self.http.exchange(method, path, &headers, body).await;
        let (status, mut headers) = (answer.status().as_u16(), answer.headers().clone());
        headers.remove("date");
        Answer { status, headers, body: answer.bytes().await.unwrap().to_vec() }
    }

    async fn as_owner(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.ask(Some(ALICE), method, path, body).await
    }

    async fn generate(&self, model: &str) -> String {
        let body = json!({"prompt": {"text": "a page"}, "variants": 1, "models": [model]});
        let answer = self.as_owner("POST", "/api/generations", Some(&body)).await;
        answer.data()["id"].as_str().unwrap().to_owned()
    }

    async fn ended(&self, id: &str) {
        let mut client = self.connect(ALICE).await;
        client.send(&json!({"action": "resume", "generationId": id})).await;
        client.until_done().await;
    }

    async fn share(&self) -> Value {
        let answer = self.as_owner("POST", &format!("/api/generations/{}/share", self.id), None).await;
        assert_eq!(answer.status, 201);
        answer.data()
    }

    async fn connect(&self, token: &str) -> Client {
        let opened = Client::open(self.stack.addresses().public, &format!("?token={token}"), None).await;
        opened.map_or_else(|refused| panic!("{refused:?}"), |(client, _)| client)
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn data(&self) -> Value {
        self.json()["data"].clone()
    }
}

/// Without a token there is nobody to be asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_stack_on_this_machine_asks_nobody_who_they_are() {
    let (_place, stack) = end_to_end::start_with(&[("MODELS", "demo-ok")]).await;
    let http = Http::to(stack.addresses().public);
    assert_eq!(http.get("/api/config").await.1["data"]["auth"], "none");
    let (status, started) = http.post("/api/generations", &json!({"prompt": {"text": "a page"}}), &[]).await;
    assert_eq!(status, 202, "{started}");
    ended(&http, started["data"]["id"].as_str().unwrap()).await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_behind_a_proxy_does_not_start_before_it_is_said_who_may_use_it() {
    let place = tempfile::TempDir::new().unwrap();
    let options = local::Options { port: 0, data: place.path().to_owned(), aws_limits: true, bootstraps: None };
    let hosts = |name: &str| (name == "ALLOWED_HOSTS").then(|| "quartet.example".to_owned());
    let error = Stack::start(&options, &hosts).await.map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("AUTH") && error.contains("jwt, token or none"), "{error}");
    let said = |name: &str| if name == "AUTH" { Some("none".to_owned()) } else { hosts(name) };
    Stack::start(&options, &said).await.unwrap().stop().await;
}
