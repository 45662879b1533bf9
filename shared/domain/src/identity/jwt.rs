//! JSON Web Tokens (RFC 7519) in their compact form (RFC 7515), read as RFC 8725 advises: the algorithm is the server's
//! choice and never the token's, and no claim is looked at before the signature was.

use super::{Flaw, Identity, user};
use crate::limits::{CLOCK_LEEWAY_S, TOKEN_BYTES_MAX};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Number, Value};

/// How tokens are signed (RFC 7518, section 3.1). A server takes exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256, by a secret that the issuer and the server share.
    Hs256,
    /// RSA PKCS#1 v1.5 with SHA-256, by the issuer's private key.
    Rs256,
    /// ECDSA on P-256 with SHA-256, by the issuer's private key.
    Es256,
}

impl Algorithm {
    /// Its registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

/// What a token has to say to be for this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How it is signed.
    pub algorithm: Algorithm,
    /// Who issued it (`iss`), exactly.
    pub issuer: String,
    /// For whom (`aud`): this is it, or among them.
    pub audience: String,
}

/// A token before its signature was checked. Only its header has been read; what it claims cannot be.
#[derive(Debug)]
pub struct Unverified<'a> {
    signed: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
    key_id: Option<String>,
}

/// What a token whose signature was good claims.
#[derive(Debug)]
pub struct Claims {
    subject: String,
    issuer: Option<String>,
    audience: Option<Audience>,
    expires_at_s: u64,
    not_before_s: u64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Payload {
    sub: String,
    iss: Option<String>,
    aud: Option<Audience>,
    exp: Number,
    nbf: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> Unverified<'a> {
    /// Reads a token that has to be signed with `algorithm`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(token: &'a str, algorithm: Algorithm) -> Result<Self, Flaw> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Flaw::TooLong);
        }
        let parts = token.rsplit_once('.').and_then(|(signed, signature)| {
            let (header, claims) = signed.split_once('.')?;
            (!claims.contains('.')).then_some((signed, header, claims, signature))
        });
        let (signed, header, claims, signature) = parts.ok_or(Flaw::Malformed("it has not three parts"))?;
        let header: Header = json(header).ok_or(Flaw::Malformed("its header is unreadable"))?;
        if header.alg != algorithm.name() {
            return Err(Flaw::Algorithm(algorithm));
        }
        // Whatever it is, it is not understood, and then the token has to be refused (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(Flaw::Malformed("its header has critical extensions"));
        }
        let signature = bytes(signature).ok_or(Flaw::Malformed("its signature is unreadable"))?;
        Ok(Self { signed, claims, signature, key_id: header.kid })
    }

    /// The name of the key that it says to be signed with.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// What it claims, if `is_good` says that the signature (its second argument) is one of the text (its first).
    ///
    /// # Errors
    /// [`Flaw::Signature`], or [`Flaw::Malformed`] for claims that are missing or of the wrong type.
    pub fn verified(self, is_good: impl FnOnce(&[u8], &[u8]) -> bool) -> Result<Claims, Flaw> {
        if !is_good(self.signed.as_bytes(), &self.signature) {
            return Err(Flaw::Signature);
        }
        let Payload { sub, iss, aud, exp, nbf } =
            json(self.claims).ok_or(Flaw::Malformed("a claim is missing or of the wrong type"))?;
        Ok(Claims {
            subject: sub,
            issuer: iss,
            audience: aud,
            expires_at_s: seconds(&exp).ok_or(Flaw::Malformed("exp is no time"))?,
            not_before_s: match nbf {
                Some(nbf) => seconds(&nbf).ok_or(Flaw::Malformed("nbf is no time"))?,
                None => 0,
            },
        })
    }
}

impl Claims {
    /// Whose token it is, if it is for this server and its time is now, give or take [`CLOCK_LEEWAY_S`].
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn identity(self, rules: &Rules, now_s: u64) -> Result<Identity, Flaw> {
        if self.issuer.as_deref() != Some(rules.issuer.as_str()) {
            return Err(Flaw::Issuer);
        }
        let is_for_us = match &self.audience {
            Some(Audience::One(one)) => *one == rules.audience,
            Some(Audience::Many(many)) => many.contains(&rules.audience),
            None => false,
        };
        if !is_for_us {
            return Err(Flaw::Audience);
        }
        let expires_at_s = self.expires_at_s.saturating_add(CLOCK_LEEWAY_S);
        if expires_at_s <= now_s {
            return Err(Flaw::Expired);
        }
        if self.not_before_s > now_s.saturating_add(CLOCK_LEEWAY_S) {
            return Err(Flaw::NotYet);
        }
        let user = user(&self.subject).ok_or(Flaw::Malformed("sub is no user's name"))?;
        Ok(Identity { user, expires_at_s: Some(expires_at_s) })
    }
}

fn bytes(encoded: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(encoded).ok()
}

/// JSON in which no name comes twice: two readers might each take another one.
fn json<T: for<'de> Deserialize<'de>>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&bytes(encoded)?).ok()
}

/// A `NumericDate`: seconds since 1970, with or without a fraction.
fn seconds(date: &Number) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
    date.as_u64()
        .or_else(|| date.as_f64().filter(|seconds| (0.0..9e15).contains(seconds)).map(|seconds| seconds.trunc() as u64))
}

#[cfg(test)]
mod tests;
