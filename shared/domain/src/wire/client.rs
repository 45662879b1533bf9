//! Messages from a client.

use crate::error::{ErrorCode, Refusal};
use crate::ids::GenerationId;
use crate::limits::CURSORS_MAX;
use crate::request::StartRequest;
use crate::request::reference::Reference;
use crate::share::ShareToken;
use serde_json::{Map, Value};

/// What a client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientMessage {
    /// Start a generation. `bare`: the params came without an `action`, as the unmodified screenshot-to-code frontend
    /// sends them; its socket is closed at the end.
    Generate {
        /// What to generate.
        start: Box<StartRequest>,
        /// Whether the sender expects its socket to be closed.
        bare: bool,
    },
    /// The same, with the params elsewhere: uploaded before, or those of an earlier generation.
    GenerateReferenced {
        /// Where.
        reference: Reference,
        /// Whether the sender expects its socket to be closed.
        bare: bool,
    },
    /// Replay what came after the cursors, then follow live.
    Resume {
        /// Which generation.
        generation_id: GenerationId,
        /// What the client already has; a variant without a cursor is replayed from its current attempt's start.
        cursors: Vec<Cursor>,
        /// The token of a link, from who was shown the generation by its owner.
        share: Option<ShareToken>,
    },
    /// Stop one variant, or all of them.
    Cancel {
        /// Which generation.
        generation_id: GenerationId,
        /// Which variant, or all.
        variant_index: Option<u8>,
    },
    /// Keep the connection from idling out.
    Ping,
}

/// The last chunk that a client has of one variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Which variant.
    pub variant_index: u8,
    /// Which attempt; chunks of different attempts are different texts.
    pub attempt: u32,
    /// The number of the last chunk that the client has.
    pub seq: u32,
}

impl ClientMessage {
    /// Reads a text frame.
    ///
    /// # Errors
    /// A [`Refusal`] that names what is wrong; the connection stays usable.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            Refusal::general(ErrorCode::NotJson, format!("The message is not JSON (line {}).", error.line()))
        })?;
        let Value::Object(object) = value else {
            return Err(Refusal::general(ErrorCode::InvalidField, "A message is a JSON object."));
        };
        match object.get("action") {
            None => Self::read_bare(&object),
            Some(Value::String(action)) => Self::read_action(action, &object),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Err(Refusal::field("action", "action is a text."))
            }
        }
    }

    /// Whether a message that was refused is one of the screenshot-to-code frontend, which waits for its socket's end: it
    /// says what to build with and no `action`.
    #[must_use]
    pub fn is_of_peer(text: &str) -> bool {
        matches!(serde_json::from_str(text), Ok(Value::Object(object))
            if !object.contains_key("action") && object.contains_key("generatedCodeConfig"))
    }

    /// Whether the message asks for a generation without saying so, as the screenshot-to-code frontend does.
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        match self {
            Self::Generate { bare, .. } | Self::GenerateReferenced { bare, .. } => *bare,
            Self::Resume { .. } | Self::Cancel { .. } | Self::Ping => false,
        }
    }

    fn read_generate(object: &Map<String, Value>, bare: bool) -> Result<Self, Refusal> {
        match Reference::read(object)? {
            Some(reference) => Ok(Self::GenerateReferenced { reference, bare }),
            None => Ok(Self::Generate { start: Box::new(StartRequest::read(object)?), bare }),
        }
    }

    fn read_bare(object: &Map<String, Value>) -> Result<Self, Refusal> {
        if !["prompt", "generatedCodeConfig", "requestRef"].iter().any(|name| object.contains_key(*name)) {
            return Err(Refusal::field("action", "Say what to do: action is one of generate, resume, cancel, ping."));
        }
        Self::read_generate(object, true)
    }

    fn read_action(action: &str, object: &Map<String, Value>) -> Result<Self, Refusal> {
        match action {
            "generate" => Self::read_generate(object, false),
            "resume" => Ok(Self::Resume {
                generation_id: read_id(object)?,
                cursors: read_cursors(object)?,
                share: read_share(object)?,
            }),
            "cancel" => Ok(Self::Cancel {
                generation_id: read_id(object)?,
                variant_index: match object.get("variantIndex") {
                    None | Some(Value::Null) => None,
                    Some(value) => Some(whole_number(value, "variantIndex")?),
                },
            }),
            "ping" => Ok(Self::Ping),
            _ => Err(Refusal {
                code: ErrorCode::UnknownAction,
                field: Some("action".to_owned()),
                message: "action is one of generate, resume, cancel, ping.".to_owned(),
            }),
        }
    }
}

/// A malformed id gets the same answer as one that does not exist.
fn read_id(object: &Map<String, Value>) -> Result<GenerationId, Refusal> {
    match object.get("generationId") {
        Some(Value::String(id)) => GenerationId::parse(id).map_err(|_| Refusal::not_found()),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) | None => {
            Err(Refusal::field("generationId", "generationId is the id that the generation was accepted with."))
        }
    }
}

/// A token that no link has gets the same answer as one that is not live.
fn read_share(object: &Map<String, Value>) -> Result<Option<ShareToken>, Refusal> {
    match object.get("share") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => ShareToken::parse(text).map(Some).ok_or_else(Refusal::not_found),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(Refusal::field("share", "share is the token of a link."))
        }
    }
}

