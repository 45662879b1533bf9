use crate::body;
use crate::client::{builder, cause};
use ports::FetchError;
use reqwest::Client;
use url::{Host, Url};

/// A URL at which no document is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an https:// URL (or an http:// one of this machine)")]
pub struct BadDocument;

/// A document at a URL that was configured, such as the keys of an issuer. It may lie in a private network; what it says has to come
/// over TLS, unless it comes from this machine.
#[derive(Clone, Debug)]
pub struct Document {
    http: Client,
    url: Url,
}

impl Document {
    /// Reads the URL. No request is sent.
    ///
    /// # Errors
    /// [`BadDocument`] if it is no such URL or no TLS client can be set up.
    pub fn new(url: &str) -> Result<Self, BadDocument> {
        let url = Url::parse(url).map_err(|_| BadDocument)?;
        let is_here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if url.scheme() != "https" && !(is_here && url.scheme() == "http") {
            return Err(BadDocument);
        }
        Ok(Self { http: builder().build().map_err(|_| BadDocument)?, url })
    }

    /// Its bytes, up to `bytes_max`. Redirects are not followed. The caller bounds the time.
    ///
    /// # Errors
    /// [`FetchError::Failed`] or [`FetchError::TooLarge`].
    pub async fn read(&self, bytes_max: usize) -> Result<Vec<u8>, FetchError> {
        let asked = self.http.get(self.url.clone()).send().await;
        let response = asked.map_err(|error| FetchError::Failed(cause(&error)))?;
        Ok(body::read(response, bytes_max).await?.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_changed_on_its_way_is_not_read() {
        for url in ["https://issuer.example/keys", "http://127.0.0.1:8080/keys", "http://localhost/k", "http://[::1]/"]
        {
            assert!(Document::new(url).is_ok(), "{url}");
        }
        for url in
            ["http://issuer.example/keys", "ftp://127.0.0.1/", "file:///etc/passwd", "keys", "http://localhost.x/"]
        {
            assert_eq!(Document::new(url).unwrap_err(), BadDocument, "{url}");
        }
    }
}
