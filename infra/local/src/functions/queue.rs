//! Asynchronous invokes: accepted at once, run later, and run again after a function error, twice at most, after one and
//! two minutes, under the same request id:
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.
//!
//! The queue is in memory, so a restart drops it; what it held is found by the sweep, as on AWS when an event is dropped.

use super::{Functions, Name, new_request_id};
use std::time::Duration;

const PAUSES: [Duration; 2] = [Duration::from_mins(1), Duration::from_mins(2)];

impl Functions {
    /// Accepts an event.
    pub fn enqueue(&self, name: Name, event: Vec<u8>) {
        if self.inner.stop.has_come() {
            return;
        }
        let functions = self.clone();
        let tracker = self.inner.running.clone();
        tracker.spawn(async move {
            let request_id = new_request_id();
            for pause in PAUSES.map(Some).into_iter().chain([None]) {
                let outcome = functions.invoke(name, event.clone(), request_id.clone()).await;
                let (Err(error), Some(pause)) = (outcome, pause) else { return };
                tracing::warn!(function = %name, %error, retry_in_s = pause.as_secs(), "invocation_failed");
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = functions.inner.stop.come() => return,
                }
            }
        });
    }
}
