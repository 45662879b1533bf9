//! Who follows by a link is fed for as long as the link is live: revoked or over, it ends what comes after, within a heartbeat.

use boot::Function;
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId, UserId, VariantKey};
use domain::limits::HEARTBEAT_MS;
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::promise::messages;
use end_to_end::{CountingModel, World, http_event, socket_event};
use ports::Variants;
use ports::memory::MemoryTokens;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

struct Scene {
    world: World,
    id: String,
}

fn owner() -> ConnectionId {
    ConnectionId("Owner_-1=".to_owned())
}

fn guest() -> ConnectionId {
    ConnectionId("Guest_-2=".to_owned())
}

impl Scene {
    /// Alice's generation, which has not begun, and her connection, which follows it.
    async fn start(pieces: usize) -> Self {
        let mut world = World::new(CountingModel::new(pieces, Duration::from_millis(300)));
        let alice = Identity { user: UserId("alice".to_owned()), expires_at_s: None };
        world.tokens = Arc::new(MemoryTokens::of(&[("token-of-alice", alice)]));
        let mut scene = Self { world, id: String::new() };
        scene.connect(&owner(), "token", "token-of-alice").await;
        scene.say(&owner(), &json!({"action": "generate", "prompt": {"text": "a page"}, "variants": 1})).await;
        let accepted = scene.heard(&owner()).into_iter().find(|message| message.kind == Kind::Generation).unwrap();
        scene.id = accepted.generation_id.unwrap().to_string();
        scene
    }

    async fn connect(&self, connection: &ConnectionId, name: &str, value: &str) {
        self.world.sockets.open(connection);
        let mut event = socket_event(connection, "$connect", None);
        event["queryStringParameters"] = json!({name: value});
        assert_eq!(self.socket(event).await, 200);
    }

    async fn say(&self, connection: &ConnectionId, message: &Value) {
        assert_eq!(self.socket(socket_event(connection, "$default", Some(message))).await, 200);
    }

    async fn socket(&self, event: Value) -> u16 {
        let event = serde_json::from_value(event).unwrap();
        self.world.ports().socket().handle(event, &self.world.invocation()).await.unwrap().status_code
    }

    fn heard(&self, connection: &ConnectionId) -> Vec<ServerMessage> {
        messages(&self.world, connection)
    }

    async fn ask(&self, method: &str, route: &str, link: Option<&str>, body: &Value) -> (i64, Value) {
        let path = route.replace("{id}", &self.id).replace("{share}", link.unwrap_or_default());
        let mut event = http_event(method, &format!("{method} {route}"), &path);
        event["headers"]["authorization"] = json!("Bearer token-of-alice");
        event["pathParameters"] = json!({"id": self.id, "share": link.unwrap_or_default()});
        if !body.is_null() {
            event["body"] = json!(body.to_string());
        }
        let event = serde_json::from_value(event).unwrap();
        let answer = self.world.ports().api().handle(event, &self.world.invocation()).await.unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        let body = serde_json::from_str::<Value>(answer["body"].as_str().unwrap_or("null")).unwrap_or_default();
        (answer["statusCode"].as_i64().unwrap(), body["data"].clone())
    }

    /// Lets a guest follow by a link, and returns its name.
    async fn let_in(&self, lifetime: &Value) -> String {
        let (status, link) = self.ask("POST", "/api/generations/{id}/share", None, lifetime).await;
        assert_eq!(status, 201);
        let token = link["token"].as_str().unwrap();
        self.connect(&guest(), "share", token).await;
        self.say(&guest(), &json!({"action": "resume", "generationId": self.id, "share": token})).await;
        link["id"].as_str().unwrap().to_owned()
    }

    async fn revoke(&self, link: &str) {
        let (status, _) = self.ask("DELETE", "/api/generations/{id}/share/{share}", Some(link), &Value::Null).await;
        assert_eq!(status, 204);
    }

    async fn work(&self) {
        for event in self.world.invokes.take() {
            self.world.ports().worker().handle(event, &self.world.invocation()).await.unwrap();
        }
    }
}

