use crate::http::{OneClient, Trust};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::limits::{STORE_MS_MAX, STORE_TRIES_MAX, STORE_TRY_MS_MAX};
use std::fmt;
use std::time::Duration;

/// Who calls, and where.
#[derive(Clone)]
pub struct Access {
    /// The Region's name.
    pub region: String,
    /// The access key's id.
    pub access_key_id: String,
    /// The access key's secret.
    pub secret_access_key: String,
    /// The session token of a role's credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("region", &self.region).finish_non_exhaustive()
    }
}

/// Endpoints that differ from AWS's own, and the one that AWS does not know: where connections are managed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// DynamoDB.
    pub dynamodb: Option<String>,
    /// S3; addressed by path, since a stand-in has no name per bucket.
    pub s3: Option<String>,
    /// Lambda.
    pub lambda: Option<String>,
    /// Secrets Manager.
    pub secrets: Option<String>,
    /// The WebSocket API's management endpoint, stage included. It comes from configuration, not from an event's
    /// domain name and stage, which are wrong behind a custom domain:
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html>.
    pub connections: Option<String>,
}

/// Makes the clients of one function: each asks for those that it needs, so that its binary holds no others. They share
/// one pool of connections.
#[derive(Clone, Debug)]
pub struct Platform {
    access: Access,
    endpoints: Endpoints,
    http_client: SharedHttpClient,
}

impl Platform {
    /// Prepares the shared HTTP client. No request is sent.
    #[must_use]
    pub fn new(access: Access, endpoints: Endpoints) -> Self {
        let http_client = http_client(&endpoints);
        Self { access, endpoints, http_client }
    }

    /// A client of DynamoDB.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.at(self.endpoints.dynamodb.as_ref()))
    }

    /// A client of S3.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.at(self.endpoints.s3.as_ref()))
            .force_path_style(self.endpoints.s3.is_some())
            .disable_s3_express_session_auth(true)
            // A request's signature holds its content's SHA-256, which S3 checks; what it keeps it sums by itself:
            // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// A client of Lambda.
    #[must_use]
    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.at(self.endpoints.lambda.as_ref()))
    }

    /// A client of Secrets Manager.
    #[must_use]
    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.at(self.endpoints.secrets.as_ref()))
    }

    /// A client of API Gateway management; none without its endpoint.
    #[must_use]
    pub fn connections(&self) -> Option<aws_sdk_apigatewaymanagement::Client> {
        let endpoint = self.endpoints.connections.as_ref()?;
        Some(aws_sdk_apigatewaymanagement::Client::new(&self.at(Some(endpoint))))
    }

    fn at(&self, endpoint: Option<&String>) -> SdkConfig {
        let mut builder = shared(&self.access, self.http_client.clone()).into_builder();
        builder.set_endpoint_url(endpoint.cloned());
        builder.build()
    }
}

fn shared(access: &Access, http_client: SharedHttpClient) -> SdkConfig {
    let credentials = Credentials::new(
        &access.access_key_id,
        &access.secret_access_key,
        access.session_token.clone(),
        None,
        "environment",
    );
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(access.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SharedTimeSource::new(SystemTimeSource::new()))
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(STORE_TRIES_MAX)
                .with_initial_backoff(Duration::from_millis(50))
                .with_max_backoff(Duration::from_secs(2)),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .operation_attempt_timeout(Duration::from_millis(STORE_TRY_MS_MAX))
                .operation_timeout(Duration::from_millis(STORE_MS_MAX))
                .build(),
        )
        .build()
}

/// One client for all services.
fn http_client(endpoints: &Endpoints) -> SharedHttpClient {
    let Endpoints { dynamodb, s3, lambda, secrets, connections } = endpoints;
    let all = [dynamodb, s3, lambda, secrets, connections];
    let trust = if all.iter().all(|endpoint| endpoint.as_ref().is_some_and(|url| url.starts_with("http://"))) {
        Trust::Nobody
    } else if all.iter().all(|endpoint| endpoint.as_ref().is_none_or(|url| is_of_amazon(url))) {
        Trust::Amazon
    } else {
        Trust::System
    };
    SharedHttpClient::new(OneClient::new(trust))
}

/// Whether an endpoint has AWS's own name: one behind a custom domain may have a certificate of anybody's.
fn is_of_amazon(url: &str) -> bool {
    let host = url.split("//").nth(1).and_then(|rest| rest.split(['/', ':']).next()).unwrap_or_default();
    host.ends_with(".amazonaws.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roots_of_amazon_are_for_its_own_names() {
        assert!(is_of_amazon("https://abc.execute-api.eu-west-1.amazonaws.com/generate-code"));
        for other in ["https://sockets.example.com/x", "https://amazonaws.com.example.com", "http://127.0.0.1:7002"] {
            assert!(!is_of_amazon(other), "{other}");
        }
    }
}
