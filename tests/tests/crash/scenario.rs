//! One generation under faults: a browser that asks and follows, Lambda's at-least-once delivery, the sweep.

use async_trait::async_trait;
use boot::Function;
use domain::ids::ConnectionId;
use domain::models::Offer;
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::promise::messages;
use end_to_end::{CountingModel, LEASE_MS, Ports, View, World, http_event, socket_event as event};
use ports::fault::{Fault, Harm, Script};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// A model of the built-in line-up.
const GONE: &str = "gpt-4o-2024-11-20";
/// Pieces of text in an answer; each is a chunk of its own.
pub const PIECES: usize = 3;

/// Faults at chosen calls, counted over the whole scenario.
pub struct Faults {
    at: BTreeMap<usize, Fault>,
    calls: AtomicUsize,
    names: Mutex<Vec<&'static str>>,
    crash: Notify,
    harmed: AtomicUsize,
    pub worker_crashes: AtomicU64,
}

impl Faults {
    pub fn at(faults: &[(usize, Fault)]) -> Arc<Self> {
        Arc::new(Self {
            at: faults.iter().copied().collect(),
            calls: AtomicUsize::new(0),
            names: Mutex::default(),
            crash: Notify::new(),
            harmed: AtomicUsize::new(0),
            worker_crashes: AtomicU64::new(0),
        })
    }

    /// How many calls were harmed so far.
    pub fn harmful(&self) -> usize {
        self.harmed.load(Ordering::SeqCst)
    }

    /// The calls so far, in order.
    pub fn names(&self) -> Vec<&'static str> {
        self.names.lock().unwrap().clone()
    }
}

#[async_trait]
impl Script for Faults {
    fn next(&self, call: &'static str) -> Fault {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        self.names.lock().unwrap().push(call);
        let fault = self.at.get(&number).copied().unwrap_or(Fault::None);
        self.harmed.fetch_add(usize::from(fault != Fault::None), Ordering::SeqCst);
        fault
    }

    fn crashed(&self, _call: &'static str) {
        self.crash.notify_one();
    }
}

/// How a handler's invocation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Invoked {
    Returned,
    Failed,
    Crashed,
}

/// What the person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// Asks on a socket and waits.
    Asks,
    /// Asks, cancels, and leaves with the close code that cancels too.
    Cancels,
    /// Asks over HTTP, and looks there.
    AsksOverHttp,
    /// Asks for a model that the provider does not know, whose successor answers.
    AsksForWhatIsGone,
    /// Asks a model whose answer has to be asked for in two parts.
    AsksTwice,
}

/// A world, its faults, and a browser.
pub struct Scenario {
    pub story: Story,
    pub world: World,
    pub faults: Arc<Faults>,
    ports: Ports,
    pub connections: Vec<ConnectionId>,
    pub generation: Option<String>,
}

impl Scenario {
    pub fn new(story: Story, faults: Arc<Faults>, change: impl FnOnce(&World, Ports) -> Ports) -> Self {
        let model = CountingModel::new(PIECES, Duration::from_millis(300)).without(GONE);
        let mut world = World::new(match story {
            Story::Asks | Story::Cancels | Story::AsksOverHttp | Story::AsksForWhatIsGone => model,
            Story::AsksTwice => model.cut_after(PIECES - 1),
        });
        if story == Story::AsksForWhatIsGone {
            world.offer = Arc::new(Offer::new(vec![GONE.to_owned()], []));
        }
        let script: Arc<dyn Script> = faults.clone();
        let ports = change(&world, world.faulty_ports(&script));
        Self { story, world, faults, ports, connections: Vec::new(), generation: None }
    }

    /// The whole scenario: ask, work, and whatever it takes to come to an end.
    pub async fn run(&mut self) {
        match self.story {
            Story::Asks | Story::AsksForWhatIsGone | Story::AsksTwice => self.ask().await,
            Story::Cancels => {
                self.ask().await;
                self.cancel().await;
            }
            Story::AsksOverHttp => self.ask_over_http().await,
        }
        for _round in 0..12 {
            self.work().await;
            // Past every lease and grace, and past the pauses of Lambda's retries.
            tokio::time::advance(Duration::from_millis(LEASE_MS * 2)).await;
            let sweep = self.ports.sweep();
            self.invoke(&sweep, &json!({"source": "aws.events"})).await;
        }
        self.recover().await;
    }

    /// The browser connects and asks, again and on a new connection, until it hears that it was accepted.
    async fn ask(&mut self) {
        for number in 0..6 {
            let connection = ConnectionId(format!("connection-{number}="));
            self.world.sockets.open(&connection);
            let socket = self.ports.socket();
            if self.invoke(&socket, &event(&connection, "$connect", None)).await != Invoked::Returned {
                // The gateway refuses the upgrade, so nothing can be said on it.
                self.world.sockets.drop_connection(&connection);
                continue;
            }
            self.connections.push(connection.clone());
            let ask = json!({
                "action": "generate", "requestId": "r1", "variants": 1, "prompt": {"text": "a page"}
            });
            self.invoke(&socket, &event(&connection, "generate", Some(&ask))).await;
            self.generation = self.accepted(&connection);
            if self.generation.is_some() {
                return;
            }
        }
    }

