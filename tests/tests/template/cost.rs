//! What one generation costs on AWS, from the calls that the real handlers make for it and what each call is charged as.
//! `docs/cost.md` holds the result; `UPDATE_DOCS=1 cargo test -p end-to-end --test template cost` writes it.

use crate::calls::adapters;
use crate::document::template;
use boot::Function;
use domain::ids::ConnectionId;
use domain::limits::LEASE_MS;
use domain::models::Offer;
use end_to_end::{CountingModel, World, socket_event};
use futures_util::future::join_all;
use ports::Objects;
use ports::fault::{Fault, Script};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cost.md");
const BEGINNING: &str = "<!-- counted -->\n";
const END: &str = "<!-- end -->";

/// Four variants of about 20 KB in 60 s each.
const VARIANTS: u32 = 4;
const PIECES: usize = 810;
const PACE: Duration = Duration::from_millis(74);

/// Dollars; us-east-1, 2026-11. Sources are in `docs/cost.md`.
const WRITE_UNIT: f64 = 0.625e-6;
const READ_UNIT: f64 = 0.125e-6;
const MESSAGE: f64 = 1.0e-6;
const CONNECTION_MINUTE: f64 = 0.25e-6;
const GIGABYTE_SECOND: f64 = 13.3334e-6;
const INVOCATION: f64 = 0.2e-6;
const OBJECT_PUT: f64 = 5.0e-6;
const OBJECT_GET: f64 = 0.4e-6;
const LOG_GIGABYTE: f64 = 0.50;
/// A line of a stage or of metrics, with what the platform adds; measured on the demo.
const LOG_BYTES: f64 = 30_000.0;
/// The two invocations of the socket that do something, at their memory: connecting and accepting.
const SOCKET_SECONDS: f64 = 0.6;
const SOCKET_GIGABYTES: f64 = 0.5;

/// Counts calls and harms none.
#[derive(Default)]
struct Counter(Mutex<BTreeMap<&'static str, u64>>);

impl Script for Counter {
    fn next(&self, call: &'static str) -> Fault {
        *self.0.lock().unwrap().entry(call).or_default() += 1;
        Fault::None
    }

    fn crashed(&self, call: &'static str) {
        panic!("{call} was not harmed");
    }
}

/// The calls of one generation, and the seconds that its workers took together.
async fn generation(push_interval_ms: u64) -> (BTreeMap<&'static str, u64>, f64, usize) {
    let mut world = World::new(CountingModel::new(PIECES, PACE));
    world.offer = Arc::new(Offer::new((0..VARIANTS).map(|number| format!("model-{number}")).collect(), []));
    let counter = Arc::new(Counter::default());
    let script: Arc<dyn Script> = counter.clone();
    let ports = world.faulty_ports(&script);
    let (socket, mut worker) = (ports.socket(), ports.worker());
    worker.push_interval_ms = push_interval_ms;
    let connection = ConnectionId("connection".to_owned());
    world.sockets.open(&connection);
    let body = json!({"action": "generate", "prompt": {"text": "a page"}});
    for (route, body) in [("$connect", None), ("generate", Some(&body))] {
        let event = serde_json::from_value(socket_event(&connection, route, body)).unwrap();
        socket.handle(event, &world.invocation()).await.unwrap();
    }
    let seconds = join_all(world.invokes.take().into_iter().map(async |event| {
        let before = tokio::time::Instant::now();
        worker.handle(event, &world.invocation()).await.unwrap();
        before.elapsed().as_secs_f64()
    }))
    .await;
    assert_eq!(seconds.len(), VARIANTS as usize);
    let event = serde_json::from_value(socket_event(&connection, "$disconnect", None)).unwrap();
    socket.handle(event, &world.invocation()).await.unwrap();
    let calls = counter.0.lock().unwrap().clone();
    let keys = world.objects.keys();
    let pages =
        join_all(keys.iter().map(|key| world.objects.get(key))).await.into_iter().map(|page| page.unwrap().unwrap());
    let page = pages.filter(|object| object.content_type.starts_with("text/html")).map(|page| page.bytes.len()).max();
    (calls, seconds.iter().sum(), page.unwrap())
}

/// What each part of a generation costs, in dollars.
#[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
fn parts(calls: &BTreeMap<&'static str, u64>, worker_seconds: f64, worker_gigabytes: f64) -> Vec<(String, f64)> {
    let known = adapters();
    let (mut writes, mut reads, mut messages, mut puts, mut gets, mut invokes) = (0, 0, 0, 0, 0, 0);
    for (call, times) in calls {
        let operations = known.iter().find(|((_, method), _)| method == call);
        // Only the ports over AWS are charged for here; the model has its own price.
        let Some((_, operations)) = operations else { continue };
        for operation in operations {
            match operation.as_str() {
                // One item below 1 KB; twice in a transaction.
                "put_item" | "update_item" | "delete_item" => writes += times,
                // The generation, its variants, and the two counters.
                "transacted Put" if *call == "create" => writes += times * 2 * u64::from(VARIANTS + 3),
                "transacted Put" if *call == "settle" => writes += times * 2 * 2,
                "transacted Put" | "transacted Update" => writes += times * 2,
                // A generation with its variants fits into 4 KB.
                "get_item" | "query" | "query history" | "query open" => reads += times,
                "post_to_connection" => messages += times,
                "delete_connection" | "delete_object" => {}
                "put_object" => puts += times,
                "get_object" => gets += times,
                "invoke" => invokes += times,
                other => panic!("say what {other} costs"),
            }
        }
    }
    // The index that the sweep reads: an entry a variant when it is created, two writes for each new end of its lease (a
    // claim, a third of a lease gone, the end), one when it is told. The generation: one there, and in the index of the
    // history one, and one when it ends.
    let moves = (worker_seconds / f64::from(VARIANTS) / (LEASE_MS as f64 / 3_000.0)).ceil() + 2.0;
    let index_writes = f64::from(VARIANTS) * (1.0 + 2.0 * moves + 1.0) + 3.0;
    let minutes = worker_seconds / f64::from(VARIANTS) / 60.0 + 1.0;
    // Connect, generate, disconnect.
    let invocations = invokes as f64 + 3.0;
    vec![
        (format!("DynamoDB, {writes} write units"), writes as f64 * WRITE_UNIT),
        (format!("DynamoDB, {index_writes} write units of its indexes"), index_writes * WRITE_UNIT),
        (format!("DynamoDB, {reads} read units"), reads as f64 * READ_UNIT),
        (format!("WebSocket, {messages} messages to the client, 1 from it"), (messages + 1) as f64 * MESSAGE),
        (format!("WebSocket, {minutes:.1} minutes"), minutes * CONNECTION_MINUTE),
        (
            format!("Lambda, workers: {worker_seconds:.0} s at {:.0} MB", worker_gigabytes * 1024.0),
            worker_seconds * worker_gigabytes * GIGABYTE_SECOND,
        ),
        (format!("Lambda, socket: {SOCKET_SECONDS} s at 512 MB"), SOCKET_SECONDS * SOCKET_GIGABYTES * GIGABYTE_SECOND),
        (format!("Lambda, {invocations} invocations"), invocations * INVOCATION),
        (format!("S3, {puts} PUT and {gets} GET"), puts as f64 * OBJECT_PUT + gets as f64 * OBJECT_GET),
        (format!("CloudWatch Logs, {:.0} KB", LOG_BYTES / 1_000.0), LOG_BYTES / 1e9 * LOG_GIGABYTE),
    ]
}

fn total(parts: &[(String, f64)]) -> f64 {
    parts.iter().map(|(_, dollars)| dollars).sum()
}

fn default_of(template: &Value, parameter: &str) -> u64 {
    template["Parameters"][parameter]["Default"].as_u64().unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "megabytes")]
