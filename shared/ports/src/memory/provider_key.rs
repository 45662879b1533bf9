use crate::{ProviderKey, StoreError};
use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, Ordering};

/// A key that is there until it is taken away.
#[derive(Debug, Default)]
pub struct MemoryKey(AtomicBool);

impl MemoryKey {
    /// Takes it away.
    pub fn remove(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl ProviderKey for MemoryKey {
    async fn is_present(&self) -> Result<bool, StoreError> {
        Ok(!self.0.load(Ordering::SeqCst))
    }
}
