use super::*;
use crate::Source;
use crate::signature::tests::{ES256, ES256_KEY, RS256, RS256_KEY};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::identity::jwt::Algorithm;
use domain::ids::UserId;
use ports::conformance::{Tokens, authenticator};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

const NOW_S: u64 = 1_795_255_200;
const SECRET: &[u8] = b"a secret that has thirty-two bytes and more";

struct Text(Vec<u8>);

#[async_trait]
impl Source for Text {
    async fn read(&self) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }
}

struct Noon;

impl Clock for Noon {
    fn now_ms(&self) -> u64 {
        NOW_S * 1_000
    }
}

fn by_secret(secret: &[u8]) -> WebTokens {
    let keys = Keys::secret(Arc::new(Text(secret.to_vec())));
    WebTokens::new(keys, "https://issuer".to_owned(), "quartet".to_owned(), Arc::new(Noon))
}

fn by_keys(algorithm: Algorithm, set: &Value) -> WebTokens {
    let keys = Keys::published(algorithm, Arc::new(Text(set.to_string().into_bytes())), Arc::new(Noon));
    WebTokens::new(keys, "https://issuer".to_owned(), "quartet".to_owned(), Arc::new(Noon))
}

fn claims(user: &str) -> Value {
    json!({"sub": user, "iss": "https://issuer", "aud": "quartet", "exp": NOW_S + 600, "nbf": NOW_S})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims("alice");
    claims[name] = value;
    claims
}

fn signed(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> Token {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    Token::new(format!("{text}.{signature}"))
}

fn by(secret: &[u8], claims: &Value) -> Token {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    signed(&json!({"alg": "HS256", "typ": "JWT"}), claims, |text| hmac::sign(&key, text).as_ref().to_vec())
}

fn pair() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap()
}

fn by_pair(pair: &EcdsaKeyPair, header: &Value, claims: &Value) -> Token {
    signed(header, claims, |text| pair.sign(&SystemRandom::new(), text).unwrap().as_ref().to_vec())
}

fn public(pair: &EcdsaKeyPair, id: &str) -> Value {
    let point = pair.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": id, "x": x, "y": y})
}

fn wrong_claims() -> Vec<Value> {
    vec![
        with("exp", json!(NOW_S - 600)),
        with("nbf", json!(NOW_S + 600)),
        with("iss", json!("https://another")),
        with("aud", json!("another")),
        with("sub", json!("anonymous")),
    ]
}

#[tokio::test]
async fn tokens_by_a_secret_conform() {
    let none = signed(&json!({"alg": "none"}), &claims("alice"), |_| Vec::new());
    let mut bad = vec![none, by(b"another secret of thirty-two bytes or more", &claims("alice"))];
    bad.extend(wrong_claims().iter().map(|claims| by(SECRET, claims)));
    bad.extend([RS256, ES256].map(|text| Token::new(text.to_owned())));
    let good = ["alice", "bob"].map(|name| (by(SECRET, &claims(name)), UserId(name.to_owned())));
    authenticator(&by_secret(SECRET), &Tokens { good, bad }).await;
}

#[tokio::test]
async fn tokens_by_published_keys_conform() {
    let (first, second, stranger) = (pair(), pair(), pair());
    let set = json!({"keys": [public(&first, "1"), public(&second, "2")]});
    let header = |id: &str| json!({"alg": "ES256", "kid": id});
    let mut bad = vec![
        signed(&json!({"alg": "none", "kid": "1"}), &claims("alice"), |_| Vec::new()),
        by_pair(&stranger, &header("1"), &claims("alice")),
        by_pair(&first, &header("2"), &claims("alice")),
        by_pair(&first, &header("3"), &claims("alice")),
        by_pair(&first, &json!({"alg": "ES256"}), &claims("alice")),
        by_pair(&first, &json!({"alg": "RS256", "kid": "1"}), &claims("alice")),
    ];
    bad.extend(wrong_claims().iter().map(|claims| by_pair(&first, &header("1"), claims)));
    let good = [
        (by_pair(&first, &header("1"), &claims("alice")), UserId("alice".to_owned())),
        (by_pair(&second, &header("2"), &claims("bob")), UserId("bob".to_owned())),
    ];
    authenticator(&by_keys(Algorithm::Es256, &set), &Tokens { good, bad }).await;
}

/// Everybody has the public key. A server that let the token choose would take it for the secret of an HMAC.
#[tokio::test]
async fn what_is_public_is_never_a_secret() {
    let pair = pair();
    let point = pair.public_key().as_ref().to_vec();
    let rsa: Value = serde_json::from_str(RS256_KEY).unwrap();
    let modulus = URL_SAFE_NO_PAD.decode(rsa["keys"][0]["n"].as_str().unwrap()).unwrap();
    let elliptic = by_keys(Algorithm::Es256, &json!({"keys": [public(&pair, "1")]}));
    let confused = by_keys(Algorithm::Hs256, &rsa);
    for secret in [&point[..], &point[1..], &modulus, RS256_KEY.as_bytes(), ES256_KEY.as_bytes()] {
        for tokens in [&elliptic, &by_keys(Algorithm::Rs256, &rsa), &confused] {
            let answer = tokens.authenticate(Some(&by(secret, &claims("alice")))).await;
            assert!(matches!(answer, Err(AuthenticationError::Refused(_))), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_key_inside_of_a_token_is_not_looked_at() {
    let (pair, set) = (pair(), json!({"keys": []}));
    let header = json!({"alg": "ES256", "kid": "1", "jwk": public(&pair, "1"), "jku": "https://evil.example/keys"});
    let answer = by_keys(Algorithm::Es256, &set).authenticate(Some(&by_pair(&pair, &header, &claims("alice")))).await;
    assert_eq!(answer, Err(Flaw::UnknownKey.into()));
}

#[tokio::test]
async fn a_secret_that_can_be_guessed_checks_nothing() {
    let short = &SECRET[..31];
    let answer = by_secret(short).authenticate(Some(&by(short, &claims("alice")))).await;
    assert!(matches!(answer, Err(AuthenticationError::Unavailable(_))), "{answer:?}");
    assert!(by_secret(&SECRET[..32]).authenticate(Some(&by(&SECRET[..32], &claims("alice")))).await.is_ok());
}

#[tokio::test]
async fn the_identity_ends_with_the_token() {
    let identity = by_secret(SECRET).authenticate(Some(&by(SECRET, &claims("alice")))).await.unwrap();
    assert!(!identity.has_expired(NOW_S + 600));
    assert!(identity.has_expired(NOW_S + 600 + domain::limits::CLOCK_LEEWAY_S));
}
