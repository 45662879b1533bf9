//! A generation is deleted while it runs: with a fault at every call of the worker, of the deletion and of the sweeps, nothing is
//! left of it within a minute, nothing is written after that which stays, and nobody is asked for it again.

use super::scenario::{FAULTS, Faults};
use async_trait::async_trait;
use boot::Function;
use domain::ids::{ConnectionId, GenerationId, UploadId, UserId};
use domain::keys;
use domain::wire::server::Kind;
use end_to_end::images::png;
use end_to_end::promise::messages;
use end_to_end::{CountingModel, Ports, World, http_event, socket_event};
use futures_util::FutureExt;
use ports::fault::{Fault, Harm, Script};
use ports::{Generations, Object, Objects};
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

const UPLOAD: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";
const PIECES: usize = 20;
const PACE: Duration = Duration::from_millis(300);

/// One of two handlers that run side by side: a crash ends the one whose call it was.
struct Side {
    faults: Arc<Faults>,
    crash: Notify,
}

#[async_trait]
impl Script for Side {
    fn next(&self, call: &'static str) -> Fault {
        self.faults.next(call)
    }

    fn crashed(&self, _call: &'static str) {
        self.crash.notify_one();
    }
}

struct Handler {
    side: Arc<Side>,
    ports: Ports,
}

impl Handler {
    fn new(world: &World, faults: &Arc<Faults>) -> Self {
        let side = Arc::new(Side { faults: faults.clone(), crash: Notify::new() });
        let script: Arc<dyn Script> = side.clone();
        Self { side, ports: world.faulty_ports(&script) }
    }

    /// The answer; `None` after an error or a crash, which drops the handler where it is.
    async fn call<F: Function>(&self, world: &World, function: &F, event: &Value) -> Option<F::Answer> {
        let invocation = world.invocation();
        let event: F::Event = serde_json::from_value(event.clone()).unwrap();
        tokio::select! {
            biased;
            answer = function.handle(event, &invocation) => answer.ok(),
            () = self.side.crash.notified() => None,
        }
    }
}

struct Scenario {
    world: World,
    faults: Arc<Faults>,
    id: GenerationId,
    tab: ConnectionId,
    upload: String,
}

impl Scenario {
    /// Accepted without faults, made from an upload, followed by a tab.
    async fn accepted(faults: Arc<Faults>) -> Self {
        let world = World::new(CountingModel::new(PIECES, PACE));
        let upload = keys::upload(&UserId::anonymous(), &UploadId::parse(UPLOAD).unwrap());
        let object = Object { bytes: png(3, 2, false), content_type: "image/png".to_owned(), note: None };
        world.objects.put(&upload, object).await.unwrap();
        let tab = ConnectionId("tab=".to_owned());
        world.sockets.open(&tab);
        let (socket, invocation) = (world.ports().socket(), world.invocation());
        let ask = json!({
            "action": "generate", "requestId": "r1", "variants": 1,
            "prompt": {"text": "a page", "images": [format!("upload:{UPLOAD}")]},
        });
        for (route, body) in [("$connect", None), ("generate", Some(&ask))] {
            let event = serde_json::from_value(socket_event(&tab, route, body)).unwrap();
            socket.handle(event, &invocation).await.unwrap();
        }
        let accepted = messages(&world, &tab).into_iter().find(|message| message.kind == Kind::Generation).unwrap();
        Self { id: accepted.generation_id.unwrap(), world, faults, tab, upload }
    }

    /// Lambda delivers the event, again after an error or a crash.
    async fn work(&self) {
        for event in self.world.invokes.take() {
            let handler = Handler::new(&self.world, &self.faults);
            let event = serde_json::to_value(&event).unwrap();
            for _delivery in 0..3 {
                if handler.call(&self.world, &handler.ports.worker(), &event).await.is_some() {
                    break;
                }
                tokio::time::sleep(Duration::from_mins(1)).await;
            }
        }
    }

    /// The owner deletes it in the middle, again until that is answered.
    async fn delete(&self) {
        tokio::time::sleep(PACE * 4).await;
        let handler = Handler::new(&self.world, &self.faults);
        for _ in 0..6 {
            let answer = handler.call(&self.world, &handler.ports.api(), &delete_event(&self.id)).await;
            match answer.map(|answer| answer.status_code) {
                Some(204 | 404) => return,
                Some(503) | None => {}
                Some(other) => panic!("answered {other}"),
            }
        }
        panic!("nobody answers the owner");
    }

    async fn sweep(&self) {
        let handler = Handler::new(&self.world, &self.faults);
        handler.call(&self.world, &handler.ports.sweep(), &json!({"source": "aws.events"})).await;
    }

    /// What is left, in words; the note of the deletion is none of the person's.
    async fn left(&self) -> Vec<String> {
        let mut left = self.world.table.holds(&self.id);
        left.retain(|what| !what.starts_with("the note"));
        left.extend(self.world.objects.list(&keys::generation(&self.id)).await.unwrap());
        left.extend(self.world.objects.get(&self.upload).await.unwrap().map(|_| self.upload.clone()));
        left
    }

