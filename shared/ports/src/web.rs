use async_trait::async_trait;
use domain::address::NotFetched;
use url::Url;

/// What came from the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// What its server says that it is; empty if it says nothing.
    pub content_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Why nothing came from the web.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It may not be fetched from; nothing was sent there.
    #[error("not fetched: {0}")]
    NotAllowed(#[from] NotFetched),
    /// It has more bytes than were asked for.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
    /// Its server could not be reached, answered with an error, or took too long. Trying again may help.
    #[error("{0}")]
    Failed(String),
}

/// The web as anybody on the internet sees it.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// What a URL holds, up to `bytes_max`.
    ///
    /// Nothing is ever sent to an address that [`domain::address`] does not allow: each URL is checked, those of
    /// redirects too, and each name's addresses after it has been resolved; the connection is made to the addresses that
    /// were checked. Answers within `FETCH_MS_MAX`. Sends no credentials and no cookies.
    async fn fetch(&self, url: &Url, bytes_max: usize) -> Result<Fetched, FetchError>;
}

/// A service that takes pictures of pages.
#[async_trait]
pub trait Screenshots: Send + Sync {
    /// The page at a URL as a picture, up to `SCREENSHOT_BYTES_MAX`, within `SCREENSHOT_MS_MAX`. Only the service that was
    /// configured is asked. The words of an error hold no secret.
    async fn take(&self, url: &Url) -> Result<Fetched, FetchError>;
}
