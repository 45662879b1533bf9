use super::{CallError, Runner};
use async_trait::async_trait;
use boot::{Function, Invocation, SystemClock, handle_in_time};
use ports::Clock;

/// A function in this process. Its event and its answer cross as JSON all the same.
pub struct InProcess<F>(pub F);

#[async_trait]
impl<F: Function> Runner for InProcess<F> {
    async fn run(&self, event: Vec<u8>, invocation: Invocation) -> Result<Vec<u8>, CallError> {
        // Not the error's own words: they repeat what they stumbled over, which may be a client's secret.
        let unreadable = |error: serde_json::Error| {
            CallError::Function(format!("its event or its answer is unreadable at column {}", error.column()))
        };
        let event = serde_json::from_slice(&event).map_err(unreadable)?;
        let answer = handle_in_time(&self.0, event, &invocation, SystemClock.now_ms())
            .await
            .map_err(|error| CallError::Function(error.to_string()))?;
        serde_json::to_vec(&answer).map_err(unreadable)
    }
}
