use reqwest::{ClientBuilder, redirect};
use rustls::{ClientConfig, RootCertStore, crypto};
use std::sync::Arc;

/// What both clients share. No proxy: it would resolve names itself, after they have been checked here. No redirects:
/// they would be followed before they have been checked, or carry a key elsewhere.
pub(crate) fn builder() -> ClientBuilder {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let ring = Arc::new(crypto::ring::default_provider());
    let builder = ClientBuilder::new()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .user_agent(concat!("Quartet/", env!("CARGO_PKG_VERSION")));
    match ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions() {
        Ok(tls) => builder.tls_backend_preconfigured(tls.with_root_certificates(roots).with_no_client_auth()),
        Err(_) => builder,
    }
}

/// The innermost cause of a transport error. The outer ones repeat the URL, which may hold a secret.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
