//! A panic that happens anyway ends one request, is named in one line of the log, and nothing else: other requests, other connections
//! and the next message of the same connection go on. A binary of its own, because what a panic says is the process's setting.

use boot::SystemClock;
use end_to_end::{CountingModel, Http, World};
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use local::functions::{CallError, Functions, InProcess, Name, Runners};
use local::gateway::{Gateway, Registry, Stage, router};
use ports::fault::{Fault, Script};
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What the panics say: it may be somebody's, so it belongs into no log.
const WORDS: &str = "canary of a panic";

/// Panics in the next call of that name, once.
#[derive(Default)]
struct Trap(Mutex<Option<&'static str>>);

impl Trap {
    fn set(&self, call: &'static str) {
        *self.0.lock().unwrap() = Some(call);
    }

    fn is_sprung(&self) -> bool {
        self.0.lock().unwrap().is_none()
    }
}

impl Script for Trap {
    fn next(&self, call: &'static str) -> Fault {
        let springs = self.0.lock().unwrap().take_if(|set| *set == call).is_some();
        assert!(!springs, "{WORDS}");
        Fault::None
    }

    fn crashed(&self, call: &'static str) {
        panic!("{call} was not to be harmed");
    }
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn panics(&self) -> Vec<Value> {
        let lines = self.text();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["message"] == "panicked").collect()
    }
}

/// The functions over memory, behind the gateway.
async fn serve(world: &World, trap: &Arc<Trap>) -> (Functions, SocketAddr) {
    let script: Arc<dyn Script> = trap.clone();
    let ports = world.faulty_ports(&script);
    let runners = Runners {
        socket: Arc::new(InProcess(ports.socket())),
        variant: Arc::new(InProcess(ports.worker())),
        api: Arc::new(InProcess(ports.api())),
        sweep: Arc::new(InProcess(ports.sweep())),
    };
    let functions = Functions::new(runners, Arc::new(SystemClock), boot::Stop::never());
    let stage = Stage::default();
    let gateway = Gateway {
        functions: functions.clone(),
        registry: Registry::default(),
        stage: stage.clone(),
        aws_limits: true,
        stop: CancellationToken::new(),
        open: TaskTracker::new(),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(stage.run(gateway.stop.clone()));
    let service = router(gateway).into_make_service_with_connect_info::<SocketAddr>();
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move { axum::serve(listener, service).await });
    (functions, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_ends_one_request_and_is_named_in_one_line_and_nothing_else() {
    let log = Log::default();
    let kept = log.clone();
    boot::logs::readable(move || kept.clone());
    boot::logs::tell_panics();
    let (world, trap) = (World::new(CountingModel::new(2, Duration::from_millis(1))), Arc::<Trap>::default());
    let (functions, address) = serve(&world, &trap).await;
    let http = Http::to(address);

    // One of many requests at once.
    trap.set("history");
    let answers = join_all((0..20).map(|_| http.get("/api/generations"))).await;
    let failed: Vec<_> = answers.iter().filter(|(status, _)| *status == 500).collect();
    assert_eq!(failed, [&(500, json!({"message": "Internal Server Error"}))], "API Gateway's words, and no reason");
    assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 19);
    assert_eq!(log.panics().len(), 1);

    // One of several messages of a connection.
    let (mut socket, _) = connect_async(format!("ws://{address}/generate-code")).await.unwrap();
    let mut ask = async |text: &str| {
        socket.send(Message::text(text)).await.unwrap();
        let heard = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.unwrap().unwrap().unwrap();
        serde_json::from_str::<Value>(heard.to_text().unwrap()).unwrap()
    };
    trap.set("greet");
    let ping = json!({"action": "ping"}).to_string();
    assert_eq!(ask(&ping).await["message"], "Internal server error");
    assert_eq!(ask(&ping).await["type"], "pong", "the connection is there, and the function too");
    assert_eq!(log.panics().len(), 2);

    // A worker: the queue invokes it again.
    trap.set("claim");
    let event = || json!({"generationId": "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10", "variantIndex": 0}).to_string();
    let call = async || functions.call(Name::Variant, event().into_bytes()).await;
    assert_eq!(call().await, Err(CallError::Panicked));
    assert_eq!(call().await, Ok(b"null".to_vec()));

    assert!(trap.is_sprung());
    let panics = log.panics();
    assert_eq!(panics.len(), 3, "one line each: {panics:#?}");
    for line in &panics {
        assert!(line["place"].as_str().unwrap().contains("tests/panic.rs"), "where it happened: {line}");
    }
    assert!(!log.text().contains(WORDS), "and not what it said");
}
