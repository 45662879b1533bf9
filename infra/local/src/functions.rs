//! How a function is called here: with the event's JSON and for the answer's JSON, as on Lambda.

#[cfg(test)]
pub mod accepting;
mod bootstraps;
mod in_process;
mod queue;

pub use bootstraps::Bootstraps;
pub use in_process::InProcess;

use boot::Invocation;
use domain::limits::HANDOVER_MARGIN_MS;
use ports::Clock;
use std::fmt;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// The functions by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// WebSocket routes.
    Socket,
    /// The worker.
    Variant,
    /// HTTP.
    Api,
    /// The backstop.
    Sweep,
}

impl Name {
    /// Every function.
    pub const ALL: [Self; 4] = [Self::Socket, Self::Variant, Self::Api, Self::Sweep];

    /// The function's name on the wire.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Variant => "variant",
            Self::Api => "api",
            Self::Sweep => "sweep",
        }
    }

    /// The function of that name.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.text() == text)
    }

    /// Its timeout on AWS: API Gateway waits 29 s for a socket's and 30 s for an API's answer, a worker may take as long
    /// as Lambda allows.
    #[must_use]
    pub const fn timeout_ms(self) -> u64 {
        match self {
            Self::Socket => 29_000,
            Self::Api => 30_000,
            Self::Sweep => 60_000,
            Self::Variant => 900_000,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Why a call failed; API Gateway says no more than "Internal server error" to its client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The function returned an error.
    #[error("{0}")]
    Function(String),
    /// The function panicked.
    #[error("the function panicked")]
    Panicked,
    /// The function did not answer in time.
    #[error("the function did not answer within its time")]
    TimedOut,
}

/// Something that runs a function.
#[async_trait::async_trait]
pub trait Runner: Send + Sync + 'static {
    /// Runs one invocation: the event's JSON in, the answer's JSON out.
    async fn run(&self, event: Vec<u8>, invocation: Invocation) -> Result<Vec<u8>, CallError>;
}

/// The four functions, and the queue of asynchronous invokes.
#[derive(Clone)]
pub struct Functions {
    inner: Arc<Inner>,
}

struct Inner {
    socket: Arc<dyn Runner>,
    variant: Arc<dyn Runner>,
    api: Arc<dyn Runner>,
    sweep: Arc<dyn Runner>,
    clock: Arc<dyn Clock>,
    stop: boot::Stop,
    /// Invocations that are running.
    running: TaskTracker,
}

/// What runs each function.
pub struct Runners {
    /// WebSocket routes.
    pub socket: Arc<dyn Runner>,
    /// The worker.
    pub variant: Arc<dyn Runner>,
    /// HTTP.
    pub api: Arc<dyn Runner>,
    /// The backstop.
    pub sweep: Arc<dyn Runner>,
}

impl Functions {
    /// The functions, each run by its runner. `stop` tells invocations to hand over.
    #[must_use]
    pub fn new(runners: Runners, clock: Arc<dyn Clock>, stop: boot::Stop) -> Self {
        let Runners { socket, variant, api, sweep } = runners;
        let running = TaskTracker::new();
        Self { inner: Arc::new(Inner { socket, variant, api, sweep, clock, stop, running }) }
    }

    /// Calls a function and waits for its answer.
    ///
    /// # Errors
    /// [`CallError`]; on Lambda, too, a caller learns little more.
    pub async fn call(&self, name: Name, event: Vec<u8>) -> Result<Vec<u8>, CallError> {
        let request_id = new_request_id();
        self.invoke(name, event, request_id).await
    }

    /// Waits until no invocation runs. Call it after `stop` was given.
    pub async fn finished(&self) {
        self.inner.running.close();
        self.inner.running.wait().await;
    }

    async fn invoke(&self, name: Name, event: Vec<u8>, request_id: String) -> Result<Vec<u8>, CallError> {
        let inner = &self.inner;
        let runner = match name {
            Name::Socket => &inner.socket,
            Name::Variant => &inner.variant,
            Name::Api => &inner.api,
            Name::Sweep => &inner.sweep,
        };
        // The worker's own margin has to fit into what is left.
        debug_assert!(Name::Variant.timeout_ms() > HANDOVER_MARGIN_MS);
        let invocation =
            Invocation { request_id, deadline_ms: inner.clock.now_ms() + name.timeout_ms(), stop: inner.stop.clone() };
        let runner = runner.clone();
        // A task of its own: a panic ends one invocation, and a caller that goes away does not end it in the middle.
        let task = inner.running.spawn(async move { runner.run(event, invocation).await });
        let abort = task.abort_handle();
        match tokio::time::timeout(std::time::Duration::from_millis(name.timeout_ms()), task).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(CallError::Panicked),
            Err(_) => {
                abort.abort();
                Err(CallError::TimedOut)
            }
        }
    }
}

/// An id for an invocation.
#[must_use]
pub fn new_request_id() -> String {
    #[expect(clippy::disallowed_methods, reason = "the platform's ids are not the functions' ids")]
    uuid::Uuid::new_v4().to_string()
}
