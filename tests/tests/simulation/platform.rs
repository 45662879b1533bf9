//! Lambda's queue and the schedule: events late, twice, again after an error, or never.

use super::chaos::{Chaos, Outcome, invoke};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Delivers what the functions enqueue, for as long as the run takes.
pub async fn deliver(chaos: Arc<Chaos>) {
    let mut deliveries = JoinSet::new();
    let mut number = 0;
    loop {
        chaos.world.invokes.arrived().await;
        for event in chaos.world.invokes.take() {
            let payload = serde_json::to_value(&event).unwrap();
            let copies = match chaos.dice.below(100) {
                0..6 if chaos.rages() => 0,
                6..20 if chaos.rages() => 2,
                _ => 1,
            };
            for _ in 0..copies {
                number += 1;
                deliveries.spawn(one(chaos.clone(), payload.clone(), number));
            }
        }
    }
}

/// One event: up to three tries, after a minute and after two.
async fn one(chaos: Arc<Chaos>, payload: Value, number: u64) {
    tokio::time::sleep(chaos.dice.millis(0, 1_500)).await;
    for (attempt, pause_s) in [60, 120, 0].into_iter().enumerate() {
        let name = format!("worker-{number}.{attempt}");
        if invoke(&chaos, &name, |ports| ports.worker(), &payload).await == Outcome::Returned {
            return;
        }
        tokio::time::sleep(Duration::from_secs(pause_s)).await;
    }
}

/// Sweeps every minute.
pub async fn sweep(chaos: Arc<Chaos>) {
    for number in 0.. {
        tokio::time::sleep(Duration::from_mins(1)).await;
        let event = json!({"source": "aws.events"});
        invoke(&chaos, &format!("sweep-{number}"), |ports| ports.sweep(), &event).await;
    }
}
