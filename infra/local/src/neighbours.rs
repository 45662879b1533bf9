//! Who may call a stack that listens on loopback: programs of this machine, and pages that came from it.
//!
//! Every website that a person visits can send requests to 127.0.0.1, under its own `Origin` or, with a name that it lets
//! point there, under its own `Host`; without this check any of them could spend the person's key. A generated page is such
//! a website too: it runs without an origin (`null`).

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderValue, ORIGIN, VARY,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;

/// Hosts other than loopback under which a proxy serves this stack, from `ALLOWED_HOSTS`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours(Arc<[String]>);

impl Neighbours {
    /// Reads names that are separated by commas.
    #[must_use]
    pub fn read(allowed_hosts: Option<&str>) -> Self {
        let names = allowed_hosts.unwrap_or_default().split(',').map(|name| name.trim().to_ascii_lowercase());
        Self(names.filter(|name| !name.is_empty()).collect())
    }

    fn may_call(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let host = text(HOST).is_some_and(|host| self.knows(host));
        let origin = text(ORIGIN).is_none_or(|origin| {
            let served = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            served.is_some_and(|host| self.knows(host))
        });
        host && origin
    }

    fn knows(&self, host_and_port: &str) -> bool {
        let Ok(authority) = host_and_port.parse::<Authority>() else { return false };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        is_loopback || host == "localhost" || host.ends_with(".localhost") || self.0.contains(&host)
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
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Content-Type, Idempotency-Key"));
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
        Neighbours::read(allowed).may_call(&headers)
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
}
