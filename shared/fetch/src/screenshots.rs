use crate::body;
use crate::client::{builder, cause};
use async_trait::async_trait;
use domain::limits::{SCREENSHOT_BYTES_MAX, SCREENSHOT_MS_MAX};
use ports::{FetchError, Fetched, Screenshots};
use reqwest::Client;
use std::fmt;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// The service's key. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ScreenshotKey(String);

impl ScreenshotKey {
    /// A key from the environment.
    #[must_use]
    pub const fn new(key: String) -> Self {
        Self(key)
    }
}

impl fmt::Debug for ScreenshotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScreenshotKey(…)")
    }
}

/// A service's address that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an http:// or https:// URL with {{url}} in one of its query's values")]
pub struct BadTemplate;

/// The service that was configured: a GET that answers with a picture.
#[derive(Clone, Debug)]
pub struct ScreenshotService {
    http: Client,
    template: Url,
    key: Option<ScreenshotKey>,
}

const PAGE: &str = "{url}";
const KEY: &str = "{key}";

impl ScreenshotService {
    /// `ScreenshotOne`, as screenshot-to-code asks it: the whole page, 1280 pixels wide.
    pub const SCREENSHOT_ONE: &str = "https://api.screenshotone.com/take?access_key={key}&url={url}&full_page=true\
         &device_scale_factor=1&format=png&viewport_width=1280&viewport_height=832&block_ads=true\
         &block_cookie_banners=true&cache=false&timeout=25";

    /// Reads an address in whose query `{url}` stands for the page's URL and `{key}` for the key. No request is sent.
    ///
    /// # Errors
    /// [`BadTemplate`] if it is no such address or no TLS client can be set up.
    pub fn new(template: &str, key: Option<ScreenshotKey>) -> Result<Self, BadTemplate> {
        let template = Url::parse(template).map_err(|_| BadTemplate)?;
        let names_page = template.query_pairs().any(|(_, value)| value.contains(PAGE));
        if !names_page || !matches!(template.scheme(), "http" | "https") {
            return Err(BadTemplate);
        }
        Ok(Self { http: builder().build().map_err(|_| BadTemplate)?, template, key })
    }

    /// Each value of the query is filled in and encoded by itself, so that no page's URL adds to the query.
    fn address(&self, page: &Url) -> Url {
        let key = self.key.as_ref().map_or("", |ScreenshotKey(key)| key.as_str());
        let pairs: Vec<(String, String)> = self
            .template
            .query_pairs()
            .map(|(name, value)| {
                let value = if value == KEY { key.to_owned() } else { value.replace(PAGE, page.as_str()) };
                (name.into_owned(), value)
            })
            .collect();
        let mut address = self.template.clone();
        address.query_pairs_mut().clear().extend_pairs(pairs);
        address
    }
}

#[async_trait]
impl Screenshots for ScreenshotService {
    async fn take(&self, url: &Url) -> Result<Fetched, FetchError> {
        let taken = async {
            let sent = self.http.get(self.address(url)).send().await;
            body::read(sent.map_err(|error| FetchError::Failed(cause(&error)))?, SCREENSHOT_BYTES_MAX).await
        };
        timeout(Duration::from_millis(SCREENSHOT_MS_MAX), taken).await.unwrap_or_else(|_| {
            Err(FetchError::Failed(format!("the service did not answer within {SCREENSHOT_MS_MAX} ms")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(template: &str) -> Result<ScreenshotService, BadTemplate> {
        ScreenshotService::new(template, Some(ScreenshotKey::new("canary".to_owned())))
    }

    #[test]
    fn a_page_and_a_key_are_filled_in_and_nothing_else_is_changed() {
        let service = service("https://shots.example/take?k={key}&u={url}&full=true").unwrap();
        let page = Url::parse("https://example.com/?a=1&k=other#{key}").unwrap();
        let address = service.address(&page);
        let pairs: Vec<(String, String)> =
            address.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let expected = [("k", "canary"), ("u", "https://example.com/?a=1&k=other#{key}"), ("full", "true")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(address.host_str(), Some("shots.example"));
        assert!(!format!("{service:?}").contains("canary"));
    }

    #[test]
    fn an_address_without_a_place_for_the_page_is_refused() {
        for wrong in ["", "shots", "ftp://shots/?u={url}", "https://shots.example/take", "https://{url}/"] {
            assert_eq!(service(wrong).unwrap_err(), BadTemplate, "{wrong}");
        }
        assert!(service(ScreenshotService::SCREENSHOT_ONE).is_ok());
    }
}