    /// Says so on the socket, then leaves it with 4333: either may be lost.
    async fn cancel(&mut self) {
        let (Some(connection), Some(id)) = (self.connections.last().cloned(), self.generation.clone()) else { return };
        let socket = self.ports.socket();
        let cancel = json!({"action": "cancel", "generationId": id});
        self.invoke(&socket, &event(&connection, "cancel", Some(&cancel))).await;
        let mut gone = event(&connection, "$disconnect", None);
        gone["requestContext"]["disconnectStatusCode"] = json!(4333);
        self.invoke(&socket, &gone).await;
    }

    /// Posts the same request under the same key until its answer comes through.
    async fn ask_over_http(&mut self) {
        for _ in 0..6 {
            let body = json!({"prompt": {"text": "a page"}, "variants": 1}).to_string();
            let mut post = http_event("POST", "POST /api/generations", "/api/generations");
            post["body"] = json!(body);
            post["headers"]["idempotency-key"] = json!("k1");
            if let Some(answer) = self.call_api(&post).await
                && answer["statusCode"] == 202
            {
                let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
                self.generation = body["data"]["id"].as_str().map(str::to_owned);
                return;
            }
        }
    }

    /// What HTTP says of the generation in the end: it may take more than one try.
    pub async fn read_over_http(&self) -> Value {
        let id = self.generation.clone().unwrap();
        for _ in 0..6 {
            let mut get = http_event("GET", "GET /api/generations/{id}", &format!("/api/generations/{id}"));
            get["pathParameters"] = json!({"id": id});
            if let Some(answer) = self.call_api(&get).await
                && answer["statusCode"] == 200
            {
                return serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            }
        }
        panic!("HTTP never answers")
    }

    async fn call_api(&self, event: &Value) -> Option<Value> {
        let api = self.ports.api();
        let invocation = self.world.invocation();
        let event = serde_json::from_value(event.clone()).unwrap();
        tokio::select! {
            biased;
            answer = api.handle(event, &invocation) => answer.ok().map(|answer| serde_json::to_value(answer).unwrap()),
            () = self.faults.crash.notified() => None,
        }
    }

    fn accepted(&self, connection: &ConnectionId) -> Option<String> {
        messages(&self.world, connection)
            .iter()
            .find(|message| message.kind == Kind::Generation)
            .and_then(|message| message.generation_id.as_ref().map(ToString::to_string))
    }

    /// Lambda delivers what was enqueued: again after an error or a crash, and one more time for no reason.
    async fn work(&mut self) {
        for event in self.world.invokes.take() {
            let worker = self.ports.worker();
            let payload = serde_json::to_value(&event).unwrap();
            for _delivery in 0..3 {
                match self.invoke(&worker, &payload).await {
                    Invoked::Returned => break,
                    Invoked::Failed => {}
                    Invoked::Crashed => {
                        self.faults.worker_crashes.fetch_add(1, Ordering::SeqCst);
                        tokio::time::advance(Duration::from_mins(1)).await;
                    }
                }
            }
            self.invoke(&worker, &payload).await;
        }
    }

    /// Everything that the browser has received, on all its connections.
    pub fn heard(&self) -> Vec<ServerMessage> {
        self.connections.iter().flat_map(|connection| messages(&self.world, connection)).collect()
    }

    /// The browser comes back and resumes from its cursors, again while anything is missing, as it does by itself.
    async fn recover(&mut self) {
        let Some(id) = self.generation.clone() else { return };
        for number in 0..6 {
            let heard = self.heard();
            let views = View::of(&heard, true);
            let done = heard.iter().any(|message| message.kind == Kind::Done);
            // Once more from the start, even when nothing is missing: a reload.
            if number > 0 && done && views.values().all(View::is_complete) {
                return;
            }
            let cursors: Vec<Value> = views
                .iter()
                .filter(|_| number > 0)
                .filter_map(|(index, view)| view.cursor().map(|cursor| (index, cursor)))
                .map(|(index, (attempt, seq))| json!({"variantIndex": index, "attempt": attempt, "seq": seq}))
                .collect();
            let connection = ConnectionId(format!("later-{number}="));
            self.world.sockets.open(&connection);
            let socket = self.ports.socket();
            if self.invoke(&socket, &event(&connection, "$connect", None)).await == Invoked::Returned {
                self.connections.push(connection.clone());
                let resume = json!({"action": "resume", "generationId": id, "cursors": cursors});
                self.invoke(&socket, &event(&connection, "resume", Some(&resume))).await;
            }
        }
    }

    /// Runs a handler until it returns or crashes; a crash drops it where it is.
    async fn invoke<F: Function>(&self, function: &F, event: &Value) -> Invoked {
        let invocation = self.world.invocation();
        let event: F::Event = serde_json::from_value(event.clone()).unwrap();
        tokio::select! {
            biased;
            answer = function.handle(event, &invocation) => match answer {
                Ok(_) => Invoked::Returned,
                Err(_) => Invoked::Failed,
            },
            () = self.faults.crash.notified() => Invoked::Crashed,
        }
    }
}

/// Every fault that can happen to a call.
pub const FAULTS: [Fault; 4] =
    [Fault::Before(Harm::Crash), Fault::After(Harm::Crash), Fault::Before(Harm::Error), Fault::After(Harm::Error)];
