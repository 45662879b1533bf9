//! Asynchronous invokes: in memory, and over the local stack's Lambda.

use async_trait::async_trait;
use domain::ids::VariantKey;
use end_to_end::{Invokes, start};
use ports::conformance::Deliveries;
use ports::{Generations, NewGeneration, Variants};
use std::sync::Arc;
use std::time::Duration;

#[async_trait]
impl Deliveries for Memory {
    async fn record(&self, _new: &NewGeneration) {}

    async fn delivered(&self, variant: &VariantKey) {
        assert!(self.0.seen().iter().any(|event| event.variant == *variant), "{variant}");
    }
}

struct Memory(Arc<Invokes>);

#[tokio::test]
async fn invokes_in_memory_conform() {
    let invokes = Arc::new(Invokes::default());
    ports::conformance::invoke(&*invokes, &Memory(invokes.clone())).await;
}

/// The stack's own workers: one that was invoked claims its variant.
struct Table(Arc<aws::Table>);

#[async_trait]
impl Deliveries for Table {
    async fn record(&self, new: &NewGeneration) {
        self.0.create(new).await.unwrap();
    }

    async fn delivered(&self, variant: &VariantKey) {
        while self.0.variant(variant).await.unwrap().unwrap().attempt == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invokes_through_lambda_conform() {
    let (_place, stack) = start().await;
    let boot = boot::Boot::new(stack.settings().clone());
    let (workers, table) = (boot.workers(), Table(boot.table()));
    let checked = ports::conformance::invoke(&*workers, &table);
    tokio::time::timeout(Duration::from_mins(1), checked).await.expect("every event is delivered");
    stack.stop().await;
}
