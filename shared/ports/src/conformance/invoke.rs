use super::{NOW_MS, new_generation};
use crate::Invoke;
use async_trait::async_trait;
use domain::ids::{UserId, VariantKey};
use domain::wire::invoke::WorkerEvent;

/// Where events come out.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// Prepares what a worker of these variants finds.
    async fn record(&self, new: &crate::NewGeneration);

    /// Waits until an event for this variant was delivered, at least once.
    async fn delivered(&self, variant: &VariantKey);
}

/// Runs every check of the invoke port. Panics, or waits for ever, where the guarantee does not hold.
pub async fn invoke(invoke: &dyn Invoke, deliveries: &dyn Deliveries) {
    let new = new_generation(&UserId("invoker".to_owned()), NOW_MS + 1_000, 3);
    deliveries.record(&new).await;
    let mut variants: Vec<VariantKey> = new.variants.iter().map(|variant| variant.key.clone()).collect();
    variants.reverse();
    for variant in &variants {
        invoke.start(&WorkerEvent { variant: variant.clone() }).await.unwrap();
        // At least once: the same event again is no error.
        invoke.start(&WorkerEvent { variant: variant.clone() }).await.unwrap();
    }
    for variant in &variants {
        deliveries.delivered(variant).await;
    }
}
