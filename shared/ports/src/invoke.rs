use crate::StoreError;
use async_trait::async_trait;
use domain::wire::invoke::WorkerEvent;

/// Starting workers.
#[async_trait]
pub trait Invoke: Send + Sync {
    /// Hands an event over for asynchronous execution. After success it will be delivered at least once, unless the
    /// platform drops it (the sweep covers that); after an error it may have been handed over.
    async fn start(&self, event: &WorkerEvent) -> Result<(), StoreError>;
}
