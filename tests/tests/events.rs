//! `events/<function>/<case>.json` is what `cargo lambda invoke` sends. Each is parsed by its function's event type, handled
//! over the in-memory ports, and what a user could observe of it is held against a snapshot.

use boot::{Function, FunctionError};
use domain::design_system::DesignSystem;
use domain::generation::Generation;
use domain::identity::Identity;
use domain::ids::{ConnectionId, DesignSystemId, GenerationId, UserId, VariantKey};
use domain::keys;
use domain::share::{Share, ShareId};
use domain::variant::Variant;
use domain::wire::invoke::WorkerEvent;
use end_to_end::{BEGINNING_MS, CountingModel, World};
use ports::memory::Frame;
use ports::{Connection, Connections, DesignSystems, Generations, NewGeneration, Object, Objects};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

const ID: &str = "5f0c7a52-3c1e-4d57-9a4e-1b7f0d2c6e83";
const DESIGN_SYSTEM: &str = "7d1e2c40-9b3a-4f6e-8a51-0c2d4e6f8a90";
const SHARE: &str = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b";
const CONNECTION: &str = "Zq3xUfVpFiACJ9w=";

fn folder(function: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(function)
}

/// A world in which the generation and the connection that the events name exist.
async fn world() -> World {
    let world = World::new(CountingModel::new(2, Duration::from_millis(300)));
    let id = GenerationId::parse(ID).unwrap();
    let connection = ConnectionId(CONNECTION.to_owned());
    world.sockets.open(&connection);
    let connected = Connection {
        id: connection.clone(),
        identity: Some(Identity::anonymous()),
        link: None,
        connected_at_ms: BEGINNING_MS,
        expires_at_s: u64::MAX,
        follows: vec![id.clone()],
    };
    world.table.connected(&connected).await.unwrap();
    let bytes = json!({
        "stack": "html_css", "inputMode": "text", "generationType": "create", "prompt": {"text": "a page"}
    });
    let request =
        Object { bytes: bytes.to_string().into_bytes(), content_type: "application/json".to_owned(), note: None };
    world.objects.put(&keys::request(&id), request).await.unwrap();
    let key = VariantKey { generation_id: id.clone(), variant_index: 0 };
    let variant = Variant::queued(key, "model-a", BEGINNING_MS, BEGINNING_MS);
    let share = Share {
        generation: id.clone(),
        id: ShareId::parse(SHARE).unwrap(),
        created_at_ms: BEGINNING_MS,
        expires_at_s: None,
    };
    let generation = Generation {
        id,
        user: UserId::anonymous(),
        created_at_ms: BEGINNING_MS,
        title: "a page".to_owned(),
        models: vec!["model-a".to_owned()],
        uploads: Vec::new(),
        closes: None,
        shares: vec![share],
        conclusion: None,
        lineage: None,
        winner: None,
    };
    let design_system = DesignSystem {
        id: DesignSystemId::parse(DESIGN_SYSTEM).unwrap(),
        name: "Harbour".to_owned(),
        content: "# Harbour".to_owned(),
        created_at_ms: BEGINNING_MS,
        updated_at_ms: BEGINNING_MS,
    };
    assert!(world.table.add_design_system(&UserId::anonymous(), &design_system, 1).await.unwrap());
    world.web.put("https://placehold.co/1", "image/svg+xml", b"<svg/>");
    world
        .table
        .create(&NewGeneration { generation, variants: vec![variant], request_key: None, counted: None })
        .await
        .unwrap();
    world
}

async fn handle<F: Function>(world: &World, function: &F, event: &str) -> Result<Value, FunctionError> {
    let event: F::Event = serde_json::from_str(event).unwrap_or_else(|error| panic!("{error}: {event}"));
    let answer = function.handle(event, &world.invocation()).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

/// The description of the API is a file of its own, held to the routes by other tests; a copy here would change with each of its words.
fn without_description(mut answer: Value) -> Value {
    if let Some(body) = answer["body"].as_str().filter(|body| body.contains("\"openapi\"")) {
        let description: Value = serde_json::from_str(body).unwrap();
        answer["body"] = format!("(OpenAPI {})", description["openapi"].as_str().unwrap()).into();
    }
    answer
}

async fn run(function: &str, case: &Path) -> String {
    let text = std::fs::read_to_string(case).unwrap();
    let world = world().await;
    let ports = world.ports();
    // So that there is something to read: the page of the generation that the events name.
    if function == "api" || case.ends_with("resume.json") {
        let variant = VariantKey { generation_id: GenerationId::parse(ID).unwrap(), variant_index: 0 };
        ports.worker().handle(WorkerEvent { variant }, &world.invocation()).await.unwrap();
    } else {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let answer = match function {
        "socket" => handle(&world, &ports.socket(), &text).await,
        "variant" => handle(&world, &ports.worker(), &text).await,
        "api" => handle(&world, &ports.api(), &text).await.map(without_description),
        "sweep" => handle(&world, &ports.sweep(), &text).await,
        other => panic!("there is no function {other}"),
    };
    let mut seen = match answer {
        Ok(answer) => format!("answer: {}\n", serde_json::to_string_pretty(&answer).unwrap()),
        Err(error) => format!("error: {error}\n"),
    };
    for frame in world.sockets.received(&ConnectionId(CONNECTION.to_owned())) {
        match frame {
            Frame::Text(text) => writeln!(seen, "pushed: {text}").unwrap(),
            Frame::Closed => writeln!(seen, "closed").unwrap(),
        }
    }
    for event in world.invokes.take() {
        writeln!(seen, "invoked: {}", serde_json::to_string(&event).unwrap()).unwrap();
    }
    writeln!(seen, "objects: {}", world.objects.keys().join(", ")).unwrap();
    seen
}

async fn every_case_of(function: &str) {
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(folder(function)).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let name = format!("{function}-{}", case.file_stem().unwrap().to_str().unwrap());
        let seen = run(function, &case).await;
        insta::assert_snapshot!(name, seen);
    }
}

#[tokio::test(start_paused = true)]
async fn every_socket_event_is_handled_as_documented() {
    every_case_of("socket").await;
}

#[tokio::test(start_paused = true)]
async fn every_variant_event_is_handled_as_documented() {
    every_case_of("variant").await;
}

#[tokio::test(start_paused = true)]
async fn every_api_event_is_handled_as_documented() {
    every_case_of("api").await;
}

#[tokio::test(start_paused = true)]
async fn every_sweep_event_is_handled_as_documented() {
    every_case_of("sweep").await;
}

#[test]
fn every_route_has_an_event() {
    let keys: Vec<String> = std::fs::read_dir(folder("api"))
        .unwrap()
        .map(|entry| {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            serde_json::from_str::<Value>(&text).unwrap()["routeKey"].as_str().unwrap().to_owned()
        })
        .collect();
    for route in api::Route::ALL.into_iter().filter(|route| *route != api::Route::ApiHealth) {
        assert!(keys.iter().any(|key| key == route.key()), "no event for {route}");
    }
}
