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
