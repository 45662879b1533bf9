//! Links that show a generation to who is not its owner: read-only, and until they end or are revoked.

use crate::error::Refusal;
use crate::ids::GenerationId;
use crate::limits::{SHARE_S_MAX, SHARE_S_MIN};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write as _};

/// What is in a link: the generation's id, and 64 random hex digits. Who has it may read, so it is stored nowhere and its
/// `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareToken(String);

/// A link's name: the hash of its token, 64 hex digits. It opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShareId(String);

/// A link, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// What it shows.
    pub generation: GenerationId,
    /// Its name.
    pub id: ShareId,
    /// When it was made, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// When it ends by itself, in seconds since 1970.
    pub expires_at_s: Option<u64>,
}

impl Share {
    /// Whether it still shows anything.
    #[must_use]
    pub fn is_live(&self, now_s: u64) -> bool {
        self.expires_at_s.is_none_or(|expires_at_s| expires_at_s > now_s)
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl ShareToken {
    /// A token for a generation out of 64 random hex digits.
    #[must_use]
    pub fn new(generation: &GenerationId, secret: &str) -> Self {
        Self(format!("{generation}.{secret}"))
    }

    /// Reads a token that came from outside; `None` if no link has such a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (generation, secret) = text.split_once('.')?;
        (GenerationId::parse(generation).is_ok() && is_hash(secret)).then(|| Self(text.to_owned()))
    }

    /// The generation that it is for: always some, of a token that was made or parsed.
    #[must_use]
    pub fn generation(&self) -> Option<GenerationId> {
        GenerationId::parse(self.0.split_once('.')?.0).ok()
    }

    /// The link's name.
    #[must_use]
    pub fn id(&self) -> ShareId {
        let mut id = String::with_capacity(64);
        for byte in Sha256::digest(&self.0) {
            // Writing to a text cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        ShareId(id)
    }

    /// The text, for the link itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ShareToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareToken(…)")
    }
}

impl ShareId {
    /// Reads a name that came from outside.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_hash(text).then(|| Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How long a link is to hold, from a request's `expiresInS`: for ever, unless it says so.
///
/// # Errors
/// [`Refusal`] with the field.
pub fn lifetime_s(object: &Map<String, Value>) -> Result<Option<u64>, Refusal> {
    match object.get("expiresInS") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            value.as_u64().filter(|seconds| (SHARE_S_MIN..=SHARE_S_MAX).contains(seconds)).map(Some).ok_or_else(|| {
                let message = format!("expiresInS is a whole number of seconds from {SHARE_S_MIN} to {SHARE_S_MAX}.");
                Refusal::field("expiresInS", message)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

    #[test]
    fn a_token_reads_back_and_names_its_generation() {
        let generation = GenerationId::parse(ID).unwrap();
        let token = ShareToken::new(&generation, &"0a".repeat(32));
        assert_eq!(ShareToken::parse(token.as_str()), Some(token.clone()));
        assert_eq!(token.generation(), Some(generation));
        assert_eq!(ShareId::parse(token.id().as_str()), Some(token.id()));
        assert!(!format!("{token:?}").contains(ID));
    }

    #[test]
    fn what_no_link_holds_is_no_token() {
        for text in ["", ID, &format!("{ID}."), &format!("{ID}.{}", "g".repeat(64)), &format!(".{}", "0".repeat(64))] {
            assert_eq!(ShareToken::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_link_holds_as_long_as_was_asked() {
        let asked = |value: Value| lifetime_s(json!({"expiresInS": value}).as_object().unwrap());
        assert_eq!(lifetime_s(&Map::new()), Ok(None));
        for seconds in [SHARE_S_MIN, SHARE_S_MAX] {
            assert_eq!(asked(json!(seconds)), Ok(Some(seconds)));
        }
        for wrong in [json!(SHARE_S_MIN - 1), json!(SHARE_S_MAX + 1), json!("600"), json!(-1), json!(1.5)] {
            assert_eq!(asked(wrong).unwrap_err().field.as_deref(), Some("expiresInS"));
        }
        let share = |expires_at_s| Share {
            generation: GenerationId::parse(ID).unwrap(),
            id: ShareId::parse(&"0".repeat(64)).unwrap(),
            created_at_ms: 0,
            expires_at_s,
        };
        assert!(share(None).is_live(u64::MAX));
        assert!(share(Some(100)).is_live(99));
        assert!(!share(Some(100)).is_live(100));
    }
}
