//! A token that ends while its connection is open ends what may be begun, and nothing that was.

use boot::Function;
use domain::identity::Identity;
use domain::ids::{ConnectionId, UserId};
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::{BEGINNING_MS, CountingModel, Invokes, World, socket_event};
use ports::memory::{Frame, MemoryTokens};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

struct Scene {
    world: World,
    connection: ConnectionId,
    read: usize,
}

impl Scene {
    async fn start() -> Self {
        let mut world = World::new(CountingModel::new(2, Duration::from_millis(300)));
        let expires_at_s = Some(BEGINNING_MS / 1_000 + 60);
        let alice = Identity { user: UserId("alice".to_owned()), expires_at_s };
        world.tokens = Arc::new(MemoryTokens::of(&[("token", alice)]));
        let connection = ConnectionId("AliceConnects12=".to_owned());
        world.sockets.open(&connection);
        let mut event = socket_event(&connection, "$connect", None);
        event["queryStringParameters"] = json!({"token": "token"});
        let answer = world.ports().socket().handle(serde_json::from_value(event).unwrap(), &world.invocation()).await;
        assert_eq!(answer.unwrap().status_code, 200);
        Self { world, connection, read: 0 }
    }

    /// Sends a message and returns what is pushed in answer.
    async fn say(&mut self, message: &Value) -> Vec<ServerMessage> {
        let event = socket_event(&self.connection, "$default", Some(message));
        let socket = self.world.ports().socket();
        socket.handle(serde_json::from_value(event).unwrap(), &self.world.invocation()).await.unwrap();
        self.heard()
    }

    fn heard(&mut self) -> Vec<ServerMessage> {
        let all = self.world.sockets.received(&self.connection);
        let new = all[self.read..].iter().map(|frame| match frame {
            Frame::Text(text) => serde_json::from_str(text).unwrap(),
            Frame::Closed => panic!("closed"),
        });
        let new = new.collect();
        self.read = all.len();
        new
    }

    async fn work(&self) {
        for event in Invokes::take(&self.world.invokes) {
            self.world.ports().worker().handle(event, &self.world.invocation()).await.unwrap();
        }
    }
}

fn generate() -> Value {
    json!({"action": "generate", "prompt": {"text": "a page"}, "variants": 1})
}

fn codes(heard: &[ServerMessage]) -> Vec<String> {
    let errors = heard.iter().filter(|message| message.kind == Kind::Error);
    errors.map(|message| message.data.as_ref().unwrap()["code"].as_str().unwrap().to_owned()).collect()
}

fn accepted(heard: &[ServerMessage]) -> String {
    let accepted = heard.iter().find(|message| message.kind == Kind::Generation).unwrap();
    accepted.generation_id.as_ref().unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn what_runs_goes_on_and_nothing_new_begins() {
    let mut scene = Scene::start().await;
    let first = accepted(&scene.say(&generate()).await);
    let second = accepted(&scene.say(&generate()).await);

    tokio::time::advance(Duration::from_secs(61)).await;
    assert_eq!(codes(&scene.say(&generate()).await), ["unauthorized"]);
    scene.work().await;
    let heard = scene.heard();
    assert_eq!(heard.iter().filter(|message| message.kind == Kind::Done).count(), 2, "both went on: {heard:?}");
    for id in [&first, &second] {
        let resumed = scene.say(&json!({"action": "resume", "generationId": id})).await;
        assert!(codes(&resumed).is_empty(), "what it follows may be asked for again");
    }
    let unknown = json!({"action": "resume", "generationId": "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10"});
    assert_eq!(codes(&scene.say(&unknown).await), ["unauthorized"], "anything else may not");
    assert!(codes(&scene.say(&json!({"action": "cancel", "generationId": first})).await).is_empty());
}
