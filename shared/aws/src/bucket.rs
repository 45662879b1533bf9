mod uploads;

use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Config;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::timeout::TimeoutConfig;
use domain::limits::{STORE_MS_MAX, STORE_MS_PER_MB, STORE_TRY_MS_MAX};
use ports::{Object, Objects, StoreError};
use std::time::Duration;
use tokio::time::timeout;

/// The user metadata under which an object's note is stored (`x-amz-meta-note`).
const NOTE: &str = "note";

/// The bucket in S3. A single PUT is atomic, and reads after it see it:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
}

impl Bucket {
    /// The bucket of that name.
    #[must_use]
    pub const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// Opens a connection, with a question whose answer does not matter: a function that only writes is refused it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such bucket, [`StoreError::Unavailable`] if S3 does not answer.
    pub async fn warm(&self) -> Result<(), StoreError> {
        match self.client.get_object().bucket(&self.name).key("warm").send().await {
            Err(error) if error.as_service_error().is_none_or(|cause| cause.code() == Some("NoSuchBucket")) => {
                Err(store_error("GetObject warm", &error))
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Makes the bucket if it is not there; the local stack's only set-up.
    ///
    /// # Errors
    /// As [`Objects::put`].
    pub async fn create_if_absent(&self) -> Result<(), StoreError> {
        match self.client.create_bucket().bucket(&self.name).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(|cause| {
                    cause.is_bucket_already_exists() || cause.is_bucket_already_owned_by_you()
                }) =>
            {
                Ok(())
            }
            Err(error) => Err(store_error("CreateBucket", &error)),
        }
    }
}

#[async_trait]
impl Objects for Bucket {
    async fn put(&self, key: &str, object: Object) -> Result<(), StoreError> {
        let more_ms = STORE_MS_PER_MB * u64::try_from(object.bytes.len() / (1024 * 1024)).unwrap_or(0);
        let patience = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_millis(STORE_TRY_MS_MAX + more_ms))
            .operation_timeout(Duration::from_millis(STORE_MS_MAX + more_ms))
            .build();
        self.client
            .put_object()
            .bucket(&self.name)
            .key(key)
            .content_type(object.content_type)
            .set_metadata(object.note.map(|note| [(NOTE.to_owned(), note)].into()))
            .body(ByteStream::from(object.bytes))
            .customize()
            .config_override(Config::builder().timeout_config(patience))
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error("PutObject", &error))
    }

    async fn get(&self, key: &str) -> Result<Option<Object>, StoreError> {
        let answer = match self.client.get_object().bucket(&self.name).key(key).send().await {
            Ok(answer) => answer,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
            Err(error) => return Err(store_error("GetObject", &error)),
        };
        let content_type = answer.content_type.unwrap_or_default();
        let note = answer.metadata.and_then(|mut metadata| metadata.remove(NOTE));
        let bytes = collect(answer.body).await?;
        Ok(Some(Object { bytes, content_type, note }))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let listed = self.client.list_objects_v2().bucket(&self.name).prefix(prefix).send().await;
        let objects = listed.map_err(|error| store_error("ListObjectsV2", &error))?.contents.unwrap_or_default();
        Ok(objects.into_iter().filter_map(|object| object.key).collect())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let removed = self.client.delete_object().bucket(&self.name).key(key).send().await;
        removed.map(drop).map_err(|error| store_error("DeleteObject", &error))
    }
}

/// Reads a body. The client's own limits end with the headers.
async fn collect(body: ByteStream) -> Result<Vec<u8>, StoreError> {
    let collected = timeout(Duration::from_millis(STORE_MS_MAX), body.collect())
        .await
        .map_err(|_| StoreError::Unavailable("GetObject: the body did not come in time".to_owned()))?
        .map_err(|error| StoreError::Unavailable(format!("GetObject: the body broke off: {error}")))?;
    Ok(collected.to_vec())
}
