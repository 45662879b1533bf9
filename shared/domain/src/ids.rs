//! Names of things. Each is a type of its own, so that none can stand where another is meant.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A generation: a random UUID (v4) in lower case, 36 characters, unguessable.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenerationId(String);

/// A design system: 36 characters like a generation's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DesignSystemId(String);

/// A text that is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 36 characters of lower-case hex and hyphens")]
pub struct NotAnId;

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            0..8 | 9..13 | 14..18 | 19..23 | 24.. => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

impl GenerationId {
    /// Reads an id that came from outside.
    ///
    /// # Errors
    /// [`NotAnId`] for anything but 8-4-4-4-12 lower-case hex digits; no store is asked for such a text.
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        if is_uuid(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }

    /// An id that no generation has: reading it asks a store whether it answers.
    #[must_use]
    pub fn nobodys() -> Self {
        Self("00000000-0000-0000-0000-000000000000".to_owned())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl DesignSystemId {
    /// Reads an id that came from outside.
    ///
    /// # Errors
    /// [`NotAnId`], as for a generation's.
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        if is_uuid(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }
}

impl fmt::Display for DesignSystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An upload: a random UUID (v4) in lower case, unguessable. Messages name it as `upload:ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadId(String);

impl UploadId {
    const REFERENCE: &str = "upload:";

    /// Reads an id that came from outside.
    ///
    /// # Errors
    /// [`NotAnId`], as [`GenerationId::parse`].
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        if is_uuid(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }

    /// Reads a reference out of a message.
    #[must_use]
    pub fn from_reference(text: &str) -> Option<Self> {
        Self::parse(text.strip_prefix(Self::REFERENCE)?).ok()
    }

    /// How a message names the upload.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}{}", Self::REFERENCE, self.0)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One socket, as API Gateway names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(pub String);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who a generation belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub String);

impl UserId {
    /// The one user of a stack without authentication.
    #[must_use]
    pub fn anonymous() -> Self {
        Self("anonymous".to_owned())
    }
}

/// One variant of one generation. `index` counts from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VariantKey {
    /// The generation it belongs to.
    pub generation_id: GenerationId,
    /// Its place in the line-up, from 0.
    pub variant_index: u8,
}

impl fmt::Display for VariantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.generation_id, self.variant_index)
    }
}

/// One attempt at a variant. Attempts count from 1; the number is the fencing token of the attempt's writes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptKey {
    /// The variant.
    pub variant: VariantKey,
    /// The attempt, from 1.
    pub attempt: u32,
}

/// The name of one claim: random, so that a worker recognises its own write when the answer to it was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Holder(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lower_case_uuid_is_a_generation_id() {
        assert!(GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").is_ok());
        for wrong in [
            "",
            "latest",
            "../../etc/passwd",
            "0B5C3F6E-8A0F-4F0E-9B1A-2F6D1C7E9A10",
            "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a1",
            "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a100",
            "0b5c3f6ea8a0f-4f0e-9b1a-2f6d1c7e9a10",
        ] {
            assert_eq!(GenerationId::parse(wrong), Err(NotAnId), "{wrong}");
            assert_eq!(UploadId::from_reference(&format!("upload:{wrong}")), None, "{wrong}");
        }
    }

    #[test]
    fn a_reference_reads_back_as_the_upload_that_it_names() {
        let id = UploadId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
        assert_eq!(UploadId::from_reference(&id.reference()), Some(id.clone()));
        assert_eq!(UploadId::from_reference(id.as_str()), None);
    }
}
