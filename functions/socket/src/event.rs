use serde::Deserialize;
use std::collections::HashMap;

/// What API Gateway sends for a handshake, a message and a connection's end, with what is read of it:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html>.
/// Everything that is a client's is plain text: the type of the event crate refuses the whole event for one header that is not
/// ASCII, with the header's value, which may be a token, in its error. It has no `Debug`: there are tokens in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketEvent {
    pub(crate) headers: Option<HashMap<String, String>>,
    pub(crate) multi_value_headers: Option<HashMap<String, Vec<String>>>,
    pub(crate) query_string_parameters: Option<HashMap<String, String>>,
    pub(crate) request_context: Context,
    pub(crate) body: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Context {
    pub(crate) connection_id: Option<String>,
    pub(crate) route_key: Option<String>,
    pub(crate) disconnect_status_code: Option<i64>,
}

impl SocketEvent {
    /// A header's values, however its name is written.
    pub(crate) fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let is_it = move |known: &str| known.eq_ignore_ascii_case(name);
        let one = self.headers.iter().flatten().filter(move |(known, _)| is_it(known)).map(|(_, value)| value);
        let many = self.multi_value_headers.iter().flatten().filter(move |(known, _)| is_it(known));
        one.chain(many.flat_map(|(_, values)| values)).map(String::as_str)
    }

    /// A parameter of the query, unless it is empty. API Gateway gives the last of several.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let value = self.query_string_parameters.as_ref()?.get(name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}
