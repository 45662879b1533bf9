use serde::Serialize;
use std::collections::BTreeMap;

/// What API Gateway is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// 2xx lets a handshake succeed; anything else is what the client sees instead.
    pub status_code: u16,
    /// Headers of a handshake's answer. A map and not the event crate's, which writes names in lower case: AWS documents
    /// `Sec-WebSocket-Protocol` and says nothing of other spellings
    /// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html>).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<&'static str, String>,
    /// What the client is sent, through a route response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl Answer {
    /// A status and nothing else.
    pub(crate) const fn status(status_code: u16) -> Self {
        Self { status_code, headers: BTreeMap::new(), body: None }
    }
}
