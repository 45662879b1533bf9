//! The keys that an issuer publishes (JSON Web Key Set, RFC 7517).

use super::jwt::Algorithm;
use crate::limits::{JWKS_BYTES_MAX, JWKS_KEYS_MAX};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A public key of the issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its name (`kid`).
    pub id: Option<String>,
    /// The key.
    pub material: Material,
}

/// The numbers of a key, big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Material {
    /// For RS256.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The public exponent.
        exponent: Vec<u8>,
    },
    /// For ES256: a point of the curve, uncompressed (65 bytes, the first of them 4).
    P256(Vec<u8>),
}

/// The keys of a set that tokens signed with `algorithm` can be checked with. Keys of other kinds, for other uses, and those
/// that cannot be read are left out, so that one of them does not shut everybody out.
///
/// # Errors
/// What is wrong with the set as a whole.
pub fn read(bytes: &[u8], algorithm: Algorithm) -> Result<Vec<PublicKey>, &'static str> {
    if bytes.len() > JWKS_BYTES_MAX {
        return Err("the key set is too large");
    }
    let set: Value = serde_json::from_slice(bytes).map_err(|_| "the key set is not JSON")?;
    let keys = set.get("keys").and_then(Value::as_array).ok_or("the key set has no keys")?;
    Ok(keys.iter().take(JWKS_KEYS_MAX).filter_map(|key| public_key(key, algorithm)).collect())
}

fn public_key(key: &Value, algorithm: Algorithm) -> Option<PublicKey> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let number = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok().filter(|bytes| !bytes.is_empty());
    if text("use").is_some_and(|purpose| purpose != "sig") || text("alg").is_some_and(|name| name != algorithm.name()) {
        return None;
    }
    let material = match (algorithm, text("kty")?) {
        (Algorithm::Rs256, "RSA") => Material::Rsa { modulus: number("n")?, exponent: number("e")? },
        (Algorithm::Es256, "EC") if text("crv") == Some("P-256") => {
            let (x, y) = (number("x")?, number("y")?);
            if x.len() != 32 || y.len() != 32 {
                return None;
            }
            Material::P256([&[4], x.as_slice(), y.as_slice()].concat())
        }
        // A secret is never taken from a set that anybody can read.
        (Algorithm::Hs256 | Algorithm::Rs256 | Algorithm::Es256, _) => return None,
    };
    Some(PublicKey { id: text("kid").map(str::to_owned), material })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_of_other_kinds_and_uses_are_left_out_and_the_others_are_read() {
        let (x, y) = (URL_SAFE_NO_PAD.encode([1; 32]), URL_SAFE_NO_PAD.encode([2; 32]));
        let set = json!({"keys": [
            {"kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "for encryption", "use": "enc", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "for another algorithm", "alg": "PS256", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "half", "n": "AQAB"},
            {"kty": "EC", "kid": "e", "crv": "P-256", "x": x, "y": y},
            {"kty": "EC", "kid": "short", "crv": "P-256", "x": "AQAB", "y": y},
            {"kty": "EC", "kid": "another curve", "crv": "P-384", "x": x, "y": y},
            {"kty": "oct", "kid": "a secret", "k": "AQAB"},
            {"kty": "AKP", "kid": "from the future"},
            7,
        ]})
        .to_string();
        let ids = |algorithm| -> Vec<Option<String>> {
            read(set.as_bytes(), algorithm).unwrap().into_iter().map(|key| key.id).collect()
        };
        assert_eq!(ids(Algorithm::Rs256), [Some("r".to_owned())]);
        assert_eq!(ids(Algorithm::Es256), [Some("e".to_owned())]);
        assert!(ids(Algorithm::Hs256).is_empty(), "no key that is public is a secret");
    }

    #[test]
    fn what_is_no_key_set_is_said() {
        for text in ["", "[]", "{}", "{\"keys\": 7}"] {
            assert!(read(text.as_bytes(), Algorithm::Rs256).is_err(), "{text}");
        }
        assert!(read(&vec![b' '; JWKS_BYTES_MAX + 1], Algorithm::Rs256).is_err());
        let many =
            json!({"keys": vec![json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}); JWKS_KEYS_MAX + 1]}).to_string();
        assert_eq!(read(many.as_bytes(), Algorithm::Rs256).unwrap().len(), JWKS_KEYS_MAX);
    }
}
