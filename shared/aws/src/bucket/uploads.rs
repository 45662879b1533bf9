use super::Bucket;
use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use domain::limits::UPLOAD_PERMIT_S;
use domain::upload::Wanted;
use ports::{Permit, StoreError, Uploaded, Uploads};
use std::time::{Duration, UNIX_EPOCH};

/// Signed like the others, but not a client's to set: a browser writes them itself.
const SET_BY_CLIENTS: [&str; 2] = ["content-length", "host"];

#[async_trait]
impl Uploads for Bucket {
    /// Signs the length, the type and `If-None-Match: *` together with the key. S3 answers 403 to a PUT that differs in
    /// any of them and 412 where something lies already:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>. Nothing is sent to S3 for it.
    async fn permit(&self, key: &str, wanted: Wanted, now_ms: u64) -> Result<Permit, StoreError> {
        let unsignable = |error: &dyn std::fmt::Display| StoreError::Misconfigured(format!("PutObject: {error}"));
        let length = i64::try_from(wanted.bytes).map_err(|error| unsignable(&error))?;
        let terms = PresigningConfig::builder()
            .start_time(UNIX_EPOCH + Duration::from_millis(now_ms))
            .expires_in(Duration::from_secs(UPLOAD_PERMIT_S))
            .build()
            .map_err(|error| unsignable(&error))?;
        let signed = self
            .client
            .put_object()
            .bucket(&self.name)
            .key(key)
            .content_type(wanted.content_type)
            .content_length(length)
            .if_none_match("*")
            .presigned(terms)
            .await
            .map_err(|error| store_error("PutObject", &error))?;
        let headers = signed
            .headers()
            .filter(|(name, _)| !SET_BY_CLIENTS.iter().any(|set| name.eq_ignore_ascii_case(set)))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Ok(Permit { url: signed.uri().to_owned(), headers, expires_at_ms: now_ms + UPLOAD_PERMIT_S * 1_000 })
    }

    async fn uploaded(&self, key: &str, bytes_max: usize) -> Result<Uploaded, StoreError> {
        let answer = match self.client.get_object().bucket(&self.name).key(key).send().await {
            Ok(answer) => answer,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                return Ok(Uploaded::Nothing);
            }
            Err(error) => return Err(store_error("GetObject", &error)),
        };
        let length = answer.content_length.and_then(|length| usize::try_from(length).ok());
        if length.is_none_or(|length| length > bytes_max) {
            return Ok(Uploaded::TooLarge);
        }
        Ok(Uploaded::Bytes(super::collect(answer.body).await?))
    }
}
