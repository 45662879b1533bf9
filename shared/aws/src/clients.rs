use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
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
    /// The WebSocket API's management endpoint, stage included. It comes from configuration, not from an event's
    /// domain name and stage, which are wrong behind a custom domain:
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html>.
    pub connections: Option<String>,
}

/// The four clients, made once and shared: they hold one pool of connections.
#[derive(Clone, Debug)]
pub struct Clients {
    /// DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// S3.
    pub s3: aws_sdk_s3::Client,
    /// Lambda.
    pub lambda: aws_sdk_lambda::Client,
    /// API Gateway management; needs its endpoint.
    pub connections: Option<aws_sdk_apigatewaymanagement::Client>,
}

impl Clients {
    /// Makes the clients. No request is sent.
    #[must_use]
    pub fn new(access: &Access, endpoints: &Endpoints) -> Self {
        let http_client = http_client(endpoints);
        let base = || shared(access, http_client.clone());
        let at = |endpoint: &Option<String>| {
            let mut builder = base().into_builder();
            builder.set_endpoint_url(endpoint.clone());
            builder.build()
        };
        let s3 = aws_sdk_s3::config::Builder::from(&at(&endpoints.s3))
            .force_path_style(endpoints.s3.is_some())
            .disable_s3_express_session_auth(true)
            .build();
        Self {
            dynamodb: aws_sdk_dynamodb::Client::new(&at(&endpoints.dynamodb)),
            s3: aws_sdk_s3::Client::from_conf(s3),
            lambda: aws_sdk_lambda::Client::new(&at(&endpoints.lambda)),
            connections: endpoints
                .connections
                .as_ref()
                .map(|_| aws_sdk_apigatewaymanagement::Client::new(&at(&endpoints.connections))),
        }
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

/// One client for all four services. Where every endpoint is plain HTTP (a stand-in on this machine) no certificate is
/// read and no TLS is set up.
fn http_client(endpoints: &Endpoints) -> SharedHttpClient {
    let Endpoints { dynamodb, s3, lambda, connections } = endpoints;
    let plain = [dynamodb, s3, lambda, connections]
        .iter()
        .all(|endpoint| endpoint.as_ref().is_some_and(|url| url.starts_with("http://")));
    if plain {
        Builder::new().build_http()
    } else {
        Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    }
}
