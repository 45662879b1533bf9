//! Who may use the server: `AUTH` and what belongs to it.

use super::SettingError;
use crate::key::Redacted;
use domain::identity::jwt::Algorithm;
use domain::limits::HMAC_KEY_BYTES_MIN;
use fetch::Document;
use identity::SharedTokens;

/// `AUTH`: how people say who they are.
#[derive(Clone, Debug)]
pub enum Authentication {
    /// `none`: they do not. Who reaches the server may use it.
    None,
    /// `token`: with one of the tokens of `AUTH_TOKENS`.
    Tokens(SharedTokens),
    /// `jwt`: with JSON Web Tokens.
    WebTokens {
        /// `JWT_ISSUER`: who issues them.
        issuer: String,
        /// `JWT_AUDIENCE`: the name that the issuer has for this server.
        audience: String,
        /// What they are checked with.
        key: WebTokenKey,
    },
}

impl Authentication {
    /// The name that `AUTH` has for it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Tokens(_) => "token",
            Self::WebTokens { .. } => "jwt",
        }
    }
}

/// What JSON Web Tokens are checked with.
#[derive(Clone, Debug)]
pub enum WebTokenKey {
    /// `JWT_KEY`: a secret for HS256.
    Secret(Redacted),
    /// `JWT_KEY_SECRET`: the name or ARN of the secret that holds it, where it is not a variable.
    NamedSecret(String),
    /// `JWT_JWKS_URL`: where the issuer publishes its keys, for the algorithm of `JWT_ALGORITHM`.
    Published(Algorithm, Document),
}

fn wrong(name: &'static str, problem: impl Into<String>) -> SettingError {
    SettingError { name, problem: problem.into() }
}

