//! Who may call a stack that listens on loopback: programs of this machine, and pages that came from it.
//!
//! Every website that a person visits can send requests to 127.0.0.1, under its own `Origin` or, with a name that it lets
//! point there, under its own `Host`; without this check any of them could spend the person's key. A generated page is such
//! a website too: it runs without an origin (`null`).

use crate::settings::CORS_ORIGINS;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderValue, ORIGIN, VARY,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use boot::SettingError;
use std::net::IpAddr;
use std::sync::Arc;

/// Who may call beside this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// Hosts under which a proxy serves this stack, from `ALLOWED_HOSTS`.
    hosts: Arc<[String]>,
    /// Pages of other hosts, from `CORS_ORIGINS`.
    origins: Arc<[String]>,
}

/// The entries of a list that is separated by commas, in lower case.
pub(crate) fn entries(list: Option<&str>) -> Vec<String> {
    let entries = list.unwrap_or_default().split(',').map(|entry| entry.trim().to_ascii_lowercase());
    entries.filter(|entry| !entry.is_empty()).collect()
}

/// An origin as browsers write it: a scheme, a host and perhaps a port, and nothing behind them.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| host.parse::<Authority>().is_ok_and(|authority| !authority.as_str().contains('@')))
}

impl Neighbours {
    /// Reads names, and origins, that are separated by commas.
    ///
    /// # Errors
    /// [`SettingError`] for an entry of `CORS_ORIGINS` that is no origin: `*` is none, so that every page is named.
    pub fn read(allowed_hosts: Option<&str>, cors_origins: Option<&str>) -> Result<Self, SettingError> {
        let origins = entries(cors_origins);
        if origins.iter().any(|origin| !is_origin(origin)) {
            let problem = "is not a list of origins as in https://app.example, without a path and without *".to_owned();
            return Err(SettingError { name: CORS_ORIGINS, problem });
        }
        Ok(Self { hosts: entries(allowed_hosts).into(), origins: origins.into() })
    }

    fn may_call(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let host = text(HOST).is_some_and(|host| self.knows(host));
        let origin = text(ORIGIN).is_none_or(|origin| {
            let served = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            served.is_some_and(|host| self.knows(host)) || self.origins.iter().any(|known| known == origin)
        });
        host && origin
    }

    fn knows(&self, host_and_port: &str) -> bool {
        let Ok(authority) = host_and_port.parse::<Authority>() else { return false };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        is_loopback || host == "localhost" || host.ends_with(".localhost") || self.hosts.contains(&host)
    }
}

/// Refuses a request of a stranger before anything reads it.
pub async fn only_neighbours(State(neighbours): State<Neighbours>, request: Request, next: Next) -> Response {
    if neighbours.may_call(request.headers()) {
        return next.run(request).await;
    }
    let headers = request.headers();
    tracing::warn!(host = ?headers.get(HOST), origin = ?headers.get(ORIGIN), path = request.uri().path(), "stranger_refused");
    let message = "This server only takes requests of this machine. ALLOWED_HOSTS names further hosts.";
    (StatusCode::FORBIDDEN, message).into_response()
}

/// Lets the pages that may call read the answers too, as API Gateway does for the origins that it is configured with: a
/// frontend of this machine that is served from a port of its own. Behind [`only_neighbours`].
pub async fn share_answers(request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(ORIGIN).cloned() else { return next.run(request).await };
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut answer = if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(VARY, HeaderValue::from_static("Origin"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Content-Disposition, Location"));
    if is_preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"));
        headers.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("Authorization, Content-Type, Idempotency-Key"),
        );
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_call(allowed: Option<&str>, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        Neighbours::read(allowed, None).unwrap().may_call(&headers)
    }

    #[test]
    fn programs_and_pages_of_this_machine_may_call() {
        for host in ["127.0.0.1:7001", "localhost:7001", "[::1]:7001", "quartet.localhost", "LOCALHOST"] {
            assert!(may_call(None, host, None), "{host}");
        }
        for origin in ["http://localhost:5173", "http://127.0.0.1:7001", "https://[::1]"] {
            assert!(may_call(None, "127.0.0.1:7001", Some(origin)), "{origin}");
        }
    }

    #[test]
    fn a_website_may_not_call_under_its_origin_nor_under_its_name() {
        for origin in ["https://evil.example", "null", "", "http://localhost.evil.example", "file://", "http://evil@x"]
        {
            assert!(!may_call(None, "127.0.0.1:7001", Some(origin)), "{origin}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:7001", "192.168.0.7:7001", ""] {
            assert!(!may_call(None, host, None), "{host}");
        }
    }

    #[test]
    fn a_proxys_host_may_call_once_it_is_named() {
        let allowed = Some("quartet.example, other.example");
        assert!(may_call(allowed, "quartet.example", Some("https://quartet.example")));
        assert!(!may_call(allowed, "quartet.example", Some("https://evil.example")));
        assert!(!may_call(None, "quartet.example", None));
    }

    #[test]
    fn a_page_of_another_host_may_call_once_its_origin_is_named() {
        let named = Neighbours::read(None, Some("https://app.example, http://other.example:8080")).unwrap();
        let may_call = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "127.0.0.1:7001".parse().unwrap());
            headers.insert(ORIGIN, origin.parse().unwrap());
            named.may_call(&headers)
        };
        assert!(may_call("https://app.example"));
        assert!(may_call("http://other.example:8080"));
        for origin in ["http://app.example", "https://app.example:8443", "https://app.example.evil.example", "null"] {
            assert!(!may_call(origin), "{origin}");
        }
    }

    #[test]
    fn a_list_of_origins_names_each_page() {
        for list in ["*", "app.example", "https://app.example/", "https://a@app.example", "https://", "null"] {
            assert_eq!(Neighbours::read(None, Some(list)).unwrap_err().name, "CORS_ORIGINS", "{list}");
        }
        assert_eq!(Neighbours::read(None, Some(" , ")).unwrap(), Neighbours::default());
    }
}
