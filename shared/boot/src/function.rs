use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::sync::watch;

/// What a handler is told about its invocation.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The platform's id for it; the same on every redelivery of an asynchronous event.
    pub request_id: String,
    /// When the platform ends it, in milliseconds since 1970.
    pub deadline_ms: u64,
    /// Tells that the process is about to stop.
    pub stop: Stop,
}

/// Tells a handler that its process is about to stop, so that it can hand over. On Lambda it never does: there the
/// deadline is all that ends an invocation.
#[derive(Clone, Debug)]
pub struct Stop(Option<watch::Receiver<bool>>);

/// The other end of [`Stop`].
#[derive(Debug)]
pub struct StopSignal(watch::Sender<bool>);

impl Stop {
    /// One that never comes.
    #[must_use]
    pub const fn never() -> Self {
        Self(None)
    }

    /// One that comes when the signal is given.
    #[must_use]
    pub fn signalled() -> (StopSignal, Self) {
        let (sender, receiver) = watch::channel(false);
        (StopSignal(sender), Self(Some(receiver)))
    }

    /// Whether it has come.
    #[must_use]
    pub fn has_come(&self) -> bool {
        // A signal that is gone stands for a process that is going.
        self.0.as_ref().is_some_and(|receiver| *receiver.borrow() || receiver.has_changed().is_err())
    }

    /// Waits until it comes.
    pub async fn come(&self) {
        let Some(receiver) = &self.0 else { return std::future::pending().await };
        // An error means that the sender is gone, and with it the process that would go on.
        let _ = receiver.clone().wait_for(|stopping| *stopping).await;
    }
}

impl StopSignal {
    /// Tells every holder to stop.
    pub fn give(&self) {
        self.0.send_replace(true);
    }
}

/// Why an invocation failed. Lambda invokes an asynchronous event again after it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FunctionError(pub String);

impl From<ports::StoreError> for FunctionError {
    fn from(error: ports::StoreError) -> Self {
        Self(error.to_string())
    }
}

/// A handler is ended this long before the platform would end it, so that its failure is told and not just seen.
const LAST_WORDS_MS: u64 = 500;

/// Handles an event within the invocation's deadline, whatever its calls are waiting for. Dropping a handler is a crash
/// at an await, which every handler is made for.
///
/// # Errors
/// The handler's own, or that its time was up.
pub async fn handle_in_time<F: Function>(
    function: &F,
    event: F::Event,
    invocation: &Invocation,
    now_ms: u64,
) -> Result<F::Answer, FunctionError> {
    let left_ms = invocation.deadline_ms.saturating_sub(now_ms).saturating_sub(LAST_WORDS_MS);
    match tokio::time::timeout(Duration::from_millis(left_ms), function.handle(event, invocation)).await {
        Ok(answer) => answer,
        Err(_) => Err(FunctionError("the invocation's time was up".to_owned())),
    }
}

/// A Lambda function's handler.
#[async_trait]
pub trait Function: Send + Sync + 'static {
    /// The event, as the platform sends it.
    type Event: DeserializeOwned + Send;
    /// The answer, as the platform expects it.
    type Answer: Serialize + Send;

    /// Handles one event.
    async fn handle(&self, event: Self::Event, invocation: &Invocation) -> Result<Self::Answer, FunctionError>;
}
