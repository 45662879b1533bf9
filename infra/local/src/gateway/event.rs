//! The events, as API Gateway sends them. Their fields are those of real captures; see `events/`.

use super::STAGE;
use axum::http::{HeaderMap, Uri};
use domain::ids::ConnectionId;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Names of the API that events carry; here they name this machine.
const API_ID: &str = "local";

/// What all events of one connection share.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) connection: ConnectionId,
    pub(super) connected_at_ms: u64,
    pub(super) source_ip: String,
    pub(super) host: String,
}

pub(super) fn iso8601(ms: u64) -> Option<String> {
    date(ms).format(&Rfc3339).ok()
}

fn date(ms: u64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// As in Apache's logs: `19/Jul/2023:19:28:16 +0000`.
fn request_time(ms: u64) -> String {
    let format = format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    date(ms).format(&format).unwrap_or_default()
}

fn context(origin: &Origin, route_key: &str, event_type: &str, now_ms: u64, request_id: &str) -> Value {
    json!({
        "routeKey": route_key,
        "eventType": event_type,
        "extendedRequestId": request_id,
        "requestTime": request_time(now_ms),
        "messageDirection": "IN",
        "stage": STAGE,
        "connectedAt": origin.connected_at_ms,
        "requestTimeEpoch": now_ms,
        "identity": {"sourceIp": origin.source_ip},
        "requestId": request_id,
        "domainName": origin.host,
        "connectionId": origin.connection,
        "apiId": API_ID,
    })
}

/// `$connect`: the only one with headers and the query string.
pub(super) fn connect(origin: &Origin, headers: &HeaderMap, uri: &Uri, now_ms: u64, request_id: &str) -> Value {
    let mut event = json!({
        "headers": single(headers),
        "multiValueHeaders": multiple(headers),
        "requestContext": context(origin, "$connect", "CONNECT", now_ms, request_id),
        "isBase64Encoded": false,
    });
    let query = query(uri);
    if !query.is_empty() {
        let last: Map<String, Value> = query.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let mut all: Map<String, Value> = Map::new();
        for (name, value) in &query {
            if let Value::Array(values) = all.entry(name.clone()).or_insert_with(|| json!([])) {
                values.push(json!(value));
            }
        }
        event["queryStringParameters"] = Value::Object(last);
        event["multiValueQueryStringParameters"] = Value::Object(all);
    }
    event
}

/// A message from the client.
pub(super) fn message(origin: &Origin, route_key: &str, body: &str, now_ms: u64, request_id: &str) -> Value {
    let mut context = context(origin, route_key, "MESSAGE", now_ms, request_id);
    context["messageId"] = json!(request_id);
    json!({"requestContext": context, "body": body, "isBase64Encoded": false})
}

/// `$disconnect`, after the connection is closed.
pub(super) fn disconnect(origin: &Origin, code: u16, reason: &str, now_ms: u64, request_id: &str) -> Value {
    let mut context = context(origin, "$disconnect", "DISCONNECT", now_ms, request_id);
    context["disconnectStatusCode"] = json!(code);
    context["disconnectReason"] = json!(reason);
    json!({
        "headers": {"Host": origin.host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""},
        "multiValueHeaders":
            {"Host": [origin.host], "x-api-key": [""], "X-Forwarded-For": [""], "x-restapi": [""]},
        "requestContext": context,
        "isBase64Encoded": false,
    })
}

/// An HTTP request, payload version 2.0.
pub(super) struct HttpRequest<'a> {
    pub(super) route_key: &'a str,
    pub(super) path_parameters: Map<String, Value>,
    pub(super) method: &'a str,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
    pub(super) source_ip: &'a str,
    pub(super) body: Option<(String, bool)>,
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.
pub(super) fn http(request: &HttpRequest<'_>, now_ms: u64, request_id: &str) -> Value {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let path = percent_decode_str(request.uri.path()).decode_utf8_lossy();
    let mut event = json!({
        "version": "2.0",
        "routeKey": request.route_key,
        "rawPath": path,
        "rawQueryString": request.uri.query().unwrap_or_default(),
        "headers": joined(request.headers),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": API_ID,
            "domainName": header("host"),
            "domainPrefix": API_ID,
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.source_ip,
                "userAgent": header("user-agent"),
            },
            "requestId": request_id,
            "routeKey": request.route_key,
            "stage": "$default",
            "time": request_time(now_ms),
            "timeEpoch": now_ms,
        },
        "isBase64Encoded": request.body.as_ref().is_some_and(|(_, encoded)| *encoded),
    });
    if !request.path_parameters.is_empty() {
        event["pathParameters"] = Value::Object(request.path_parameters.clone());
    }
    let mut parameters: Map<String, Value> = Map::new();
    for (name, value) in query(request.uri) {
        let joined = match parameters.get(&name).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value,
        };
        parameters.insert(name, json!(joined));
    }
    if !parameters.is_empty() {
        event["queryStringParameters"] = Value::Object(parameters);
    }
    if let Some((body, _)) = &request.body {
        event["body"] = json!(body);
    }
    event
}

fn query(uri: &Uri) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    uri.query()
        .into_iter()
        .flat_map(|query| query.split('&'))
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn texts(headers: &HeaderMap) -> impl Iterator<Item = (&str, String)> {
    headers.iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

fn single(headers: &HeaderMap) -> Map<String, Value> {
    texts(headers).map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

fn multiple(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .keys()
        .map(|name| {
            let values: Vec<String> = headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect();
            (name.to_string(), json!(values))
        })
        .collect()
}

/// Payload version 2.0 joins a header's values with commas.
fn joined(headers: &HeaderMap) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    for (name, value) in texts(headers) {
        let joined = match all.get(name).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value,
        };
        all.insert(name.to_owned(), json!(joined));
    }
    all
}
