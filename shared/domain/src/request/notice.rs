//! What a client has to know although its request is accepted.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a notice is about; clients say it in their own language by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// Keys and hosts that the client has sent are not used.
    FieldsIgnored,
}

/// A notice, and the fields that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub code: NoticeCode,
    /// The fields' names. Their values are never repeated.
    pub fields: Vec<&'static str>,
}

impl Notice {
    /// The notice in words, for clients that know no codes.
    #[must_use]
    pub fn text(&self) -> String {
        let fields = self.fields.join(", ");
        match self.code {
            NoticeCode::FieldsIgnored => {
                format!("{fields} was not used: this server asks its own provider with its own key.")
            }
        }
    }

    /// The notice as data: `code` and `fields`.
    #[must_use]
    pub fn data(&self) -> Value {
        json!({"code": self.code, "fields": self.fields})
    }
}

/// Adds notices to what answers a request: `notices` as words and `noticeDetails` as data, in one order. Nothing without any.
pub fn add_notices(answer: &mut Value, notices: &[Notice]) {
    if !notices.is_empty() {
        answer["notices"] = notices.iter().map(Notice::text).collect();
        answer["noticeDetails"] = notices.iter().map(Notice::data).collect();
    }
}
