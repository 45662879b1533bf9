//! A file that a client wants to send before the message that names it: an image, or a request too large for a frame.

use crate::error::Refusal;
use crate::image::Format;
use crate::limits::{IMAGE_BYTES_MAX, REQUEST_BYTES_MAX};
use serde_json::{Map, Value};

/// The media type of an uploaded request.
pub const REQUEST_TYPE: &str = "application/json";

/// What is to be uploaded. The permission that follows holds for exactly this type and number of bytes; what the bytes
/// are is looked at when they are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The media type.
    pub content_type: &'static str,
    /// The size.
    pub bytes: usize,
}

impl Wanted {
    /// Reads `{"contentType", "bytes"}`.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let images = Format::ALL.map(|format| (format.media_type(), IMAGE_BYTES_MAX));
        let kinds = images.into_iter().chain([(REQUEST_TYPE, REQUEST_BYTES_MAX)]);
        let wanted = object.get("contentType").and_then(Value::as_str);
        let Some((content_type, bytes_max)) = kinds.clone().find(|(kind, _)| Some(*kind) == wanted) else {
            let names: Vec<&str> = kinds.map(|(kind, _)| kind).collect();
            return Err(Refusal::field("contentType", format!("contentType is one of {}.", names.join(", "))));
        };
        let bytes = object.get("bytes").and_then(Value::as_u64).filter(|bytes| *bytes > 0);
        match bytes.map(usize::try_from) {
            Some(Ok(bytes)) if bytes <= bytes_max => Ok(Self { content_type, bytes }),
            Some(_) => {
                Err(Refusal::too_large("bytes", format!("At most {bytes_max} bytes of {content_type} are taken.")))
            }
            None => Err(Refusal::field("bytes", "bytes is the size of the file, a whole number from 1 on.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use serde_json::json;

    fn read(content_type: &str, bytes: &Value) -> Result<Wanted, Refusal> {
        Wanted::read(json!({"contentType": content_type, "bytes": bytes}).as_object().unwrap())
    }

    #[test]
    fn each_kind_is_permitted_up_to_its_limit_and_not_one_byte_beyond() {
        for (kind, max) in
            [("image/png", IMAGE_BYTES_MAX), ("image/webp", IMAGE_BYTES_MAX), (REQUEST_TYPE, REQUEST_BYTES_MAX)]
        {
            assert_eq!(read(kind, &json!(max)).unwrap(), Wanted { content_type: kind_of(kind), bytes: max });
            let refusal = read(kind, &json!(max + 1)).unwrap_err();
            assert_eq!((refusal.code, refusal.field.as_deref()), (ErrorCode::TooLarge, Some("bytes")));
        }
    }

    fn kind_of(kind: &str) -> &'static str {
        Format::ALL.map(Format::media_type).into_iter().chain([REQUEST_TYPE]).find(|known| *known == kind).unwrap()
    }

    #[test]
    fn a_type_that_is_never_taken_and_a_size_that_is_none_are_named() {
        for (kind, bytes, field) in [
            ("image/svg+xml", json!(10), "contentType"),
            ("", json!(10), "contentType"),
            ("image/png", json!(0), "bytes"),
            ("image/png", json!(-1), "bytes"),
            ("image/png", json!("10"), "bytes"),
        ] {
            let refusal = read(kind, &bytes).unwrap_err();
            assert_eq!(
                (refusal.code, refusal.field.as_deref()),
                (ErrorCode::InvalidField, Some(field)),
                "{kind} {bytes}"
            );
        }
    }
}
