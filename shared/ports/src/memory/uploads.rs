use super::{MemoryObjects, lock};
use crate::{Object, Objects, Permit, StoreError, Uploaded, Uploads};
use async_trait::async_trait;
use domain::limits::UPLOAD_PERMIT_S;
use domain::upload::Wanted;

const SCHEME: &str = "memory:";

/// A permission that was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    wanted: Wanted,
    expires_at_ms: u64,
}

impl MemoryObjects {
    /// A client's PUT. Whether it was taken.
    pub fn put_permitted(&self, url: &str, content_type: &str, bytes: Vec<u8>, now_ms: u64) -> bool {
        let Some(key) = url.strip_prefix(SCHEME) else { return false };
        let Some(given) = lock(&self.permits).get(key).copied() else { return false };
        let fits = now_ms < given.expires_at_ms
            && given.wanted.bytes == bytes.len()
            && given.wanted.content_type == content_type;
        let mut objects = lock(&self.objects);
        if !fits || objects.contains_key(key) {
            return false;
        }
        objects.insert(key.to_owned(), Object { bytes, content_type: content_type.to_owned(), note: None });
        true
    }
}

#[async_trait]
impl Uploads for MemoryObjects {
    async fn permit(&self, key: &str, wanted: Wanted, now_ms: u64) -> Result<Permit, StoreError> {
        let expires_at_ms = now_ms + UPLOAD_PERMIT_S * 1_000;
        lock(&self.permits).insert(key.to_owned(), Given { wanted, expires_at_ms });
        Ok(Permit {
            url: format!("{SCHEME}{key}"),
            headers: vec![("content-type".to_owned(), wanted.content_type.to_owned())],
            expires_at_ms,
        })
    }

    async fn uploaded(&self, key: &str, bytes_max: usize) -> Result<Uploaded, StoreError> {
        Ok(match self.get(key).await? {
            None => Uploaded::Nothing,
            Some(object) if object.bytes.len() > bytes_max => Uploaded::TooLarge,
            Some(object) => Uploaded::Bytes(object.bytes),
        })
    }
}
