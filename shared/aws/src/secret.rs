use crate::failure::store_error;
use aws_sdk_secretsmanager::Client;
use ports::StoreError;

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
    /// [`StoreError::Misconfigured`] if there is no such secret, it may not be read or it is not text.
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
