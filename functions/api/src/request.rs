//! A request, as the handlers see it.

use crate::{HttpEvent, Route, malformed};
use domain::error::{ErrorCode, Refusal};
use domain::ids::{DesignSystemId, GenerationId};
use domain::limits::{HTTP_BODY_BYTES_MAX, HTTP_HEAD_BYTES_MAX};
use domain::pictures::read_name;
use serde_json::{Map, Value};
use std::collections::HashMap;

pub(crate) struct Request {
    pub(crate) route: Route,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) idempotency_key: Option<String>,
    /// Whether the client takes compressed answers.
    pub(crate) accepts_gzip: bool,
    /// This server, as the client calls it.
    pub(crate) host: Option<String>,
    /// The token of `Authorization: Bearer`.
    pub(crate) bearer: Option<String>,
    path_parameters: HashMap<String, String>,
    query: HashMap<String, String>,
}

impl Request {
    pub(crate) fn read(event: HttpEvent) -> Result<Self, Refusal> {
        let key = event.route_key.as_ref().or(event.request_context.route_key.as_ref());
        let route = key
            .and_then(|key| Route::from_key(key))
            .ok_or_else(|| Refusal::general(ErrorCode::NotFound, "There is nothing at this path."))?;
        if event.head_bytes() > HTTP_HEAD_BYTES_MAX {
            let message = format!("The path, the query and the headers are together over {HTTP_HEAD_BYTES_MAX} bytes.");
            return Err(Refusal::general(ErrorCode::TooLarge, message));
        }
        if event.is_base64_encoded {
            return Err(malformed("The body has to be JSON text; set Content-Type: application/json."));
        }
        if event.body.as_ref().map_or(0, String::len) > HTTP_BODY_BYTES_MAX {
            return Err(Refusal::general(
                ErrorCode::TooLarge,
                format!("The body is over {HTTP_BODY_BYTES_MAX} bytes."),
            ));
        }
        Ok(Self {
            accepts_gzip: event.header("accept-encoding").is_some_and(takes_gzip),
            host: event.header("host").map(str::to_owned),
            idempotency_key: event.header("idempotency-key").map(str::to_owned),
            bearer: event.header("authorization").and_then(bearer).map(str::to_owned),
            route,
            method: event.request_context.http.method,
            path: event.raw_path.unwrap_or_default(),
            path_parameters: event.path_parameters.unwrap_or_default(),
            query: event.query_string_parameters.unwrap_or_default(),
            body: event.body.unwrap_or_default(),
        })
    }

    /// The body as a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Refusal> {
        match serde_json::from_str(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                Err(malformed("The body is a JSON object."))
            }
            Err(_) => Err(Refusal::general(ErrorCode::NotJson, "The body is not JSON.")),
        }
    }

    /// A parameter of the path.
    pub(crate) fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.get(name).map(String::as_str)
    }

    /// The design system in the path. A malformed id gets the same answer as one that does not exist.
    pub(crate) fn design_system_id(&self) -> Result<DesignSystemId, Refusal> {
        self.path_parameters.get("id").and_then(|id| DesignSystemId::parse(id).ok()).ok_or_else(no_such_design_system)
    }

    /// The generation in the path. A malformed id gets the same answer as one that does not exist.
    pub(crate) fn generation_id(&self) -> Result<GenerationId, Refusal> {
        self.path_parameters.get("id").and_then(|id| GenerationId::parse(id).ok()).ok_or_else(Refusal::not_found)
    }

    /// The variant's index in the path.
    pub(crate) fn variant_index(&self) -> Result<u8, Refusal> {
        self.path_parameters.get("n").and_then(|index| index.parse().ok()).ok_or_else(no_such_variant)
    }

    /// The attempt and the number of the picture in the path.
    pub(crate) fn picture(&self) -> Result<(u32, u32), Refusal> {
        let name = self.path_parameters.get("picture").and_then(|name| read_name(name));
        name.ok_or_else(|| Refusal::general(ErrorCode::NotFound, "There is no such picture."))
    }

    /// A whole number from the query.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u32>, Refusal> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| Refusal::field(name, format!("{name} is a whole number, 0 or more."))))
            .transpose()
    }

    /// A text from the query.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// Whether an `Accept-Encoding` admits gzip: named, and not with a weight of nothing.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        named && parts.all(|weight| !weight.starts_with("q=0") || weight.starts_with("q=0."))
    })
}

/// The token in an `Authorization` header of the scheme `Bearer` (RFC 6750).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(crate) fn no_such_design_system() -> Refusal {
    Refusal {
        code: ErrorCode::NotFound,
        field: Some("id".to_owned()),
        message: "There is no design system with this id.".to_owned(),
    }
}

pub(crate) fn no_such_variant() -> Refusal {
    Refusal {
        code: ErrorCode::NotFound,
        field: Some("n".to_owned()),
        message: "The generation has no variant with this index.".to_owned(),
    }
}

#[cfg(test)]
impl Request {
    /// A request for a file.
    pub(crate) fn of_file(method: &str, path: &str, accepts_gzip: bool) -> Self {
        Self {
            route: Route::File,
            method: method.to_owned(),
            path: path.to_owned(),
            body: String::new(),
            idempotency_key: None,
            bearer: None,
            accepts_gzip,
            host: None,
            path_parameters: HashMap::new(),
            query: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::takes_gzip;

    #[test]
    fn gzip_goes_to_those_who_ask_for_it() {
        for accepted in ["gzip", "deflate, gzip;q=0.5", "br, GZIP"] {
            assert!(takes_gzip(accepted), "{accepted}");
        }
        for accepted in ["", "br", "gzip;q=0", "identity", "xgzip"] {
            assert!(!takes_gzip(accepted), "{accepted}");
        }
    }
}
