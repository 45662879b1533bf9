//! The clock and the queue of the worlds in memory.

use crate::BEGINNING_MS;
use async_trait::async_trait;
use domain::wire::invoke::WorkerEvent;
use ports::{Clock, Invoke, StoreError};
use std::sync::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Tokio's clock, which can be paused, as the time of day.
pub struct TokioClock(Instant);

impl Default for TokioClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TokioClock {
    fn now_ms(&self) -> u64 {
        BEGINNING_MS + u64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

/// Events that wait for a worker.
#[derive(Default)]
pub struct Invokes(Mutex<Vec<WorkerEvent>>, Notify);

impl Invokes {
    /// Waits until something has come since the last call.
    pub async fn arrived(&self) {
        self.1.notified().await;
    }

    /// What waits.
    pub fn seen(&self) -> Vec<WorkerEvent> {
        self.0.lock().unwrap().clone()
    }

    /// Takes what waits.
    pub fn take(&self) -> Vec<WorkerEvent> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Invoke for Invokes {
    async fn start(&self, event: &WorkerEvent) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(event.clone());
        self.1.notify_one();
        Ok(())
    }
}
