use crate::body;
use crate::client::{builder, cause};
use crate::resolve::Guarded;
use async_trait::async_trait;
use domain::address::{Guard, NotFetched};
use domain::limits::{FETCH_MS_MAX, FETCH_REDIRECTS_MAX};
use ports::{Fetch, FetchError, Fetched};
use reqwest::header::LOCATION;
use reqwest::{Client, Response};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// The public web.
#[derive(Clone, Debug)]
pub struct Web {
    http: Client,
    guard: Guard,
}

impl Web {
    /// Makes the client. No request is sent.
    ///
    /// # Errors
    /// If no TLS client can be set up with the built-in roots.
    pub fn new() -> Result<Self, reqwest::Error> {
        Self::guarded_by(Guard::PUBLIC)
    }

    /// The web behind another guard, for tests.
    ///
    /// # Errors
    /// As [`Web::new`].
    pub fn guarded_by(guard: Guard) -> Result<Self, reqwest::Error> {
        let http = builder().dns_resolver(Arc::new(Guarded(guard))).build()?;
        Ok(Self { http, guard })
    }

    /// Asks for a URL and for those that it redirects to. The client does not resolve addresses that are written as
    /// numbers, so each URL is checked here first.
    async fn follow(&self, url: &Url) -> Result<Response, FetchError> {
        let mut url = url.clone();
        for _ in 0..=FETCH_REDIRECTS_MAX {
            self.guard.check(&url)?;
            let response = self.http.get(url.clone()).send().await.map_err(|error| refusal(&error))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            url = next.ok_or_else(|| FetchError::Failed("its server redirects to nowhere".to_owned()))?;
        }
        Err(FetchError::Failed(format!("its server redirects more than {FETCH_REDIRECTS_MAX} times")))
    }
}

/// A guard's refusal comes back from the resolver inside the client's error.
fn refusal(error: &reqwest::Error) -> FetchError {
    let mut inner: &dyn Error = error;
    loop {
        if let Some(refused) = inner.downcast_ref::<NotFetched>() {
            return FetchError::NotAllowed(refused.clone());
        }
        match inner.source() {
            Some(source) => inner = source,
            None => return FetchError::Failed(cause(error)),
        }
    }
}

#[async_trait]
impl Fetch for Web {
    async fn fetch(&self, url: &Url, bytes_max: usize) -> Result<Fetched, FetchError> {
        let fetched = async { body::read(self.follow(url).await?, bytes_max).await };
        timeout(Duration::from_millis(FETCH_MS_MAX), fetched)
            .await
            .unwrap_or_else(|_| Err(FetchError::Failed(format!("its server did not answer within {FETCH_MS_MAX} ms"))))
    }
}
