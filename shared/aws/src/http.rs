//! The SDK's requests, sent by the HTTP client that the rest of the program uses. The SDK's own client would be a second
//! one beside it, with HTTP/2, proxies and two more pools: a sixth of each function's program.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use domain::limits::{STORE_CONNECT_MS_MAX, STORE_IDLE_CONNECTIONS_MAX};
use reqwest::{Body, Client, ClientBuilder, Request, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, crypto};
use std::sync::Arc;
use std::time::Duration;

/// Whose certificates are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Nobody's: every endpoint is plain HTTP, as those of a stand-in on this machine are.
    Nobody,
    /// Amazon's, and no other.
    Amazon,
    /// Those that the machine accepts.
    System,
}

/// The roots of Amazon Trust Services, which sign every public endpoint of AWS:
/// <https://www.amazontrust.com/repository/>. Reading the system's whole store instead costs 2 ms of every start.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// One client, with one pool of connections, for every service. The deadlines of a try and of a call are the SDK's
/// business, which drops what takes too long.
#[derive(Clone, Debug)]
pub(crate) struct OneClient(Client);

impl OneClient {
    /// Prepares the client. No request is sent.
    pub(crate) fn new(trust: Trust) -> Self {
        let ring = crypto::ring::default_provider();
        let mut builder = ClientBuilder::new()
            .connect_timeout(Duration::from_millis(STORE_CONNECT_MS_MAX))
            .pool_max_idle_per_host(STORE_IDLE_CONNECTIONS_MAX)
            // The SDK decides what is tried again and where.
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .tcp_nodelay(true);
        if let Some(roots) = roots(trust) {
            let config = ClientConfig::builder_with_provider(Arc::new(ring)).with_safe_default_protocol_versions();
            if let Ok(config) = config {
                builder = builder.tls_backend_preconfigured(config.with_root_certificates(roots).with_no_client_auth());
            }
        } else {
            // Another provider that is there already does as well.
            let _ = ring.install_default();
        }
        // Only a machine without a single certificate fails, at its start; the default says why.
        Self(builder.build().unwrap_or_default())
    }
}

/// The roots that are known beforehand.
fn roots(trust: Trust) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match trust {
        Trust::Nobody => {}
        Trust::Amazon => {
            roots.add_parsable_certificates(CertificateDer::pem_slice_iter(AMAZON_ROOTS).flatten());
        }
        Trust::System => return None,
    }
    Some(roots)
}

impl HttpClient for OneClient {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for OneClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let answer = client.execute(translated(request)?).await.map_err(failure)?;
            let answer = http::Response::from(answer).map(SdkBody::from_body_1_x);
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn translated(request: HttpRequest) -> Result<Request, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    Request::try_from(request.map(Body::wrap)).map_err(|error| ConnectorError::user(error.into()))
}

/// A connection that failed on the way is one that the SDK tries again.
fn failure(error: reqwest::Error) -> ConnectorError {
    let error = error.without_url();
    if error.is_builder() {
        ConnectorError::user(error.into())
    } else if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roots_of_amazon_can_be_read() {
        let certificates =
            AMAZON_ROOTS.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"-----BEGIN")).count();
        assert_eq!((certificates, roots(Trust::Amazon).unwrap().len()), (5, 5));
    }
}