    async fn run(&self, sweeps: bool) {
        tokio::join!(self.work(), self.delete());
        for _within_a_minute in 0..3 {
            tokio::time::advance(Duration::from_secs(20)).await;
            if sweeps {
                self.sweep().await;
            }
        }
        // A fault of the sweep itself costs one more of them.
        if self.faults.harmful() > 0 && sweeps {
            self.sweep().await;
        }
        assert_eq!(self.left().await, Vec::<String>::new(), "left after a minute");
        assert_eq!(self.world.model.finished(), 0, "the provider's stream was closed");
        assert!(self.world.model.asked().len() <= 1 + self.faults.harmful());
        for _until_no_worker_lives in 0..60 {
            tokio::time::advance(Duration::from_secs(20)).await;
            self.work().await;
            self.sweep().await;
        }
        assert_eq!(self.left().await, Vec::<String>::new(), "left in the end");
        assert_eq!(self.world.table.holds(&self.id), Vec::<String>::new(), "the note is forgotten in the end");
        let read = self.world.table.generation(&self.id).await.unwrap();
        assert_eq!(read, None);
    }
}

fn delete_event(id: &GenerationId) -> Value {
    let mut event = http_event("DELETE", "DELETE /api/generations/{id}", &format!("/api/generations/{id}"));
    event["pathParameters"] = json!({"id": id});
    event
}

async fn holds_with(faults: &[(usize, Fault)], sweeps: bool) -> Result<Scenario, String> {
    let scenario = Scenario::accepted(Faults::at(faults)).await;
    let outcome = AssertUnwindSafe(scenario.run(sweeps)).catch_unwind().await;
    outcome.map_err(|panic| {
        let what = panic.downcast_ref::<String>().cloned();
        format!("{faults:?}: {}", what.unwrap_or_default())
    })?;
    Ok(scenario)
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_what_was_deleted_while_it_ran_and_its_followers_are_told() {
    let scenario = holds_with(&[], true).await.unwrap();
    let heard = messages(&scenario.world, &scenario.tab);
    let told = heard.iter().position(|message| message.kind == Kind::Error).expect("the tab is told");
    assert_eq!(heard[told].value.as_deref(), Some("This generation was deleted."));
    assert_eq!(heard[told + 1].kind, Kind::Done);
    assert_eq!(heard.len(), told + 2, "once, and nothing comes after that");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_what_was_deleted_with_a_fault_at_every_call() {
    let calls = holds_with(&[], true).await.unwrap().faults.names();
    for (place, call) in calls.iter().enumerate() {
        for fault in FAULTS {
            holds_with(&[(place, fault)], true).await.unwrap_or_else(|what| panic!("{call}: {what}"));
        }
    }
    println!("{} calls: {}", calls.len(), calls.join(" "));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_what_was_deleted_with_every_pair_of_faults_around_the_deletion() {
    let calls = holds_with(&[], true).await.unwrap().faults.names();
    let first = calls.iter().position(|call| *call == "take_away").unwrap();
    let last = first + calls[first..].iter().position(|call| *call == "forget_deletion").unwrap().min(40);
    for one in first.saturating_sub(2)..last {
        for other in one + 1..last + 4 {
            for (fault, second) in FAULTS.into_iter().flat_map(|fault| FAULTS.map(|second| (fault, second))) {
                holds_with(&[(one, fault), (other, second)], true).await.map(drop).unwrap();
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_whose_rest_nobody_removes_is_found() {
    let calls = holds_with(&[], true).await.unwrap().faults.names();
    let mut found = 0;
    for place in 0..calls.len().min(60) {
        found += usize::from(holds_with(&[(place, Fault::Before(Harm::Crash))], false).await.is_err());
    }
    assert!(found > 0);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_a_worker_puts_after_the_deletion_is_found() {
    let scenario = Scenario::accepted(Faults::at(&[])).await;
    tokio::join!(scenario.work(), scenario.delete());
    let late = format!("{}0/1/index.html", keys::generation(&scenario.id));
    for (after, found_within) in [(Duration::from_secs(5), 2), (Duration::from_mins(14), 20)] {
        tokio::time::advance(after).await;
        scenario.world.objects.put(&late, Object::default()).await.unwrap();
        for _ in 0..found_within {
            tokio::time::advance(Duration::from_secs(30)).await;
            scenario.sweep().await;
        }
        assert_eq!(scenario.left().await, Vec::<String>::new(), "put {after:?} later");
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_resend_begins_nothing_that_was_deleted() {
    let scenario = Scenario::accepted(Faults::at(&[])).await;
    tokio::join!(scenario.work(), scenario.delete());
    let asked = scenario.world.model.asked().len();
    let socket = scenario.world.ports().socket();
    let ask = json!({
        "action": "generate", "requestId": "r1", "variants": 1,
        "prompt": {"text": "a page"},
    });
    // The upload is gone, too, so the same request without it stands for it: another request under this key, and refused.
    let event = serde_json::from_value(socket_event(&scenario.tab, "generate", Some(&ask))).unwrap();
    socket.handle(event, &scenario.world.invocation()).await.unwrap();
    let last = messages(&scenario.world, &scenario.tab).pop().unwrap();
    assert_eq!((last.kind, last.data.unwrap()["code"].as_str()), (Kind::Error, Some("conflict")));
    assert!(scenario.world.invokes.seen().is_empty());
    assert_eq!(scenario.world.model.asked().len(), asked);
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_long_enough_goes_by_itself_and_nothing_else_does() {
    const DAY: Duration = Duration::from_hours(24);
    let mut old = Scenario::accepted(Faults::at(&[])).await;
    old.world.retention_ms = Some(30 * 24 * 3_600_000);
    old.work().await;
    tokio::time::advance(DAY * 29).await;
    old.sweep().await;
    assert!(!old.left().await.is_empty(), "29 days are not 30");
    tokio::time::advance(DAY + Duration::from_mins(1)).await;
    old.sweep().await;
    tokio::time::advance(Duration::from_secs(30)).await;
    old.sweep().await;
    assert_eq!(old.left().await, Vec::<String>::new());
}
