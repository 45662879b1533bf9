use crate::{refused, request, stream};
use async_trait::async_trait;
use bytes::Bytes;
use domain::error::{ErrorCode, Failure};
use domain::limits::{PROVIDER_CONNECT_MS_MAX, PROVIDER_ERROR_BYTES_MAX, PROVIDER_WARM_MS_MAX};
use futures_util::{StreamExt, TryStreamExt};
use ports::{Model, ModelError, ModelRequest, ModelStream};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, redirect};
use serde_json::Value;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A provider's key. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// A key from the environment.
    #[must_use]
    pub const fn new(key: String) -> Self {
        Self(key)
    }
}

impl ApiKey {
    /// Takes the key out of an error's words: a server may repeat what it was sent, whatever it looks like.
    pub(crate) fn hidden_in(&self, mut error: ModelError) -> ModelError {
        if !self.0.is_empty() && error.failure.message.contains(&self.0) {
            error.failure.message = error.failure.message.replace(&self.0, "[key]");
        }
        error
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// Where the key comes from, if it is not a setting itself.
#[async_trait]
pub trait KeySource: fmt::Debug + Send + Sync {
    /// The key.
    ///
    /// # Errors
    /// Why it cannot be had now; the next call tries again.
    async fn key(&self) -> Result<ApiKey, String>;
}

/// Which server is asked, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The API's base, without a slash at the end: `https://api.openai.com/v1`.
    pub base_url: String,
    /// The key; a server on one's own machine may need none.
    pub key: Option<ApiKey>,
}

impl Provider {
    /// OpenAI's own base.
    pub const OPENAI: &str = "https://api.openai.com/v1";
}

/// Models behind an OpenAI-compatible server.
#[derive(Clone, Debug)]
pub struct OpenAi {
    http: Client,
    provider: Provider,
    keys: Option<Arc<dyn KeySource>>,
}

impl OpenAi {
    /// Makes the client. No request is sent. Without a key among the provider's settings `keys` are asked for it.
    ///
    /// # Errors
    /// If no TLS client can be set up with the built-in roots.
    pub fn new(provider: Provider, keys: Option<Arc<dyn KeySource>>) -> Result<Self, reqwest::Error> {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let mut builder = Client::builder()
            .connect_timeout(Duration::from_millis(PROVIDER_CONNECT_MS_MAX))
            // A redirect would carry the key and the prompt to a host that nobody configured.
            .redirect(redirect::Policy::none())
            .tcp_nodelay(true);
        if let Ok(tls) = rustls::ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions() {
            builder = builder.tls_backend_preconfigured(tls.with_root_certificates(roots).with_no_client_auth());
        }
        Ok(Self { http: builder.build()?, provider, keys })
    }

    /// Reads the key and opens a connection ahead of the first question, whose answer does not matter.
    ///
    /// # Errors
    /// Which setting is wrong, and how.
    pub async fn warm(&self) -> Result<(), (&'static str, String)> {
        self.key().await.map_err(|problem| (self.key_setting(), problem))?;
        let head = self.http.head(&self.provider.base_url).timeout(Duration::from_millis(PROVIDER_WARM_MS_MAX)).send();
        head.await.map(drop).map_err(|error| ("OPENAI_BASE_URL", cause(&error)))
    }

    const fn key_setting(&self) -> &'static str {
        if self.keys.is_some() { "OPENAI_API_KEY_SECRET" } else { "OPENAI_API_KEY" }
    }

    async fn key(&self) -> Result<Option<ApiKey>, String> {
        match (&self.provider.key, &self.keys) {
            (Some(key), _) => Ok(Some(key.clone())),
            (None, Some(keys)) => keys.key().await.map(Some),
            (None, None) if self.provider.base_url == Provider::OPENAI => Err("is not set".to_owned()),
            (None, None) => Ok(None),
        }
    }

    /// The key, or what is said of a server that has none.
    pub(crate) async fn present_key(&self) -> Result<Option<ApiKey>, ModelError> {
        self.key().await.map_err(|problem| {
            tracing::error!(setting = self.key_setting(), problem, "misconfigured");
            let message = match self.keys {
                Some(_) => "The server is not set up correctly: it has no key for the model. Its log says more.",
                None => "The server has no key for the model: its variable OPENAI_API_KEY is not set.",
            };
            ModelError { failure: Failure::new(ErrorCode::Misconfigured, message), retry_after_ms: None }
        })
    }

    async fn start(&self, request: &ModelRequest, key: Option<ApiKey>) -> Result<Response, ModelError> {
        let ms_max = PROVIDER_CONNECT_MS_MAX;
        let response = self.post("chat/completions", &request::body(request), key, ms_max).await?;
        if !response.status().is_success() || is_json(&response) {
            return Err(refusal(response).await);
        }
        Ok(response)
    }

    /// Posts to a path of the API and waits for the head of the answer.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &Value,
        key: Option<ApiKey>,
        ms_max: u64,
    ) -> Result<Response, ModelError> {
        let mut post = self.http.post(format!("{}/{path}", self.provider.base_url));
        if let Some(ApiKey(key)) = key {
            post = post.bearer_auth(key);
        }
        let unreachable = |problem: String| {
            tracing::error!(setting = "OPENAI_BASE_URL", problem, "provider_unreachable");
            ModelError {
                failure: Failure::new(
                    ErrorCode::ProviderFailed,
                    "The model's provider cannot be reached. If it stays so, the server is not set up correctly; its log says more.",
                ),
                retry_after_ms: None,
            }
        };
        timeout(Duration::from_millis(ms_max), post.json(body).send())
            .await
            .map_err(|_| unreachable(format!("no answer within {ms_max} ms")))?
            .map_err(|error| unreachable(cause(&error)))
    }
}

#[async_trait]
impl Model for OpenAi {
    async fn ask(&self, request: &ModelRequest) -> Result<ModelStream, ModelError> {
        let key = self.present_key().await?;
        let secret = key.clone();
        let hidden = move |error: ModelError| match &secret {
            Some(key) => key.hidden_in(error),
            None => error,
        };
        let response = self.start(request, key).await.map_err(&hidden)?;
        let bytes = response.bytes_stream().map_err(|error| io::Error::other(cause(&error))).boxed();
        Ok(stream::events(bytes).map_err(hidden).boxed())
    }
}

/// What a refused request means.
pub(crate) async fn refusal(response: Response) -> ModelError {
    let status = response.status().as_u16();
    let retry_after_ms = refused::retry_after_ms(response.headers());
    let body = first_bytes(response, PROVIDER_ERROR_BYTES_MAX).await;
    refused::model_error(status, &body, retry_after_ms)
}

/// A stream is not JSON: some proxies answer an error with status 200.
fn is_json(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| content_type.starts_with("application/json"))
}

/// An error body, up to a limit and a deadline; whatever has come by then is enough for a message.
async fn first_bytes(response: Response, bytes_max: usize) -> Vec<u8> {
    let mut stream = response.bytes_stream();
    let mut body = Vec::new();
    while body.len() < bytes_max {
        match timeout(Duration::from_secs(5), stream.next()).await {
            Ok(Some(Ok(piece))) => body.extend_from_slice(&Bytes::slice(&piece, ..piece.len().min(bytes_max))),
            Ok(Some(Err(_)) | None) | Err(_) => break,
        }
    }
    body
}

/// The innermost cause of a transport error. The outer ones repeat the URL, which may hold a secret.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
