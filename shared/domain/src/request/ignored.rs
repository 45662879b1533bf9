//! Keys and hosts that a client sends. They are the server's business: a host that a client chose would be sent the
//! server's key, and a key that a client sent would lie in its records. Values are never read, so they cannot leak.

use super::notice::{Notice, NoticeCode};
use serde_json::{Map, Value};

const FIELDS: [&str; 6] =
    ["openAiBaseURL", "openAiApiKey", "anthropicApiKey", "geminiApiKey", "replicateApiKey", "screenshotOneApiKey"];

/// Which of them were sent with something in them.
pub(super) fn sent(object: &Map<String, Value>) -> Vec<&'static str> {
    let is_blank = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    };
    FIELDS.into_iter().filter(|name| object.get(*name).is_some_and(|value| !is_blank(value))).collect()
}

/// What the client is told about them, if anything.
pub(super) fn notice(ignored: &[&'static str]) -> Option<Notice> {
    (!ignored.is_empty()).then(|| Notice { code: NoticeCode::FieldsIgnored, fields: ignored.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_or_a_host_of_a_client_is_named_to_it_and_never_repeated() {
        let sent = sent(
            json!({"openAiBaseURL": "http://evil", "openAiApiKey": "sk-canary", "geminiApiKey": " ", "replicateApiKey": null})
                .as_object()
                .unwrap(),
        );
        let notice = notice(&sent).unwrap();
        assert_eq!(
            notice.data(),
            json!({"code": "fields_ignored", "fields": ["openAiBaseURL", "openAiApiKey"]}),
            "names, and nothing that was in them"
        );
        assert_eq!(
            notice.text(),
            "openAiBaseURL, openAiApiKey was not used: this server asks its own provider with its own key."
        );
    }

    #[test]
    fn the_empty_fields_of_an_unmodified_frontend_are_nothing_to_speak_of() {
        assert_eq!(notice(&sent(json!({"openAiApiKey": null, "openAiBaseURL": ""}).as_object().unwrap())), None);
    }
}
