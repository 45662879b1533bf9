use super::lock;
use crate::{Fetch, FetchError, Fetched, Screenshots};
use async_trait::async_trait;
use domain::address::Guard;
use std::collections::BTreeMap;
use std::sync::Mutex;
use url::Url;

/// The web in memory.
#[derive(Debug, Default)]
pub struct MemoryWeb {
    answers: Mutex<BTreeMap<String, Fetched>>,
}

impl MemoryWeb {
    /// Puts something at a URL.
    pub fn put(&self, url: &str, content_type: &str, bytes: &[u8]) {
        let fetched = Fetched { content_type: content_type.to_owned(), bytes: bytes.to_vec() };
        lock(&self.answers).insert(url.to_owned(), fetched);
    }
}

#[async_trait]
impl Fetch for MemoryWeb {
    async fn fetch(&self, url: &Url, bytes_max: usize) -> Result<Fetched, FetchError> {
        Guard::PUBLIC.check(url)?;
        match lock(&self.answers).get(url.as_str()) {
            None => Err(FetchError::Failed("its server answered with status 404".to_owned())),
            Some(fetched) if fetched.bytes.len() > bytes_max => Err(FetchError::TooLarge(bytes_max)),
            Some(fetched) => Ok(fetched.clone()),
        }
    }
}

/// A picture of a page is what lies at its URL.
#[async_trait]
impl Screenshots for MemoryWeb {
    async fn take(&self, url: &Url) -> Result<Fetched, FetchError> {
        self.fetch(url, usize::MAX).await
    }
}
