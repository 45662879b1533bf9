use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// What can be seen of a token without the key that signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// There is none.
    Absent,
    /// It is no JSON Web Token, so nothing can be seen.
    Opaque,
    /// Its `exp` is in the past.
    Expired,
    /// Its `nbf` is in the future.
    NotYetValid,
    /// Its dates are fine.
    InTime,
}

impl TokenState {
    /// Looks at a token at `now_s`, in seconds since 1970 (RFC 7519, `exp` and `nbf`).
    #[must_use]
    pub fn of(token: Option<&str>, now_s: u64) -> Self {
        let Some(token) = token else { return Self::Absent };
        let mut parts = token.split('.');
        let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Self::Opaque;
        };
        let claims = URL_SAFE_NO_PAD.decode(claims).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let Some(claims) = claims else { return Self::Opaque };
        // Fractions are allowed; a second more or less decides nothing here.
        let date = |name: &str| claims[name].as_u64().or_else(|| claims[name].as_f64().map(whole));
        if date("exp").is_some_and(|end| end <= now_s) {
            Self::Expired
        } else if date("nbf").is_some_and(|beginning| beginning > now_s) {
            Self::NotYetValid
        } else {
            Self::InTime
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a negative date is long ago")]
const fn whole(seconds: f64) -> u64 {
    seconds as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("{}.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode("{\"alg\":\"ES256\"}"), URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_that_has_expired_is_seen_without_its_key() {
        assert_eq!(TokenState::of(Some(&token(r#"{"exp": 100}"#)), 100), TokenState::Expired);
        assert_eq!(TokenState::of(Some(&token(r#"{"exp": 100.5}"#)), 101), TokenState::Expired);
        assert_eq!(TokenState::of(Some(&token(r#"{"exp": 101, "nbf": 90}"#)), 100), TokenState::InTime);
        assert_eq!(TokenState::of(Some(&token(r#"{"nbf": 101}"#)), 100), TokenState::NotYetValid);
    }

    #[test]
    fn what_is_no_token_of_that_kind_says_nothing() {
        for opaque in ["secret", "a.b", "a.b.c", "a.b.c.d", ""] {
            assert_eq!(TokenState::of(Some(opaque), 1), TokenState::Opaque, "{opaque}");
        }
        assert_eq!(TokenState::of(None, 1), TokenState::Absent);
    }
}
