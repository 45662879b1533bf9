//! Who is asking, and what they hold in their hand to show it.

pub mod jwks;
pub mod jwt;

use crate::ids::UserId;
use crate::limits::{NAME_BYTES_MAX, TOKEN_BYTES_MAX};
use crate::share::ShareToken;
use std::fmt;

/// Somebody whose token was good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub user: UserId,
    /// When the token ends, in seconds since 1970, if it does.
    pub expires_at_s: Option<u64>,
}

impl Identity {
    /// Who asks where nobody has to say who they are.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { user: UserId::anonymous(), expires_at_s: None }
    }

    /// Whether the token has ended since it was looked at.
    #[must_use]
    pub fn has_expired(&self, now_s: u64) -> bool {
        self.expires_at_s.is_some_and(|expires_at_s| expires_at_s <= now_s)
    }
}

/// Who reads: somebody, somebody with a link that was shared with them, or a guest with nothing but such a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Who, unless it is a guest.
    pub user: Option<UserId>,
    /// The link's token.
    pub share: Option<ShareToken>,
}

impl Viewer {
    /// Somebody without a link.
    #[must_use]
    pub const fn user(user: UserId) -> Self {
        Self { user: Some(user), share: None }
    }
}

/// What a client shows to say who it is. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token as it came; nothing about it is certain.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text. It belongs into no log and no answer.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What is wrong with a token. For the log: a client is told that its token is not good, and nothing else. None of the words
/// is taken from the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// There is none.
    #[error("there is no token")]
    Missing,
    /// It is longer than any token.
    #[error("it is over {TOKEN_BYTES_MAX} bytes")]
    TooLong,
    /// It is not a JSON Web Token, or its header or claims are not what they should be.
    #[error("it is malformed: {0}")]
    Malformed(&'static str),
    /// It says that it is signed in another way than the server expects, or not at all.
    #[error("it is not signed with {}", .0.name())]
    Algorithm(jwt::Algorithm),
    /// No key of the issuer has the name that it gives.
    #[error("no key has its kid")]
    UnknownKey,
    /// Its signature is not the key's.
    #[error("its signature is wrong")]
    Signature,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time has not begun.
    #[error("it is not valid yet")]
    NotYet,
    /// Somebody else issued it.
    #[error("its issuer is not the configured one")]
    Issuer,
    /// It was issued for somebody else's service.
    #[error("its audience is not the configured one")]
    Audience,
    /// It is none of the shared tokens.
    #[error("it is not on the list")]
    Unknown,
}

/// A user's name from outside: 1 to [`NAME_BYTES_MAX`] bytes without control characters, and not the name under which a stack
/// without authentication keeps what it makes.
#[must_use]
pub fn user(name: &str) -> Option<UserId> {
    let fits = (1..=NAME_BYTES_MAX).contains(&name.len()) && !name.chars().any(char::is_control);
    Some(UserId(name.to_owned())).filter(|user| fits && *user != UserId::anonymous())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_anonymous_by_a_token() {
        assert_eq!(user("auth0|5f7c8ec7"), Some(UserId("auth0|5f7c8ec7".to_owned())));
        for name in ["", "anonymous", "a\nb", "a\0", &"x".repeat(NAME_BYTES_MAX + 1)] {
            assert_eq!(user(name), None, "{name:?}");
        }
        assert!(user(&"x".repeat(NAME_BYTES_MAX)).is_some());
    }

    #[test]
    fn a_token_is_never_shown() {
        let shown = format!("{:?}", Token::new("canary".to_owned()));
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn an_identity_ends_with_its_token() {
        let identity = Identity { user: UserId("me".to_owned()), expires_at_s: Some(100) };
        assert!(!identity.has_expired(99));
        assert!(identity.has_expired(100));
        assert!(!Identity::anonymous().has_expired(u64::MAX));
    }
}
