use crate::StoreError;
use async_trait::async_trait;
use domain::upload::Wanted;
use std::fmt;

/// A permission to put one object into the bucket, once, from outside. Its `Debug` says until when, and nothing that could be used.
#[derive(Clone, PartialEq, Eq)]
pub struct Permit {
    /// Where the client sends its PUT. Who has the address may use it: it is as secret as a password, while it holds.
    pub url: String,
    /// Headers that the PUT has to carry, beside its length.
    pub headers: Vec<(String, String)>,
    /// When it ends, in milliseconds since 1970.
    pub expires_at_ms: u64,
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("expires_at_ms", &self.expires_at_ms).finish_non_exhaustive()
    }
}

/// What lies under a key of the uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// Nothing: it was never uploaded, has expired, or is another user's.
    Nothing,
    /// More bytes than the caller takes. They were not read.
    TooLarge,
    /// The bytes. They are whatever the client sent: nobody has looked at them yet.
    Bytes(Vec<u8>),
}

/// Objects that clients put into the bucket themselves.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// Permits one upload. The store itself holds the client to the terms: a PUT with another length or type, after the
    /// end, or where something lies already, changes nothing. So what was read there once is there, unchanged, whenever it is
    /// read again. Gives no access to anything else. After an error there is no permission.
    async fn permit(&self, key: &str, wanted: Wanted, now_ms: u64) -> Result<Permit, StoreError>;

    /// Reads an upload of at most `bytes_max` bytes.
    async fn uploaded(&self, key: &str, bytes_max: usize) -> Result<Uploaded, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_never_shown() {
        let headers = vec![("x-amz-security-token".to_owned(), "canary".to_owned())];
        let permit = Permit { url: "https://bucket?X-Amz-Signature=canary".to_owned(), headers, expires_at_ms: 7 };
        assert_eq!(format!("{permit:?}"), "Permit { expires_at_ms: 7, .. }");
    }
}
