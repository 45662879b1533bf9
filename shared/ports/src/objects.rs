use crate::StoreError;
use async_trait::async_trait;

/// An object in the bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub content_type: String,
    /// A short note that is stored with it, in ASCII.
    pub note: Option<String>,
}

/// Objects in the bucket.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Stores an object, whole or not at all; an earlier one of the same key is replaced. After success every read
    /// sees it. After an error it may have been stored. Idempotent.
    async fn put(&self, key: &str, object: Object) -> Result<(), StoreError>;

    /// Reads an object; `None` if there is none.
    async fn get(&self, key: &str) -> Result<Option<Object>, StoreError>;

    /// The keys that begin with `prefix`, in order: all of them, or as many as the store names at once. What was put before is
    /// among them.
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError>;

    /// Removes an object. After success no read finds it. Idempotent.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;
}
