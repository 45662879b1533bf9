use async_trait::async_trait;
use aws::Secret;
use domain::limits::JWKS_BYTES_MAX;
use fetch::Document;
use identity::Source;
use openai::{ApiKey, KeySource};
use ports::{ProviderKey, StoreError};
use std::fmt;
use tokio::sync::OnceCell;

/// A secret among the settings. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted(String);

impl Redacted {
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redacted(…)")
    }
}

/// The provider's key from a secret, read once. A read that failed is tried again with the next question.
#[derive(Debug)]
pub(crate) struct SecretKey {
    secret: Secret,
    known: OnceCell<ApiKey>,
}

impl SecretKey {
    pub(crate) fn new(secret: Secret) -> Self {
        Self { secret, known: OnceCell::new() }
    }
}

#[async_trait]
impl KeySource for SecretKey {
    async fn key(&self) -> Result<ApiKey, String> {
        let read = async || self.secret.read().await.map(ApiKey::new).map_err(|error| error.to_string());
        self.known.get_or_try_init(read).await.cloned()
    }
}

/// Where what tokens are checked with comes from.
pub(crate) enum TokenKey {
    Setting(Redacted),
    Secret(Secret),
    Document(Document),
}

#[async_trait]
impl Source for TokenKey {
    async fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Setting(Redacted(text)) => Ok(text.clone().into_bytes()),
            Self::Secret(secret) => secret.read().await.map(String::into_bytes).map_err(|error| error.to_string()),
            Self::Document(document) => document.read(JWKS_BYTES_MAX).await.map_err(|error| error.to_string()),
        }
    }
}

/// The key as a setting: whether it is set, or the server that is asked may need none.
#[derive(Debug)]
pub(crate) struct KeySetting {
    pub(crate) is_present: bool,
}

#[async_trait]
impl ProviderKey for KeySetting {
    async fn is_present(&self) -> Result<bool, StoreError> {
        Ok(self.is_present)
    }
}