/// Reads the settings. Without `AUTH` there are none, and whoever has to know who is asking does not start.
pub(super) fn read(optional: &dyn Fn(&'static str) -> Option<String>) -> Result<Option<Authentication>, SettingError> {
    let required = |name: &'static str| optional(name).ok_or_else(|| SettingError::missing(name));
    Ok(Some(match optional("AUTH").as_deref() {
        None => return Ok(None),
        Some("none") => Authentication::None,
        Some("token") => Authentication::Tokens(
            SharedTokens::read(&required("AUTH_TOKENS")?).map_err(|error| wrong("AUTH_TOKENS", error.to_string()))?,
        ),
        Some("jwt") => Authentication::WebTokens {
            issuer: required("JWT_ISSUER")?,
            audience: required("JWT_AUDIENCE")?,
            key: key(optional)?,
        },
        Some(_) => return Err(wrong("AUTH", "is not one of jwt, token, none")),
    }))
}

/// Exactly one of the three: with two, one could be used for what only the other should open.
fn key(optional: &dyn Fn(&'static str) -> Option<String>) -> Result<WebTokenKey, SettingError> {
    let key = match (optional("JWT_KEY"), optional("JWT_KEY_SECRET"), optional("JWT_JWKS_URL")) {
        (Some(key), None, None) if key.len() < HMAC_KEY_BYTES_MIN => {
            return Err(wrong("JWT_KEY", format!("has fewer than {HMAC_KEY_BYTES_MIN} bytes")));
        }
        (Some(key), None, None) => WebTokenKey::Secret(Redacted::new(key)),
        (None, Some(name), None) => WebTokenKey::NamedSecret(name),
        (None, None, Some(url)) => {
            let document = Document::new(&url).map_err(|error| wrong("JWT_JWKS_URL", error.to_string()))?;
            WebTokenKey::Published(published(optional("JWT_ALGORITHM").as_deref())?, document)
        }
        (None, None, None) => return Err(wrong("JWT_JWKS_URL", "is not set, nor is JWT_KEY")),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            return Err(wrong("JWT_KEY", "is set beside JWT_KEY_SECRET or JWT_JWKS_URL; only one of them may be"));
        }
    };
    match (&key, optional("JWT_ALGORITHM").as_deref()) {
        (WebTokenKey::Published(..), _) | (_, None | Some("HS256")) => Ok(key),
        (WebTokenKey::Secret(_) | WebTokenKey::NamedSecret(_), Some(_)) => {
            Err(wrong("JWT_ALGORITHM", "is not HS256, which is what a secret is for"))
        }
    }
}

fn published(algorithm: Option<&str>) -> Result<Algorithm, SettingError> {
    match algorithm {
        None | Some("RS256") => Ok(Algorithm::Rs256),
        Some("ES256") => Ok(Algorithm::Es256),
        Some(_) => Err(wrong("JWT_ALGORITHM", "is not one of RS256, ES256, which are what published keys are for")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    const HASH: &str = "94cb7bd20a73d2b8bf9ed8a1a2a8c7c9e0b1a7d3ea7b8b59c9b95d0a1cb8c4f1";
    const KEY: &str = "canary-of-thirty-two-bytes-and-more";

    fn set(variables: &[(&'static str, &str)]) -> Result<Option<Authentication>, SettingError> {
        let known: HashMap<&str, String> = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        read(&|name| known.get(name).cloned())
    }

    fn web_tokens(more: &[(&'static str, &str)]) -> Result<Option<Authentication>, SettingError> {
        let all = [&[("AUTH", "jwt"), ("JWT_ISSUER", "https://issuer"), ("JWT_AUDIENCE", "quartet")], more].concat();
        set(&all)
    }

    #[test]
    fn each_way_is_read() {
        assert!(set(&[]).unwrap().is_none(), "nothing is assumed");
        assert!(matches!(set(&[("AUTH", "none")]), Ok(Some(Authentication::None))));
        let list = format!("alice:{HASH}");
        assert!(matches!(set(&[("AUTH", "token"), ("AUTH_TOKENS", &list)]), Ok(Some(Authentication::Tokens(_)))));
        let key = |more: &[(&'static str, &str)]| match web_tokens(more).unwrap().unwrap() {
            Authentication::WebTokens { key, .. } => key,
            other @ (Authentication::None | Authentication::Tokens(_)) => panic!("{other:?}"),
        };
        assert!(matches!(key(&[("JWT_KEY", KEY)]), WebTokenKey::Secret(_)));
        assert!(matches!(key(&[("JWT_KEY", KEY), ("JWT_ALGORITHM", "HS256")]), WebTokenKey::Secret(_)));
        assert!(matches!(key(&[("JWT_KEY_SECRET", "quartet/jwt")]), WebTokenKey::NamedSecret(_)));
        let url = ("JWT_JWKS_URL", "https://issuer/keys");
        assert!(matches!(key(&[url]), WebTokenKey::Published(Algorithm::Rs256, _)));
        assert!(matches!(key(&[url, ("JWT_ALGORITHM", "ES256")]), WebTokenKey::Published(Algorithm::Es256, _)));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let url = ("JWT_JWKS_URL", "https://issuer/keys");
        for (settings, name) in [
            (set(&[("AUTH", "yes")]), "AUTH"),
            (set(&[("AUTH", "token")]), "AUTH_TOKENS"),
            (set(&[("AUTH", "token"), ("AUTH_TOKENS", "alice:canary")]), "AUTH_TOKENS"),
            (set(&[("AUTH", "jwt")]), "JWT_ISSUER"),
            (set(&[("AUTH", "jwt"), ("JWT_ISSUER", "x")]), "JWT_AUDIENCE"),
            (web_tokens(&[]), "JWT_JWKS_URL"),
            (web_tokens(&[("JWT_JWKS_URL", "http://issuer/keys")]), "JWT_JWKS_URL"),
            (web_tokens(&[url, ("JWT_ALGORITHM", "HS256")]), "JWT_ALGORITHM"),
            (web_tokens(&[url, ("JWT_ALGORITHM", "none")]), "JWT_ALGORITHM"),
            (web_tokens(&[("JWT_KEY", KEY), ("JWT_ALGORITHM", "RS256")]), "JWT_ALGORITHM"),
            (web_tokens(&[("JWT_KEY", "canary")]), "JWT_KEY"),
            (web_tokens(&[("JWT_KEY", KEY), url]), "JWT_KEY"),
            (web_tokens(&[("JWT_KEY_SECRET", "a"), url]), "JWT_KEY"),
        ] {
            let error = settings.unwrap_err();
            assert_eq!(error.name, name, "{error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_secret_is_never_shown() {
        let shown = format!("{:?}", web_tokens(&[("JWT_KEY", KEY)]).unwrap());
        assert!(!shown.contains("canary"), "{shown}");
    }
}
