//! The sweep's clock: what an EventBridge schedule does on AWS, at most every minute there and every few seconds here.

use crate::functions::{Functions, Name};
use serde_json::json;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// The time between two sweeps.
pub const EVERY: Duration = Duration::from_secs(3);

/// Invokes the sweep until told to stop.
pub async fn run(functions: Functions, stop: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let event = json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
        if let Err(error) = functions.call(Name::Sweep, event.to_string().into_bytes()).await {
            tracing::error!(%error, "sweep_failed");
        }
    }
}
