//! A request once more, for models that failed or for another look: the message names the generation, and what was asked
//! is read where it was stored.

use super::fields::Fields;
use super::parent::{Parent, no_parent};
use super::{GenerationRequest, StartRequest, read_models, read_request_id};
use crate::error::Refusal;
use crate::ids::GenerationId;
use crate::limits::NAME_BYTES_MAX;
use serde_json::{Map, Value};

pub(super) const FIELD: &str = "repeatOf";

/// `{"repeatOf": ID, "models"?, "variants"?, "requestId"?}`: nothing else of the message is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The generation whose request it is.
    pub generation_id: GenerationId,
    variants: u8,
    models: Option<Vec<String>>,
    /// The client's idempotency key, if the message has one.
    pub request_id: Option<String>,
}

impl Repeat {
    /// Reads the message; `None` if it is a request of its own.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field. A malformed id gets the same answer as one that does not exist.
    pub fn read(object: &Map<String, Value>) -> Result<Option<Self>, Refusal> {
        let fields = Fields::of(object);
        let Some(id) = fields.text(FIELD, NAME_BYTES_MAX)? else { return Ok(None) };
        let (variants, models) = read_models(&fields)?;
        Ok(Some(Self {
            generation_id: GenerationId::parse(&id).map_err(|_| no_parent(FIELD))?,
            variants,
            models,
            request_id: read_request_id(&fields)?,
        }))
    }

    /// What is to be started, from what was stored.
    #[must_use]
    pub fn start(&self, stored: GenerationRequest) -> StartRequest {
        StartRequest {
            request: stored,
            request_id: self.request_id.clone(),
            variants: self.variants,
            models: self.models.clone(),
            parent: Some(Parent { generation_id: self.generation_id.clone(), variant_index: None }),
            uploaded_as: None,
            ignored: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use serde_json::json;

    const ID: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

    fn read(message: &Value) -> Result<Option<Repeat>, Refusal> {
        Repeat::read(message.as_object().unwrap())
    }

    #[test]
    fn a_repeat_is_what_was_asked_for_the_models_that_are_named_now() {
        let asked = StartRequest::read(json!({"prompt": {"text": "a page"}}).as_object().unwrap()).unwrap();
        let message =
            json!({"repeatOf": ID, "models": ["m"], "variants": 1, "requestId": "r", "prompt": {"text": "x"}});
        let start = read(&message).unwrap().unwrap().start(asked.request.clone());
        assert_eq!(start.request, asked.request, "the stored request, and nothing else of the message");
        assert_eq!(
            (start.variants, start.models, start.request_id),
            (1, Some(vec!["m".to_owned()]), Some("r".to_owned()))
        );
        let parent = Parent { generation_id: GenerationId::parse(ID).unwrap(), variant_index: None };
        assert_eq!(start.parent, Some(parent));
    }

    #[test]
    fn a_message_that_names_no_generation_is_no_repeat_and_a_wrong_name_leads_nowhere() {
        assert_eq!(read(&json!({"prompt": {"text": "a page"}})).unwrap(), None);
        let refusal = read(&json!({"repeatOf": "../x"})).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (ErrorCode::NotFound, Some("repeatOf")));
        let refusal = read(&json!({"repeatOf": ID, "variants": 99})).unwrap_err();
        assert_eq!(refusal.field.as_deref(), Some("variants"));
    }
}
