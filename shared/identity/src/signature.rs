//! Signatures, checked by ring. A key is made for one algorithm and cannot be used with another.

use domain::identity::jwks::Material;
use ring::hmac;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};

/// Whether a text carries a secret's HS256, compared in constant time.
pub(crate) fn is_by_secret(key: &hmac::Key, text: &[u8], signature: &[u8]) -> bool {
    hmac::verify(key, text, signature).is_ok()
}

/// Whether a text carries a key's RS256 or ES256, whichever the key is for. RSA keys of fewer than 2,048 bits sign nothing.
pub(crate) fn is_by_key(key: &Material, text: &[u8], signature: &[u8]) -> bool {
    match key {
        Material::Rsa { modulus, exponent } => {
            let key = RsaPublicKeyComponents { n: modulus, e: exponent };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, text, signature).is_ok()
        }
        Material::P256(point) => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text, signature).is_ok()
        }
    }
}

/// The examples of RFC 7515, appendices A.1 to A.3: tokens, and the keys that they are signed with.
#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use domain::identity::Flaw;
    use domain::identity::jwks;
    use domain::identity::jwt::{Algorithm, Unverified};

    pub(crate) const HS256_KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    pub(crate) const HS256: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    pub(crate) const RS256_KEY: &str = r#"{"keys": [{"kty": "RSA", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ", "e": "AQAB"}]}"#;
    pub(crate) const RS256: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    pub(crate) const ES256_KEY: &str = r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    pub(crate) const ES256: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    /// The examples have no `sub`, so a good signature is told by what is missing after it.
    const SIGNED: Flaw = Flaw::Malformed("a claim is missing or of the wrong type");

    fn flaw(token: &str, algorithm: Algorithm, keys: &str) -> Flaw {
        let key = &jwks::read(keys.as_bytes(), algorithm).unwrap()[0].material;
        let read = Unverified::read(token, algorithm).unwrap();
        read.verified(|text, signature| is_by_key(key, text, signature)).unwrap_err()
    }

    #[test]
    fn the_examples_of_the_rfc_are_signed_by_their_keys() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &URL_SAFE_NO_PAD.decode(HS256_KEY).unwrap());
        let read = Unverified::read(HS256, Algorithm::Hs256).unwrap();
        assert_eq!(read.verified(|text, signature| is_by_secret(&key, text, signature)).unwrap_err(), SIGNED);
        assert_eq!(flaw(RS256, Algorithm::Rs256, RS256_KEY), SIGNED);
        assert_eq!(flaw(ES256, Algorithm::Es256, ES256_KEY), SIGNED);
    }

    #[test]
    fn a_signature_over_something_else_is_none() {
        for (token, algorithm, keys) in [(RS256, Algorithm::Rs256, RS256_KEY), (ES256, Algorithm::Es256, ES256_KEY)] {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let (header, _) = signed.split_once('.').unwrap();
            let claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"root"}"#);
            assert_eq!(flaw(&format!("{header}.{claims}.{signature}"), algorithm, keys), Flaw::Signature);
            assert_eq!(flaw(&format!("{signed}."), algorithm, keys), Flaw::Signature);
        }
    }

    #[test]
    fn a_short_rsa_key_signs_nothing() {
        let weak = Material::Rsa { modulus: vec![0xff; 128], exponent: vec![1, 0, 1] };
        assert!(!is_by_key(&weak, b"text", &[0; 128]));
    }
}
