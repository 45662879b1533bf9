use async_trait::async_trait;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use domain::ids::ConnectionId;
use domain::limits::{PUSH_MS_MAX, PUSH_TRIES_MAX};
use ports::{Push, PushError};
use std::time::Duration;

/// Connections of the WebSocket API, through `@connections`.
#[derive(Clone, Debug)]
pub struct Sockets {
    client: Client,
}

impl Sockets {
    /// Over this client.
    #[must_use]
    pub const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Opens a connection, with a message to nobody.
    pub async fn warm(&self) {
        // Any answer will do, and no client waits for this one.
        let _ = self.client.post_to_connection().connection_id("warm").data(Blob::new("")).send().await;
    }

    async fn post(&self, connection: &ConnectionId, text: &str) -> Result<(), PushError> {
        let mut pause = Duration::from_millis(50);
        for last in (0..PUSH_TRIES_MAX).rev() {
            let sent = self.client.post_to_connection().connection_id(&connection.0).data(Blob::new(text)).send().await;
            match sent.map_err(|error| push_error(error.as_service_error(), &error)) {
                // 429 also says that the client's buffer is full, so waiting is what helps.
                Err(PushError::Throttled) if last > 0 => tokio::time::sleep(pause).await,
                outcome => return outcome.map(drop),
            }
            pause *= 2;
        }
        Err(PushError::Throttled)
    }
}

fn push_error(cause: Option<&PostToConnectionError>, error: &dyn std::fmt::Display) -> PushError {
    match cause {
        Some(PostToConnectionError::GoneException(_)) => PushError::Gone,
        Some(PostToConnectionError::LimitExceededException(_)) => PushError::Throttled,
        Some(PostToConnectionError::PayloadTooLargeException(_)) => PushError::TooLarge,
        Some(PostToConnectionError::ForbiddenException(_)) => {
            PushError::Failed("not allowed (execute-api:ManageConnections)".to_owned())
        }
        // The SDK's enum is non-exhaustive.
        Some(_) | None => PushError::Failed(error.to_string()),
    }
}

#[async_trait]
impl Push for Sockets {
    async fn push(&self, connection: &ConnectionId, text: &str) -> Result<(), PushError> {
        tokio::time::timeout(Duration::from_millis(PUSH_MS_MAX), self.post(connection, text))
            .await
            .unwrap_or(Err(PushError::Throttled))
    }

    async fn is_open(&self, connection: &ConnectionId) -> Result<bool, PushError> {
        match self.client.get_connection().connection_id(&connection.0).send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_apigatewaymanagement::operation::get_connection::GetConnectionError::is_gone_exception,
                ) =>
            {
                Ok(false)
            }
            Err(error) => Err(PushError::Failed(error.to_string())),
        }
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        match self.client.delete_connection().connection_id(&connection.0).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError::is_gone_exception) => Ok(()),
            Err(error) => Err(PushError::Failed(error.to_string())),
        }
    }
}
