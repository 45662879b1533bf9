use super::*;
use crate::ids::UserId;
use crate::limits::NAME_BYTES_MAX;
use proptest::prelude::*;
use serde_json::json;

const NOW_S: u64 = 1_795_255_200;

fn rules() -> Rules {
    Rules { algorithm: Algorithm::Rs256, issuer: "https://issuer".to_owned(), audience: "quartet".to_owned() }
}

fn token(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), URL_SAFE_NO_PAD.encode("signature"))
}

fn good() -> Value {
    json!({"sub": "alice", "iss": "https://issuer", "aud": "quartet", "exp": NOW_S + 600})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn identity(claims: &Value) -> Result<Identity, Flaw> {
    let token = token(&json!({"alg": "RS256", "kid": "k"}), claims);
    Unverified::read(&token, Algorithm::Rs256)?.verified(|_, _| true)?.identity(&rules(), NOW_S)
}

#[test]
fn a_good_token_says_who_it_is_and_until_when() {
    let expected = Identity { user: UserId("alice".to_owned()), expires_at_s: Some(NOW_S + 600 + CLOCK_LEEWAY_S) };
    assert_eq!(identity(&good()), Ok(expected.clone()));
    assert_eq!(identity(&with("aud", json!(["other", "quartet"]))), Ok(expected.clone()));
    let to_the_millisecond = json!(f64::from(u32::try_from(NOW_S).unwrap()) + 600.25);
    assert_eq!(identity(&with("exp", to_the_millisecond)), Ok(expected));
    assert!(identity(&with("nbf", json!(NOW_S))).is_ok());
}

#[test]
fn every_claim_that_is_missing_wrong_or_of_another_type_is_refused() {
    let long = "x".repeat(NAME_BYTES_MAX + 1);
    for (claims, flaw) in [
        (without("iss"), Flaw::Issuer),
        (with("iss", json!("https://issuer/")), Flaw::Issuer),
        (without("aud"), Flaw::Audience),
        (with("aud", json!("quartet2")), Flaw::Audience),
        (with("aud", json!([])), Flaw::Audience),
        (with("aud", json!(["quarte", "t"])), Flaw::Audience),
        (with("nbf", json!(NOW_S + CLOCK_LEEWAY_S + 1)), Flaw::NotYet),
        (with("exp", json!(NOW_S - CLOCK_LEEWAY_S)), Flaw::Expired),
        (with("exp", json!(0)), Flaw::Expired),
    ] {
        assert_eq!(identity(&claims), Err(flaw), "{claims}");
    }
    for claims in [
        without("sub"),
        without("exp"),
        with("sub", json!(7)),
        with("sub", json!("")),
        with("sub", json!("anonymous")),
        with("sub", json!(long)),
        with("iss", json!(["https://issuer"])),
        with("aud", json!({"quartet": true})),
        with("exp", json!((NOW_S + 600).to_string())),
        with("exp", json!(-1)),
        with("exp", json!(1e300)),
        with("exp", Value::Null),
        with("nbf", json!("yesterday")),
        with("nbf", json!((NOW_S + 9_000).to_string())),
        json!([]),
    ] {
        assert!(matches!(identity(&claims), Err(Flaw::Malformed(_))), "{claims}");
    }
}

#[test]
fn the_leeway_is_exact_on_both_sides() {
    assert!(identity(&with("exp", json!(NOW_S - CLOCK_LEEWAY_S + 1))).is_ok());
    assert!(identity(&with("nbf", json!(NOW_S + CLOCK_LEEWAY_S))).is_ok());
}

#[test]
fn the_algorithm_is_the_servers_choice() {
    for (header, flaw) in [
        (json!({"alg": "none"}), Flaw::Algorithm(Algorithm::Rs256)),
        (json!({"alg": "None"}), Flaw::Algorithm(Algorithm::Rs256)),
        (json!({"alg": "HS256"}), Flaw::Algorithm(Algorithm::Rs256)),
        (json!({"alg": "ES256"}), Flaw::Algorithm(Algorithm::Rs256)),
        (json!({"alg": "rs256"}), Flaw::Algorithm(Algorithm::Rs256)),
        (json!({"alg": ""}), Flaw::Algorithm(Algorithm::Rs256)),
        (json!({}), Flaw::Malformed("its header is unreadable")),
        (json!({"alg": ["RS256"]}), Flaw::Malformed("its header is unreadable")),
        (json!({"alg": "RS256", "kid": 7}), Flaw::Malformed("its header is unreadable")),
        (json!({"alg": "RS256", "crit": ["b64"]}), Flaw::Malformed("its header has critical extensions")),
    ] {
        assert_eq!(Unverified::read(&token(&header, &good()), Algorithm::Rs256).unwrap_err(), flaw, "{header}");
    }
}

#[test]
fn a_header_or_a_claim_that_comes_twice_is_refused() {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let header = part(r#"{"alg":"RS256","alg":"none"}"#);
    assert!(Unverified::read(&format!("{header}.e30.c2ln"), Algorithm::Rs256).is_err());
    let claims = part(r#"{"sub":"alice","sub":"bob","iss":"https://issuer","aud":"quartet","exp":9000000000}"#);
    let token = format!("{}.{claims}.c2ln", part(r#"{"alg":"RS256"}"#));
    let read = Unverified::read(&token, Algorithm::Rs256).unwrap().verified(|_, _| true);
    assert!(matches!(read, Err(Flaw::Malformed(_))));
}

#[test]
fn nothing_is_claimed_by_a_token_whose_signature_is_wrong() {
    let token = token(&json!({"alg": "RS256"}), &json!("not even claims"));
    let read = Unverified::read(&token, Algorithm::Rs256).unwrap();
    assert_eq!(read.verified(|_, _| false).unwrap_err(), Flaw::Signature);
}

#[test]
fn the_signature_is_looked_at_over_exactly_what_was_sent() {
    let token = token(&json!({"alg": "RS256"}), &good());
    let (signed, _) = token.rsplit_once('.').unwrap();
    let read = Unverified::read(&token, Algorithm::Rs256).unwrap();
    read.verified(|text, signature| text == signed.as_bytes() && signature == b"signature").unwrap();
}

#[test]
fn what_is_no_token_is_refused() {
    let token = token(&json!({"alg": "RS256"}), &good());
    let padded = format!("{token}==");
    let long = format!("{token}{}", "A".repeat(TOKEN_BYTES_MAX));
    let four = format!("{token}.{}", "A".repeat(8));
    for text in ["", ".", "..", "...", "a.b", "a.b.c", padded.as_str(), long.as_str(), four.as_str()] {
        assert!(Unverified::read(text, Algorithm::Rs256).is_err(), "{text:.80}");
    }
}

#[test]
fn a_token_is_as_long_as_its_limit() {
    let head = token(&json!({"alg": "RS256"}), &good());
    let (signed, _) = head.rsplit_once('.').unwrap();
    let room = TOKEN_BYTES_MAX - signed.len() - 1;
    // Base64 has no text of one letter more than a multiple of four.
    let fits = if room % 4 == 1 { room - 1 } else { room };
    assert!(Unverified::read(&format!("{signed}.{}", "A".repeat(fits)), Algorithm::Rs256).is_ok());
    let over = format!("{signed}.{}", "A".repeat(room + 1));
    assert_eq!(Unverified::read(&over, Algorithm::Rs256).unwrap_err(), Flaw::TooLong);
}

proptest! {
    #[test]
    fn no_text_is_a_panic(text in "\\PC{0,60}", header in "\\PC{0,40}", claims in "\\PC{0,40}") {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for token in [text, format!("{}.{}.", part(&header), part(&claims))] {
            for algorithm in [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256] {
                if let Ok(read) = Unverified::read(&token, algorithm) {
                    let _ = read.verified(|_, _| true).and_then(|claims| claims.identity(&rules(), NOW_S));
                }
            }
        }
    }

    #[test]
    fn no_claims_are_a_panic(exp in any::<f64>(), nbf in any::<i64>(), now_s in any::<u64>()) {
        let mut claims = with("exp", json!(exp));
        claims["nbf"] = json!(nbf);
        let token = token(&json!({"alg": "RS256"}), &claims);
        let read = Unverified::read(&token, Algorithm::Rs256).unwrap().verified(|_, _| true);
        let _ = read.and_then(|claims| claims.identity(&rules(), now_s));
    }
}
