//! One generation whose processes all die right after a chosen stage.

use async_trait::async_trait;
use boot::{Function, Invocation};
use domain::ids::{ConnectionId, GenerationId, Holder, VariantKey};
use domain::limits::{CLAIM_GRACE_MS, HANDOVER_MARGIN_MS};
use domain::models::Offer;
use domain::stage::Stage;
use end_to_end::{CountingModel, LEASE_MS, Ports, World, http_event, socket_event};
use futures_util::{StreamExt, stream};
use ports::fault::{Fault, Faulty, Harm, Script};
use ports::memory::{MemoryPictures, MemoryTable};
use ports::{Clock, Generations, Model, ModelError, ModelEvent, ModelRequest, ModelStream, Variants};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::advance;
use trace::{Story, read};
use tracing_subscriber::prelude::*;

/// A model that the built-in catalogue knows a successor for.
const GONE: &str = "gpt-4o-2024-11-20";
const PAGE: &str = "<!DOCTYPE html><html><head><title>Bakery</title></head><body>\
    <img src=\"https://placehold.co/600x400\" alt=\"a loaf\"></body></html>";
pub const CONNECTION: &str = "connection=";

/// The log, and whether the stage after which everything dies was written to it.
#[derive(Clone)]
struct Log {
    lines: Arc<Mutex<Vec<u8>>>,
    until: Stage,
    dead: Arc<AtomicBool>,
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.lines.lock().unwrap().extend_from_slice(line);
        let value: Value = serde_json::from_slice(line).unwrap();
        if value["stage"] == self.until.name() {
            self.dead.store(true, Ordering::SeqCst);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lets no call through once the process is dead; before that, what the stage needs to be reached.
struct Fate {
    until: Stage,
    dead: Arc<AtomicBool>,
    crash: Notify,
    asked: AtomicUsize,
    table: Arc<MemoryTable>,
    key: Mutex<Option<VariantKey>>,
}

#[async_trait]
impl Script for Fate {
    fn next(&self, call: &'static str) -> Fault {
        if self.dead.load(Ordering::SeqCst) {
            return Fault::Before(Harm::Crash);
        }
        let first = call == "ask" && self.asked.fetch_add(1, Ordering::SeqCst) == 0;
        if self.until == Stage::Retried && first { Fault::Before(Harm::Error) } else { Fault::None }
    }

    async fn delay(&self, call: &'static str) {
        if self.until == Stage::LeaseLost && call == "append" {
            // Another worker takes the variant, as if this one's lease had run out.
            let key = self.key.lock().unwrap().clone().unwrap();
            self.table.claim(&key, &Holder("thief".to_owned()), u64::MAX / 2, LEASE_MS).await.unwrap();
        }
    }

    fn crashed(&self, _call: &'static str) {
        self.crash.notify_one();
    }
}

/// A model that writes a page with a placeholder.
struct Illustrated;

#[async_trait]
impl Model for Illustrated {
    async fn ask(&self, _request: &ModelRequest) -> Result<ModelStream, ModelError> {
        let finished = ModelEvent::Finished { model: None, finish_reason: "stop".to_owned(), usage: None };
        Ok(stream::iter([Ok(ModelEvent::Text(PAGE.to_owned())), Ok(finished)]).boxed())
    }
}

struct Scene {
    world: World,
    ports: Ports,
    fate: Arc<Fate>,
}

/// The story of a generation, or of the connection where there is no generation, that went no further than this stage.
pub async fn stopped_after(stage: Stage) -> Story {
    let dead = Arc::<AtomicBool>::default();
    let log = Log { lines: Arc::default(), until: stage, dead: dead.clone() };
    let (lines, writer) = (log.lines.clone(), log.clone());
    let json = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(move || writer.clone());
    let _logging = tracing::subscriber::set_default(
        tracing_subscriber::registry().with(json.with_filter(tracing_subscriber::filter::LevelFilter::INFO)),
    );
    let scene = Scene::set(stage, dead);
    scene.play(stage).await;
    assert!(scene.fate.dead.load(Ordering::SeqCst), "{stage} was not reached");

    let text = String::from_utf8(lines.lock().unwrap().clone()).unwrap();
    let all = read(&text);
    let id = all.iter().find_map(|line| line.field("generation_id"));
    let is_of_connection = matches!(stage, Stage::Connected | Stage::Disconnected | Stage::Refused);
    match id.filter(|_| !is_of_connection) {
        Some(id) => {
            let recorded = scene.world.table.generation(&GenerationId::parse(&id).unwrap()).await.unwrap();
            Story::of(&id, &all, recorded)
        }
        None => Story::of(CONNECTION, &all, None),
    }
}

impl Scene {
    fn set(stage: Stage, dead: Arc<AtomicBool>) -> Self {
        let model = CountingModel::new(3, Duration::from_millis(300));
        let mut world = World::new(match stage {
            Stage::Substituted => model.without(GONE),
            Stage::Failed => model.without("model-a"),
            _ => model,
        });
        if stage == Stage::Substituted {
            world.offer = Arc::new(Offer::new(vec![GONE.to_owned()], []));
        }
        if stage == Stage::PictureSaved {
            world.pictures = Some(Arc::<MemoryPictures>::default());
        }
        let fate = Arc::new(Fate {
            until: stage,
            dead,
            crash: Notify::new(),
            asked: AtomicUsize::new(0),
            table: world.table.clone(),
            key: Mutex::default(),
        });
        let script: Arc<dyn Script> = fate.clone();
        let mut ports = world.faulty_ports(&script);
        if stage == Stage::PictureSaved {
            ports.model = Arc::new(Faulty::new(Arc::new(Illustrated), script));
        }
        Self { world, ports, fate }
    }

    async fn play(&self, stage: Stage) {
        let connection = ConnectionId(CONNECTION.to_owned());
        self.world.sockets.open(&connection);
        self.send(&socket_event(&connection, "$connect", None)).await;
        if stage == Stage::Disconnected {
            return self.send(&socket_event(&connection, "$disconnect", None)).await;
        }
        let prompt = if stage == Stage::Refused { json!(7) } else { json!({"text": "a page"}) };
        let ask = json!({"action": "generate", "requestId": "r1", "variants": 1, "prompt": prompt});
        self.send(&socket_event(&connection, "generate", Some(&ask))).await;
        let invoked = self.world.invokes.take();
        let Some(event) = invoked.first() else { return };
        *self.fate.key.lock().unwrap() = Some(event.variant.clone());
        let id = event.variant.generation_id.to_string();
        if matches!(stage, Stage::Deleted | Stage::Erased) {
            let mut delete = http_event("DELETE", "DELETE /api/generations/{id}", &format!("/api/generations/{id}"));
            delete["pathParameters"] = json!({"id": id});
            return self.invoke(&self.ports.api(), &delete, &self.world.invocation()).await;
        }
        if matches!(stage, Stage::Cancelled | Stage::CancelRequested) {
            let cancel = json!({"action": "cancel", "generationId": id});
            self.send(&socket_event(&connection, "cancel", Some(&cancel))).await;
        }
        if stage == Stage::Swept {
            advance(Duration::from_millis(CLAIM_GRACE_MS + 1)).await;
            return self.invoke(&self.ports.sweep(), &json!({"source": "aws.events"}), &self.world.invocation()).await;
        }
        let mut invocation = self.world.invocation();
        if stage == Stage::HandedOver {
            invocation.deadline_ms = self.world.clock.now_ms() + HANDOVER_MARGIN_MS + 400;
        }
        self.invoke(&self.ports.worker(), &serde_json::to_value(event).unwrap(), &invocation).await;
        if stage == Stage::Resumed {
            let resume = json!({"action": "resume", "generationId": id, "cursors": []});
            self.send(&socket_event(&connection, "resume", Some(&resume))).await;
        }
    }

    async fn send(&self, event: &Value) {
        self.invoke(&self.ports.socket(), event, &self.world.invocation()).await;
    }

    /// Runs a handler until it returns or its process dies; nothing runs in a dead process.
    async fn invoke<F: Function>(&self, function: &F, event: &Value, invocation: &Invocation) {
        if self.fate.dead.load(Ordering::SeqCst) {
            return;
        }
        let event: F::Event = serde_json::from_value(event.clone()).unwrap();
        tokio::select! {
            biased;
            answered = function.handle(event, invocation) => drop(answered),
            () = self.fate.crash.notified() => {}
        }
    }
}
