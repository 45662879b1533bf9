use super::lock;
use super::uploads::Given;
use crate::{Object, Objects, StoreError};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// The bucket in memory.
#[derive(Debug, Default)]
pub struct MemoryObjects {
    pub(super) objects: Mutex<BTreeMap<String, Object>>,
    pub(super) permits: Mutex<BTreeMap<String, Given>>,
}

impl MemoryObjects {
    /// The keys, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        lock(&self.objects).keys().cloned().collect()
    }
}

#[async_trait]
impl Objects for MemoryObjects {
    async fn put(&self, key: &str, object: Object) -> Result<(), StoreError> {
        lock(&self.objects).insert(key.to_owned(), object);
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Object>, StoreError> {
        Ok(lock(&self.objects).get(key).cloned())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(lock(&self.objects).keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        lock(&self.objects).remove(key);
        Ok(())
    }
}