fn is_text(message: &ServerMessage) -> bool {
    matches!(message.kind, Kind::Chunk | Kind::SetCode)
}

/// What a guest heard who was shut out: some of the page, that it is no longer shared, and nothing after that.
fn was_shut_out(heard: &[ServerMessage]) {
    assert!(heard.iter().any(is_text), "some of it was shown: {heard:?}");
    let last = heard.last().unwrap();
    assert_eq!((last.kind, &last.data.as_ref().unwrap()["code"]), (Kind::Error, &json!("not_found")), "{heard:?}");
    assert!(!heard.iter().any(|message| matches!(message.kind, Kind::VariantComplete | Kind::Done)));
}

async fn listens(scene: &Scene, connection: &ConnectionId) -> bool {
    let key = VariantKey { generation_id: GenerationId::parse(&scene.id).unwrap(), variant_index: 0 };
    scene.world.table.variant(&key).await.unwrap().unwrap().listeners.contains(connection)
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_revoked_ends_what_its_guests_are_fed() {
    let scene = Scene::start(60).await;
    let link = scene.let_in(&Value::Null).await;
    let revoking = async {
        sleep(Duration::from_secs(4)).await;
        let before = scene.heard(&guest());
        assert!(before.iter().any(is_text), "until then they see it: {before:?}");
        scene.revoke(&link).await;
        // A heartbeat, and the time until something is said again.
        sleep(Duration::from_millis(HEARTBEAT_MS * 2)).await;
        let after = scene.heard(&guest());
        was_shut_out(&after);
        assert!(!listens(&scene, &guest()).await, "and is no listener any more");
        sleep(Duration::from_secs(3)).await;
        assert_eq!(scene.heard(&guest()), after, "nothing more is said to them");
    };
    tokio::join!(scene.work(), revoking);
    was_shut_out(&scene.heard(&guest()));
    let owners = scene.heard(&owner());
    assert!(owners.iter().any(|message| message.kind == Kind::Done), "the owner's goes on to its end");
    assert!(!owners.iter().any(|message| message.kind == Kind::Error));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_ends_by_itself_ends_what_its_guests_are_fed() {
    let scene = Scene::start(260).await;
    scene.let_in(&json!({"expiresInS": 60})).await;
    let watching = async {
        sleep(Duration::from_secs(59)).await;
        assert!(listens(&scene, &guest()).await);
        sleep(Duration::from_millis(1_000 + HEARTBEAT_MS * 2)).await;
        was_shut_out(&scene.heard(&guest()));
        assert!(!listens(&scene, &guest()).await);
    };
    tokio::join!(scene.work(), watching);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_revoked_just_before_the_end_does_not_show_the_end() {
    let scene = Scene::start(3).await;
    let link = scene.let_in(&Value::Null).await;
    let revoking = async {
        // Its links were looked at with the first chunk, and are not again before the end.
        sleep(Duration::from_millis(700)).await;
        scene.revoke(&link).await;
    };
    tokio::join!(scene.work(), revoking);
    let heard = scene.heard(&guest());
    assert!(heard.iter().any(is_text), "{heard:?}");
    assert!(!heard.iter().any(|message| matches!(message.kind, Kind::VariantComplete | Kind::Done)), "{heard:?}");
    assert!(scene.heard(&owner()).iter().any(|message| message.kind == Kind::Done));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_live_shows_all_of_it() {
    let scene = Scene::start(20).await;
    scene.let_in(&Value::Null).await;
    scene.work().await;
    let (seen, owners) = (scene.heard(&guest()), scene.heard(&owner()));
    let of = |heard: &[ServerMessage], kind| heard.iter().filter(|message| message.kind == kind).count();
    for kind in [Kind::Chunk, Kind::SetCode, Kind::VariantComplete, Kind::Done] {
        assert_eq!(of(&seen, kind), of(&owners, kind), "{kind:?}");
    }
    assert_eq!(of(&seen, Kind::Done), 1);
}
