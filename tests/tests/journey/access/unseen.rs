//! As far as it can be held, what is another's takes the same time as what is not there: the same calls in the same order.

use api::{Access, Route};
use async_trait::async_trait;
use boot::Function;
use domain::design_system::DesignSystem;
use domain::generation::Generation;
use domain::identity::Identity;
use domain::ids::{ConnectionId, DesignSystemId, GenerationId, UserId, VariantKey};
use domain::share::ShareToken;
use domain::variant::Variant;
use end_to_end::{BEGINNING_MS, CountingModel, World, socket_event};
use ports::fault::{Fault, Script};
use ports::memory::{Frame, MemoryTokens};
use ports::{DesignSystems, Generations, NewGeneration};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const THEIRS: &str = "5f0c7a52-3c1e-4d57-9a4e-1b7f0d2c6e83";
const NONE: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

/// Harms nothing and notes every call.
#[derive(Default)]
struct Notes(Mutex<Vec<&'static str>>);

#[async_trait]
impl Script for Notes {
    fn next(&self, call: &'static str) -> Fault {
        self.0.lock().unwrap().push(call);
        Fault::None
    }

    fn crashed(&self, call: &'static str) {
        panic!("{call} was not to be harmed");
    }
}

/// A world in which everything there is belongs to Alice, and Bob has a token.
async fn world() -> World {
    let mut world = World::new(CountingModel::new(1, Duration::ZERO));
    let bob = Identity { user: UserId("bob".to_owned()), expires_at_s: None };
    world.tokens = Arc::new(MemoryTokens::of(&[("token-of-bob", bob)]));
    let alice = UserId("alice".to_owned());
    let id = GenerationId::parse(THEIRS).unwrap();
    let key = VariantKey { generation_id: id.clone(), variant_index: 0 };
    let variants = vec![Variant::queued(key, "model-a", BEGINNING_MS, BEGINNING_MS)];
    let generation = Generation {
        id,
        user: alice.clone(),
        created_at_ms: BEGINNING_MS,
        title: "a page".to_owned(),
        models: vec!["model-a".to_owned()],
        uploads: Vec::new(),
        closes: None,
        shares: Vec::new(),
        conclusion: None,
        lineage: None,
        winner: None,
    };
    world.table.create(&NewGeneration { generation, variants, request_key: None, counted: None }).await.unwrap();
    let design_system = DesignSystem {
        id: DesignSystemId::parse(THEIRS).unwrap(),
        name: "Blue".to_owned(),
        content: "# Blue".to_owned(),
        created_at_ms: BEGINNING_MS,
        updated_at_ms: BEGINNING_MS,
    };
    assert!(world.table.add_design_system(&alice, &design_system, 1).await.unwrap());
    world
}

fn event(route: Route, id: &str, token: Option<&str>, share: Option<&str>) -> Value {
    let (method, path) = route.key().split_once(' ').unwrap_or(("GET", "/"));
    let mut event = json!({
        "version": "2.0", "routeKey": route.key(), "rawPath": path, "rawQueryString": "", "headers": {},
        "requestContext": {"http": {"method": method, "path": path}, "routeKey": route.key()},
        "pathParameters": {"id": id, "n": "0", "picture": "1-1", "share": "0".repeat(64)},
        "isBase64Encoded": false, "body": "{\"name\": \"Red\"}",
    });
    if let Some(token) = token {
        event["headers"]["authorization"] = json!(format!("Bearer {token}"));
    }
    if let Some(share) = share {
        event["queryStringParameters"] = json!({"share": share});
    }
    event
}

#[tokio::test(start_paused = true)]
async fn what_is_anothers_is_looked_for_as_what_is_not_there() {
    let mut compared = 0;
    for route in Route::ALL.into_iter().filter(|route| matches!(route.access(), Access::Owner | Access::Viewer)) {
        for (token, has_link) in [(Some("token-of-bob"), false), (Some("token-of-bob"), true), (None, true)] {
            let mut seen = Vec::new();
            for id in [THEIRS, NONE] {
                let world = world().await;
                let notes: Arc<Notes> = Arc::default();
                let script: Arc<dyn Script> = notes.clone();
                let link = ShareToken::new(&GenerationId::parse(id).unwrap(), &"0a".repeat(32));
                let share = has_link.then(|| link.as_str());
                let event = serde_json::from_value(event(route, id, token, share)).unwrap();
                let answer = world.faulty_ports(&script).api().handle(event, &world.invocation()).await.unwrap();
                let calls = notes.0.lock().unwrap().clone();
                assert!(matches!(answer.status_code, 404 | 401), "{route}: {}", answer.status_code);
                assert!(answer.status_code == 401 || !calls.is_empty(), "{route} looked for nothing");
                seen.push((calls, serde_json::to_value(answer).unwrap()));
            }
            assert_eq!(seen[0], seen[1], "{route} by {token:?}, link: {has_link}");
            compared += 1;
        }
    }
    assert!(compared >= 30, "{compared}");
}

/// Everything by which a message can name something, with that id.
fn messages(id: &str) -> Vec<Value> {
    let link = ShareToken::new(&GenerationId::parse(id).unwrap(), &"0a".repeat(32));
    let upload = format!("upload:{id}");
    vec![
        json!({"action": "resume", "generationId": id}),
        json!({"action": "resume", "generationId": id, "share": link.as_str()}),
        json!({"action": "resume", "generationId": id, "cursors": [{"variantIndex": 0, "attempt": 1, "seq": 0}]}),
        json!({"action": "cancel", "generationId": id}),
        json!({"action": "cancel", "generationId": id, "variantIndex": 7}),
        json!({"action": "generate", "repeatOf": id, "models": ["model-a"]}),
        json!({"action": "generate", "prompt": {"text": "b"}, "parent": {"generationId": id, "variantIndex": 0}}),
        json!({"action": "generate", "requestRef": upload}),
        json!({"action": "generate", "inputMode": "image", "prompt": {"text": "b", "images": [upload]}}),
    ]
}

/// The calls that a message of Bob's makes, and the frames that come back, without the id.
async fn said(message: &Value, id: &str) -> (Vec<&'static str>, Vec<String>) {
    let world = world().await;
    let tab = ConnectionId("BobsTab-12=".to_owned());
    world.sockets.open(&tab);
    let mut connect = socket_event(&tab, "$connect", None);
    connect["queryStringParameters"] = json!({"token": "token-of-bob"});
    let connect = serde_json::from_value(connect).unwrap();
    assert_eq!(world.ports().socket().handle(connect, &world.invocation()).await.unwrap().status_code, 200);
    let notes: Arc<Notes> = Arc::default();
    let script: Arc<dyn Script> = notes.clone();
    let event = serde_json::from_value(socket_event(&tab, "$default", Some(message))).unwrap();
    world.faulty_ports(&script).socket().handle(event, &world.invocation()).await.unwrap();
    let frames = world.sockets.received(&tab).into_iter().map(|frame| match frame {
        Frame::Text(text) => text.replace(id, "ID"),
        Frame::Closed => "closed".to_owned(),
    });
    let calls = notes.0.lock().unwrap().clone();
    (calls, frames.collect())
}

#[tokio::test(start_paused = true)]
async fn a_message_that_names_what_is_anothers_is_answered_like_one_that_names_nothing() {
    for (theirs, none) in messages(THEIRS).iter().zip(&messages(NONE)) {
        let (seen, expected) = (said(theirs, THEIRS).await, said(none, NONE).await);
        assert_eq!(seen, expected, "{theirs}");
        assert!(seen.1.iter().any(|frame| frame.contains("not_found")), "{theirs}: {seen:?}");
    }
}
