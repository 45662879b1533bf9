//! JSON Web Tokens of a test's own making, good and bad.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use boot::SystemClock;
use ports::Clock;
use ring::hmac;
use serde_json::{Value, json};

/// Who has made them.
pub const ISSUER: &str = "https://issuer.example";
/// Whom they are for.
pub const AUDIENCE: &str = "quartet";

/// The time, in seconds since 1970, as tokens have it.
#[must_use]
pub fn now_s() -> u64 {
    SystemClock.now_ms() / 1_000
}

/// What is good for this user for the next ten minutes.
#[must_use]
pub fn claims(user: &str) -> Value {
    json!({"sub": user, "iss": ISSUER, "aud": AUDIENCE, "exp": now_s() + 600})
}

/// The same of alice, with one claim that is another.
#[must_use]
pub fn with(name: &str, value: Value) -> Value {
    let mut claims = claims("alice");
    claims[name] = value;
    claims
}

/// Header and claims; with a dot behind them, a token of `alg: none`.
#[must_use]
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// Header and claims, with their HMAC by these bytes behind them.
#[must_use]
pub fn by_key(key: &[u8], text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes())))
}

/// A token that is signed with a secret.
#[must_use]
pub fn by_secret(secret: &str, claims: &Value) -> String {
    by_key(secret.as_bytes(), &unsigned(&json!({"alg": "HS256"}), claims))
}
