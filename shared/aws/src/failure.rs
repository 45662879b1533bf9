//! From the SDK's errors to what a caller can do about them.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ports::StoreError;
use std::error::Error;
use std::fmt::Write as _;

/// What no further try will change, by the services' error codes.
fn lasting(code: &str) -> Option<fn(String) -> StoreError> {
    match code {
        "ResourceNotFoundException" | "NoSuchBucket" => Some(StoreError::Missing),
        "AccessDenied"
        | "AccessDeniedException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException"
        | "InvalidAccessKeyId" => Some(StoreError::Forbidden),
        "ValidationException" => Some(StoreError::Misconfigured),
        _ => None,
    }
}

/// The setting that names what an operation works on.
fn setting(operation: &str) -> &'static str {
    match operation.split(' ').next() {
        Some("GetObject" | "PutObject" | "HeadObject" | "CreateBucket" | "ListObjectsV2" | "DeleteObject") => "BUCKET",
        Some("Invoke") => "VARIANT_FUNCTION",
        Some("GetSecretValue" | "DescribeSecret") => "OPENAI_API_KEY_SECRET",
        // Every other operation is the table's.
        Some(_) | None => "TABLE",
    }
}

/// Names the operation and the cause. Requests are not part of an SDK error, so no content reaches a log this way.
pub(crate) fn store_error<E, R>(operation: &str, error: &SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug,
{
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("unknown");
            let text = format!("{operation}: {code}: {}", service.err().message().unwrap_or("no message"));
            match lasting(code) {
                Some(error) => error(format!("setting {}, its permission, or AWS_REGION: {text}", setting(operation))),
                None => StoreError::Unavailable(text),
            }
        }
        SdkError::ConstructionFailure(_) => StoreError::Misconfigured(format!("{operation}: {}", chain(error))),
        SdkError::DispatchFailure(_) => StoreError::Unavailable(format!(
            "{operation}: {}; if it stays so, check the setting AWS_REGION or the service's endpoint",
            chain(error)
        )),
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => {
            StoreError::Unavailable(format!("{operation}: {}", chain(error)))
        }
        // The SDK's enum is non-exhaustive; whatever it adds is an unknown outcome.
        _ => StoreError::Unavailable(format!("{operation}: {}", chain(error))),
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}
