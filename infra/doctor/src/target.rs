use crate::Surroundings;
use std::net::IpAddr;
use url::{Host, Url};

/// The path of the WebSocket: the stage's name.
pub(crate) const STAGE: &str = "generate-code";

/// A text that is no address of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAUrl(pub String);

/// Where a deployment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its page, with `http` or `https`.
    pub page: Url,
    /// Its WebSocket, where the person gave that.
    pub socket: Option<Url>,
}

impl Target {
    /// Reads a URL as people give it: the page's, the WebSocket's, or only a host and a port.
    ///
    /// # Errors
    /// [`NotAUrl`] with what is wrong.
    pub fn read(text: &str) -> Result<Self, NotAUrl> {
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { with_scheme(text) };
        let mut url = Url::parse(&whole).map_err(|error| NotAUrl(error.to_string()))?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(NotAUrl("it names no host".to_owned()));
        }
        url.set_query(None);
        url.set_fragment(None);
        match url.scheme() {
            "http" | "https" => Ok(Self { page: url, socket: None }),
            "ws" | "wss" => {
                let mut page = with(&url, if url.scheme() == "ws" { "http" } else { "https" })?;
                page.set_path("");
                Ok(Self { page, socket: Some(url) })
            }
            scheme => Err(NotAUrl(format!("its scheme is {scheme}, not http, https, ws or wss"))),
        }
    }

    /// A path below the page.
    #[must_use]
    pub fn below(&self, path: &str) -> String {
        format!("{}/{}", self.page.as_str().trim_end_matches('/'), path.trim_start_matches('/'))
    }

    /// The same path on the page's host, whatever path the page has.
    #[must_use]
    pub fn at_root(&self, path: &str) -> String {
        let mut url = self.page.clone();
        url.set_path(path);
        url.to_string()
    }

    /// Whether the page has a path of its own.
    #[must_use]
    pub fn has_path(&self) -> bool {
        !matches!(self.page.path(), "" | "/")
    }

    /// The WebSocket: as given, as the deployment says, or the stage on the page's host.
    ///
    /// # Errors
    /// [`NotAUrl`] if what the deployment says is none.
    pub fn socket_url(&self, configured: Option<&str>) -> Result<Url, NotAUrl> {
        if let Some(socket) = &self.socket {
            return Ok(socket.clone());
        }
        if let Some(text) = configured {
            return Url::parse(text).map_err(|error| NotAUrl(format!("WEBSOCKET_URL: {error}")));
        }
        let own = Url::parse(&self.below(STAGE)).map_err(|error| NotAUrl(error.to_string()))?;
        with(&own, if own.scheme() == "http" { "ws" } else { "wss" })
    }
}

/// The scheme cannot be set on a [`Url`] between these two pairs, as a browser would not let it.
fn with(url: &Url, scheme: &str) -> Result<Url, NotAUrl> {
    let rest = url.as_str().split_once("://").map(|(_, rest)| rest).unwrap_or_default();
    Url::parse(&format!("{scheme}://{rest}")).map_err(|error| NotAUrl(error.to_string()))
}

/// On this machine plain HTTP, elsewhere TLS.
fn with_scheme(text: &str) -> String {
    let host = Url::parse(&format!("http://{text}")).ok();
    let is_here = host.is_some_and(|url| surroundings(&url) == Surroundings::Here);
    format!("{}://{text}", if is_here { "http" } else { "https" })
}

/// Where a URL's host is.
pub(crate) fn surroundings(url: &Url) -> Surroundings {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    if is_here {
        Surroundings::Here
    } else if url.host_str().is_some_and(|host| host.contains(".execute-api.")) {
        Surroundings::Aws
    } else {
        Surroundings::Elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str) -> (String, String) {
        let target = Target::read(text).unwrap();
        (target.below("/health"), target.socket_url(None).unwrap().to_string())
    }

    #[test]
    fn a_url_is_read_as_people_give_it() {
        let here = ("http://127.0.0.1:7001/health".to_owned(), "ws://127.0.0.1:7001/generate-code".to_owned());
        for text in [
            "http://127.0.0.1:7001",
            "127.0.0.1:7001",
            "http://127.0.0.1:7001/?x#y",
            "ws://127.0.0.1:7001/generate-code",
        ] {
            assert_eq!(urls(text), here, "{text}");
        }
        assert_eq!(urls("pages.example").1, "wss://pages.example/generate-code");
        assert_eq!(urls("https://pages.example/app/").0, "https://pages.example/app/health");
        assert_eq!(
            urls("wss://a.execute-api.eu-west-1.amazonaws.com/x").1,
            "wss://a.execute-api.eu-west-1.amazonaws.com/x"
        );
    }

    #[test]
    fn what_is_no_url_is_refused_with_a_reason() {
        for text in ["", "http://", "ftp://pages.example", "http://:7001", "http://127.0.0.1:99999"] {
            assert!(Target::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_deployment_says_where_its_socket_is() {
        let target = Target::read("https://a.execute-api.eu-west-1.amazonaws.com").unwrap();
        assert_eq!(surroundings(&target.page), Surroundings::Aws);
        assert_eq!(target.socket_url(Some("wss://b.example/generate-code")).unwrap().host_str(), Some("b.example"));
        assert!(target.socket_url(Some("nothing")).is_err());
    }
}
