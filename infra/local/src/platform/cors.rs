//! What a bucket's CORS rule says on AWS: the page, and no other, may PUT what it was permitted to upload. Everything else
//! needs a signature of its own, and no page is told the answer:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>.

use crate::neighbours::entries;
use crate::settings::BUCKET;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN, VARY,
};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::Arc;

/// The headers that a permission asks for.
const HEADERS: &str = "content-type, if-none-match";

/// The rule.
#[derive(Clone)]
pub(super) struct Cors {
    origins: Arc<[String]>,
    folder: Arc<str>,
}

impl Cors {
    /// For the page at this address, under both of this machine's names, and for those of `CORS_ORIGINS`.
    pub(super) fn of_page(page: SocketAddr, cors_origins: Option<&str>) -> Self {
        let port = page.port();
        let own = [format!("http://{page}"), format!("http://localhost:{port}")];
        Self {
            origins: own.into_iter().chain(entries(cors_origins)).collect(),
            folder: format!("/{BUCKET}/uploads/").into(),
        }
    }

    /// The origin to name in the answer, if the request is one that the page may send.
    pub(super) fn allowed(&self, parts: &Parts) -> Option<HeaderValue> {
        let asked = match parts.headers.get(ACCESS_CONTROL_REQUEST_METHOD) {
            Some(method) if parts.method == Method::OPTIONS => method.as_bytes(),
            Some(_) | None => parts.method.as_str().as_bytes(),
        };
        let origin = parts.headers.get(ORIGIN)?;
        let known = self.origins.iter().any(|known| known.as_bytes() == origin.as_bytes());
        (known && asked == b"PUT" && parts.uri.path().starts_with(&*self.folder)).then(|| origin.clone())
    }

    /// The answer to a browser's question whether it may send a request.
    pub(super) fn preflight(&self, parts: &Parts) -> Response {
        match self.allowed(parts) {
            Some(origin) => (
                StatusCode::OK,
                [
                    (ACCESS_CONTROL_ALLOW_ORIGIN, origin),
                    (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("PUT")),
                    (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS)),
                    (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3000")),
                    (VARY, HeaderValue::from_static("Origin")),
                ],
            )
                .into_response(),
            None => StatusCode::FORBIDDEN.into_response(),
        }
    }
}
