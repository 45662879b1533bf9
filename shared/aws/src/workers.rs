use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use domain::wire::invoke::WorkerEvent;
use ports::{Invoke, StoreError};

/// Workers started by Lambda's asynchronous invoke.
#[derive(Clone, Debug)]
pub struct Workers {
    client: Client,
    function: String,
}

impl Workers {
    /// The function of that name.
    #[must_use]
    pub const fn new(client: Client, function: String) -> Self {
        Self { client, function }
    }

    /// Opens a connection, with an invoke that only asks whether it would be allowed.
    ///
    /// # Errors
    /// [`StoreError`], as for any call.
    pub async fn warm(&self) -> Result<(), StoreError> {
        self.client
            .invoke()
            .function_name(&self.function)
            .invocation_type(InvocationType::DryRun)
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error("Invoke warm", &error))
    }
}

#[async_trait]
impl Invoke for Workers {
    async fn start(&self, event: &WorkerEvent) -> Result<(), StoreError> {
        let payload = serde_json::to_vec(event).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        self.client
            .invoke()
            .function_name(&self.function)
            .invocation_type(InvocationType::Event)
            .payload(Blob::new(payload))
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error("Invoke", &error))
    }
}
