use crate::StoreError;
use async_trait::async_trait;

/// The provider's key, for those who may know whether there is one and not what it says.
#[async_trait]
pub trait ProviderKey: Send + Sync {
    /// Whether there is a key, or none is needed. It is not read, and not held against the provider.
    ///
    /// After [`StoreError::Missing`] and [`StoreError::Forbidden`] nobody can say; nothing is changed by asking.
    async fn is_present(&self) -> Result<bool, StoreError>;
}