fn gigabytes(megabytes: u64) -> f64 {
    megabytes as f64 / 1024.0
}

#[tokio::test(start_paused = true)]
async fn the_cost_of_a_generation_is_what_the_document_says() {
    let template = template();
    let interval = default_of(&template, "PushIntervalMs");
    let memory = default_of(&template, "WorkerMemory");
    let (calls, seconds, page) = generation(interval).await;
    assert!((19_500..21_000).contains(&page), "{page}");
    assert!((55.0..65.0).contains(&(seconds / f64::from(VARIANTS))), "{seconds}");
    let counted = parts(&calls, seconds, gigabytes(memory));
    let mut text = format!(
        "Four variants of {} KB in {:.0} s each, a chunk at most every {interval} ms:\n\n| what | $ |\n| --- | --: |\n",
        page / 1000,
        seconds / f64::from(VARIANTS)
    );
    for (what, dollars) in &counted {
        writeln!(text, "| {what} | {dollars:.6} |").unwrap();
    }
    writeln!(text, "| **together** | **{:.6}** |\n", total(&counted)).unwrap();
    text.push_str("With other settings:\n\n| `PushIntervalMs` | `WorkerMemory` | $ |\n| --: | --: | --: |\n");
    for interval in [250, 500, 1_000, 2_000] {
        let (calls, seconds, _) = generation(interval).await;
        for memory in [128, 192, 256, 512] {
            let dollars = total(&parts(&calls, seconds, gigabytes(memory)));
            writeln!(text, "| {interval} | {memory} | {dollars:.6} |").unwrap();
        }
    }
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(BEGINNING).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(DOCUMENT, format!("{before}{BEGINNING}{text}{END}{after}")).unwrap();
    } else {
        assert_eq!(written, text, "UPDATE_DOCS=1 writes what is counted now");
    }
}

/// The budget of one generation.
#[tokio::test(start_paused = true)]
async fn a_generation_with_the_default_settings_costs_at_most_a_fifth_of_a_cent() {
    let template = template();
    let (calls, seconds, _) = generation(default_of(&template, "PushIntervalMs")).await;
    let dollars = total(&parts(&calls, seconds, gigabytes(default_of(&template, "WorkerMemory"))));
    assert!(dollars <= 0.0020, "{dollars}");
}