fn read_cursors(object: &Map<String, Value>) -> Result<Vec<Cursor>, Refusal> {
    let values = match object.get("cursors") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(values)) => values,
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            return Err(Refusal::field("cursors", "cursors is a list."));
        }
    };
    if values.len() > CURSORS_MAX {
        return Err(Refusal::too_large("cursors", format!("At most {CURSORS_MAX} cursors are taken, one a variant.")));
    }
    let mut cursors: Vec<Cursor> = Vec::with_capacity(values.len());
    for (position, value) in values.iter().enumerate() {
        let path = format!("cursors[{position}]");
        let number = |name: &str| whole_number(value.get(name).unwrap_or(&Value::Null), &format!("{path}.{name}"));
        let cursor = Cursor {
            variant_index: number("variantIndex")?,
            attempt: whole_number(value.get("attempt").unwrap_or(&Value::Null), &format!("{path}.attempt"))?,
            seq: whole_number(value.get("seq").unwrap_or(&Value::Null), &format!("{path}.seq"))?,
        };
        if cursors.iter().any(|other| other.variant_index == cursor.variant_index) {
            return Err(Refusal::field(format!("{path}.variantIndex"), "There is already a cursor for this variant."));
        }
        cursors.push(cursor);
    }
    Ok(cursors)
}

fn whole_number<T: TryFrom<u64>>(value: &Value, field: &str) -> Result<T, Refusal> {
    value
        .as_u64()
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| Refusal::field(field, format!("{field} is a whole number, 0 or more.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

    #[test]
    fn each_action_is_read() {
        let resume = format!(
            r#"{{"action":"resume","generationId":"{ID}","cursors":[{{"variantIndex":1,"attempt":2,"seq":41}}]}}"#
        );
        assert_eq!(
            ClientMessage::read(&resume).unwrap(),
            ClientMessage::Resume {
                generation_id: GenerationId::parse(ID).unwrap(),
                cursors: vec![Cursor { variant_index: 1, attempt: 2, seq: 41 }],
                share: None,
            }
        );
        let cancel = format!(r#"{{"action":"cancel","generationId":"{ID}"}}"#);
        assert!(matches!(ClientMessage::read(&cancel).unwrap(), ClientMessage::Cancel { variant_index: None, .. }));
        assert_eq!(ClientMessage::read(r#"{"action":"ping"}"#).unwrap(), ClientMessage::Ping);
        let generate = r#"{"action":"generate","prompt":{"text":"x"}}"#;
        assert!(matches!(ClientMessage::read(generate).unwrap(), ClientMessage::Generate { bare: false, .. }));
        let bare = r#"{"generatedCodeConfig":"html_css","prompt":{"text":"x"}}"#;
        assert!(matches!(ClientMessage::read(bare).unwrap(), ClientMessage::Generate { bare: true, .. }));
        let uploaded = format!(r#"{{"action":"generate","requestRef":"upload:{ID}"}}"#);
        assert!(matches!(
            ClientMessage::read(&uploaded).unwrap(),
            ClientMessage::GenerateReferenced { bare: false, .. }
        ));
        assert!(ClientMessage::read(&format!(r#"{{"requestRef":"upload:{ID}"}}"#)).unwrap().is_bare());
    }

    #[test]
    fn whatever_is_wrong_is_named() {
        let million = format!(r#"{{"action":"resume","generationId":"{ID}","cursors":[{}0]}}"#, "0,".repeat(999_999));
        for (text, code, field) in [
            ("", ErrorCode::NotJson, None),
            ("{", ErrorCode::NotJson, None),
            ("[]", ErrorCode::InvalidField, None),
            ("{}", ErrorCode::InvalidField, Some("action")),
            (r#"{"action":7}"#, ErrorCode::InvalidField, Some("action")),
            (r#"{"action":"destroy"}"#, ErrorCode::UnknownAction, Some("action")),
            (r#"{"action":"resume"}"#, ErrorCode::InvalidField, Some("generationId")),
            (r#"{"action":"resume","generationId":"../x"}"#, ErrorCode::NotFound, Some("generationId")),
            (
                &format!(r#"{{"action":"resume","generationId":"{ID}","share":7}}"#),
                ErrorCode::InvalidField,
                Some("share"),
            ),
            (
                &format!(r#"{{"action":"resume","generationId":"{ID}","share":"x"}}"#),
                ErrorCode::NotFound,
                Some("generationId"),
            ),
            (&million, ErrorCode::TooLarge, Some("cursors")),
            (
                &format!(
                    r#"{{"action":"resume","generationId":"{ID}","cursors":[{{"variantIndex":0,"attempt":1,"seq":-1}}]}}"#
                ),
                ErrorCode::InvalidField,
                Some("cursors[0].seq"),
            ),
            (
                &format!(r#"{{"action":"cancel","generationId":"{ID}","variantIndex":300}}"#),
                ErrorCode::InvalidField,
                Some("variantIndex"),
            ),
        ] {
            let refusal = ClientMessage::read(text).unwrap_err();
            assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{text:.80}");
        }
    }

    #[test]
    fn deeply_nested_json_is_refused_and_not_a_stack_overflow() {
        let text = "[".repeat(200_000);
        assert_eq!(ClientMessage::read(&text).unwrap_err().code, ErrorCode::NotJson);
    }
}
