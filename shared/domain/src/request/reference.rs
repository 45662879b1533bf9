//! A request that a message names instead of holding it: one that was uploaded, since no frame holds it, or one that was
//! carried out before.

use super::StartRequest;
use super::fields::Fields;
use super::repeat::Repeat;
use crate::error::{ErrorCode, Refusal};
use crate::ids::UploadId;
use crate::limits::NAME_BYTES_MAX;
use serde_json::{Map, Value};

const FIELD: &str = "requestRef";

/// Where the request is that a message names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// In an upload.
    Upload(RequestRef),
    /// With the generation that was made of it.
    Repeat(Repeat),
}

impl Reference {
    /// Reads the reference of a message; `None` if the message is the request itself.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn read(object: &Map<String, Value>) -> Result<Option<Self>, Refusal> {
        match RequestRef::read(object)? {
            Some(reference) => Ok(Some(Self::Upload(reference))),
            None => Ok(Repeat::read(object)?.map(Self::Repeat)),
        }
    }
}

/// `{"requestRef": "upload:ID", "requestId"?}`: nothing else of the message is read, the upload is the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRef {
    /// The uploaded params.
    pub upload: UploadId,
    /// The client's idempotency key, if the message has one.
    pub request_id: Option<String>,
}

impl RequestRef {
    /// Reads the reference of a message; `None` if the message is the request itself.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field. A malformed id gets the same answer as one that does not exist.
    pub fn read(object: &Map<String, Value>) -> Result<Option<Self>, Refusal> {
        let fields = Fields::of(object);
        let Some(text) = fields.text(FIELD, NAME_BYTES_MAX)? else { return Ok(None) };
        let upload =
            UploadId::from_reference(&text).or_else(|| UploadId::parse(&text).ok()).ok_or_else(nothing_there)?;
        let request_id = fields.text("requestId", NAME_BYTES_MAX)?.filter(|id| !id.is_empty());
        Ok(Some(Self { upload, request_id }))
    }

    /// Reads the uploaded params; `bytes` are what lies there. Without an idempotency key in the message or in the
    /// params, the upload's own id is the key: it cannot have been used for anything else.
    ///
    /// # Errors
    /// As [`StartRequest::read`], with the same names of fields; `requestRef` where the upload is no JSON object.
    pub fn open(&self, bytes: &[u8]) -> Result<StartRequest, Refusal> {
        let value: Value = serde_json::from_slice(bytes).map_err(|_| Refusal {
            code: ErrorCode::NotJson,
            field: Some(FIELD.to_owned()),
            message: "The uploaded request is not JSON.".to_owned(),
        })?;
        let Value::Object(object) = value else {
            return Err(Refusal::field(FIELD, "The uploaded request is a JSON object."));
        };
        if object.get(FIELD).is_some_and(|value| !value.is_null()) {
            return Err(Refusal::field(
                FIELD,
                "An uploaded request holds the params themselves, not another reference.",
            ));
        }
        let mut start = StartRequest::read(&object)?;
        let key = self.request_id.clone().or_else(|| start.request_id.take());
        start.request_id = Some(key.unwrap_or_else(|| self.upload.as_str().to_owned()));
        start.uploaded_as = Some(self.upload.clone());
        Ok(start)
    }
}

/// The reference leads nowhere, or to another user's upload: the same answer for both.
#[must_use]
pub fn nothing_there() -> Refusal {
    no_upload(FIELD)
}

/// No upload of the sender's lies behind the reference in this field.
#[must_use]
pub fn no_upload(field: impl Into<String>) -> Refusal {
    Refusal {
        code: ErrorCode::NotFound,
        field: Some(field.into()),
        message: "There is no upload with this id. Ask POST /api/uploads for one and upload first.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

    fn reference(message: &Value) -> Result<Option<RequestRef>, Refusal> {
        RequestRef::read(message.as_object().unwrap())
    }

    fn open(message: &Value, params: &str) -> Result<StartRequest, Refusal> {
        reference(message).unwrap().unwrap().open(params.as_bytes())
    }

    #[test]
    fn the_key_of_the_message_comes_before_that_of_the_params_and_the_uploads_id_after_both() {
        let with = json!({"prompt": {"text": "a page"}, "requestId": "params"}).to_string();
        let without = json!({"prompt": {"text": "a page"}}).to_string();
        let key = |message: Value, params: &str| open(&message, params).unwrap().request_id.unwrap();
        assert_eq!(key(json!({"requestRef": ID, "requestId": "message"}), &with), "message");
        assert_eq!(key(json!({"requestRef": format!("upload:{ID}")}), &with), "params");
        assert_eq!(key(json!({"requestRef": format!("upload:{ID}")}), &without), ID);
    }

    #[test]
    fn an_uploaded_request_is_refused_by_the_same_names_as_one_in_a_message() {
        let message = json!({"requestRef": ID});
        for (params, code, field) in [
            ("{", ErrorCode::NotJson, "requestRef"),
            ("[]", ErrorCode::InvalidField, "requestRef"),
            (&json!({"requestRef": ID}).to_string(), ErrorCode::InvalidField, "requestRef"),
            (r#"{"prompt": {"text": ""}}"#, ErrorCode::InvalidField, "prompt.text"),
            (r#"{"prompt": {"text": "a"}, "variants": 9}"#, ErrorCode::InvalidField, "variants"),
        ] {
            let refusal = open(&message, params).unwrap_err();
            assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)), "{params}");
        }
    }

    #[test]
    fn a_reference_that_is_none_is_named() {
        assert_eq!(reference(&json!({"prompt": {}})).unwrap(), None);
        assert_eq!(reference(&json!({"requestRef": "../x"})).unwrap_err().code, ErrorCode::NotFound);
        let refusal = reference(&json!({"requestRef": 7})).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (ErrorCode::InvalidField, Some("requestRef")));
    }
}
