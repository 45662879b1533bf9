//! Events as AWS sends them.

use domain::ids::ConnectionId;
use serde_json::{Value, json};

/// An event of the WebSocket API, as the gateway sends it.
#[must_use]
pub fn socket_event(connection: &ConnectionId, route: &str, body: Option<&Value>) -> Value {
    let mut event = json!({
        "requestContext": {
            "routeKey": route, "connectionId": connection, "connectedAt": 1, "requestTimeEpoch": 1,
            "stage": "generate-code",
        },
        "isBase64Encoded": false,
    });
    if let Some(body) = body {
        event["body"] = json!(body.to_string());
    }
    event
}

/// A request, as API Gateway gives it to the `api` function.
#[must_use]
pub fn http_event(method: &str, route: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "routeKey": route, "timeEpoch": 1,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
        },
        "isBase64Encoded": false,
    })
}
