use serde::Deserialize;
use std::collections::HashMap;

/// A request, as API Gateway sends it, with what is read of it:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>, payload version 2.0.
/// Everything that is a client's is plain text: the type of the event crate refuses the whole event for one header that is not
/// ASCII, which would be answered as an error of the server, with the header's value in the log. It has no `Debug`: there are
/// tokens in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpEvent {
    pub(crate) route_key: Option<String>,
    pub(crate) raw_path: Option<String>,
    pub(crate) raw_query_string: Option<String>,
    pub(crate) headers: Option<HashMap<String, String>>,
    pub(crate) query_string_parameters: Option<HashMap<String, String>>,
    pub(crate) path_parameters: Option<HashMap<String, String>>,
    pub(crate) request_context: Context,
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Context {
    pub(crate) route_key: Option<String>,
    pub(crate) http: Http,
}

#[derive(Deserialize)]
pub(crate) struct Http {
    pub(crate) method: String,
}

impl HttpEvent {
    /// A header's value, however its name is written.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter().flatten();
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The path, the query and the headers, in bytes.
    pub(crate) fn head_bytes(&self) -> usize {
        let headers = self.headers.iter().flatten().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        headers + self.raw_path.as_ref().map_or(0, String::len) + self.raw_query_string.as_ref().map_or(0, String::len)
    }
}
