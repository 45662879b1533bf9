use async_trait::async_trait;
use aws::Secret;
use openai::{ApiKey, KeySource};
use tokio::sync::OnceCell;

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
