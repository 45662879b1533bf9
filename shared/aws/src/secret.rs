use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use ports::{ProviderKey, StoreError};

/// A secret in Secrets Manager.
#[derive(Clone, Debug)]
pub struct Secret {
    client: Client,
    name: String,
}

impl Secret {
    /// The secret of that name or ARN.
    #[must_use]
    pub const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// Its current text, without white space around it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such secret, [`StoreError::Forbidden`] if it may not be read,
    /// [`StoreError::Misconfigured`] if it is not text.
    pub async fn read(&self) -> Result<String, StoreError> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(&self.name)
            .send()
            .await
            .map_err(|error| store_error("GetSecretValue", &error))?;
        match answer.secret_string.as_deref().map(str::trim) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            Some(_) | None => Err(StoreError::Misconfigured("GetSecretValue: the secret holds no text".to_owned())),
        }
    }
}

/// The label of the version that readers get:
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>.
const CURRENT: &str = "AWSCURRENT";

#[async_trait]
impl ProviderKey for Secret {
    async fn is_present(&self) -> Result<bool, StoreError> {
        match self.client.describe_secret().secret_id(&self.name).send().await {
            Ok(secret) => {
                let versions = secret.version_ids_to_stages.unwrap_or_default();
                let has_text = versions.values().flatten().any(|label| label == CURRENT);
                // One that is to be deleted can no longer be read.
                Ok(has_text && secret.deleted_date.is_none())
            }
            Err(error) => match store_error("DescribeSecret", &error) {
                StoreError::Missing(_) => Ok(false),
                error @ (StoreError::Unavailable(_)
                | StoreError::Misconfigured(_)
                | StoreError::Forbidden(_)
                | StoreError::Corrupt(_)) => Err(error),
            },
        }
    }
}
