//! A client of Chromium's `DevTools` protocol, as little as the tests need of it.

use super::turn::{Turn, turn};
use super::wait::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Something that Chromium has told.
#[derive(Clone, Debug)]
pub struct Event {
    /// The session that it happened in; none for the browser's own.
    pub session: Option<String>,
    /// Its name, such as `Target.attachedToTarget`.
    pub method: String,
    /// What belongs to it.
    pub params: Value,
}

/// Somebody who waits for an answer, and the session that it is to come from.
struct Waiting {
    session: Option<String>,
    answer: oneshot::Sender<Result<Value, String>>,
}

#[derive(Default)]
struct Shared {
    next: AtomicU64,
    answers: Mutex<HashMap<u64, Waiting>>,
    events: Mutex<Vec<Event>>,
}

/// A connection to Chromium. What it has made in there, its browser contexts and their tabs, goes when it is dropped.
#[derive(Clone)]
pub struct DevTools {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Value>,
    told: watch::Receiver<usize>,
    /// Ends with the last clone.
    _reader: Arc<JoinSet<()>>,
    /// So does this.
    _turn: Arc<Turn>,
}

impl DevTools {
    /// Connects to the browser at a `ws:` address, once it is this test's turn.
    pub async fn connect(address: &str) -> Self {
        let turn = turn().await;
        // Screenshots are larger than the default.
        let limits = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let (socket, _) = connect_async_with_config(address, Some(limits), true).await.unwrap();
        let (commands, outgoing) = mpsc::unbounded_channel();
        let (telling, told) = watch::channel(0);
        let shared = Arc::<Shared>::default();
        let mut reader = JoinSet::new();
        let waiting = shared.clone();
        reader.spawn(async move {
            exchange(socket, outgoing, waiting.clone(), telling).await;
            lock(&waiting.answers).clear();
        });
        Self { shared, commands, told, _reader: Arc::new(reader), _turn: turn }
    }

    /// A command, to a session or to the browser itself, and its answer.
    ///
    /// # Errors
    /// Chromium's words, such as that the frame is gone.
    pub async fn try_call(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        lock(&self.shared.answers).insert(id, Waiting { session: session.map(str::to_owned), answer });
        let mut command = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            command["sessionId"] = json!(session);
        }
        self.commands.send(command).map_err(|_| "Chromium is gone".to_owned())?;
        let answer = timeout(PATIENCE, answered).await.unwrap_or_else(|_| panic!("{method} is not answered in time"));
        answer.unwrap_or_else(|_| Err("Chromium is gone".to_owned()))
    }

    /// The same, where a refusal ends the test.
    pub async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let shown: String = params.to_string().chars().take(300).collect();
        self.try_call(session, method, params).await.unwrap_or_else(|refusal| panic!("{method} {shown}: {refusal}"))
    }

    /// Everything that was told so far, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        lock(&self.shared.events).clone()
    }

    /// Waits until something was told for which `wanted` has an answer.
    pub async fn until<T>(&self, what: &str, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        let (mut told, mut seen) = (self.told.clone(), 0);
        let search = async {
            loop {
                told.borrow_and_update();
                let fresh: Vec<Event> = lock(&self.shared.events)[seen..].to_vec();
                seen += fresh.len();
                if let Some(found) = fresh.iter().find_map(&mut wanted) {
                    return found;
                }
                told.changed().await.unwrap();
            }
        };
        timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("not told in time: {what}"))
    }
}

async fn exchange(
    mut socket: Socket,
    mut outgoing: mpsc::UnboundedReceiver<Value>,
    shared: Arc<Shared>,
    telling: watch::Sender<usize>,
) {
    loop {
        tokio::select! {
            command = outgoing.recv() => {
                let Some(command) = command else { return };
                if socket.send(Message::text(command.to_string())).await.is_err() { return }
            }
            message = socket.next() => {
                let Some(Ok(message)) = message else { return };
                let Message::Text(text) = message else { continue };
                let mut message: Value = serde_json::from_str(text.as_str()).unwrap();
                if let Some(id) = message["id"].as_u64() {
                    let answer = if message["error"].is_null() {
                        Ok(message["result"].take())
                    } else {
                        Err(message["error"].to_string())
                    };
                    if let Some(waiting) = lock(&shared.answers).remove(&id) {
                        let _ = waiting.answer.send(answer);
                    }
                    continue;
                }
                let event = Event {
                    session: message["sessionId"].as_str().map(str::to_owned),
                    method: message["method"].as_str().unwrap_or_default().to_owned(),
                    params: message["params"].take(),
                };
                if event.method == "Target.detachedFromTarget" {
                    // Nothing is answered any more by what is gone.
                    lock(&shared.answers).retain(|_, waiting| waiting.session.as_deref() != event.params["sessionId"].as_str());
                }
                if event.method == "Target.attachedToTarget" {
                    for mut command in greeting(&event.params) {
                        command["id"] = json!(shared.next.fetch_add(1, Ordering::Relaxed));
                        if socket.send(Message::text(command.to_string())).await.is_err() { return }
                    }
                }
                lock(&shared.events).push(event);
                telling.send_modify(|count| *count += 1);
            }
        }
    }
}

/// What every new session is told at once, whoever waits for what: to tell of its scripts, its errors and of the frames
/// below it, which are processes of their own where they are sandboxed.
fn greeting(attached: &Value) -> [Value; 4] {
    let session = &attached["sessionId"];
    let attach = json!({"autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true});
    // Nobody waits for the answers.
    [
        ("Runtime.enable", json!({})),
        ("Page.enable", json!({})),
        ("Log.enable", json!({})),
        ("Target.setAutoAttach", attach),
    ]
    .map(|(method, params)| json!({"sessionId": session, "method": method, "params": params}))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
