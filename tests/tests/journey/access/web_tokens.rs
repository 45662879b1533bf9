//! JSON Web Tokens over the whole stack: what is good gets in, what is not is refused alike, and keys change.

use super::issuer::{Issuer, Key};
use end_to_end::web_token::{AUDIENCE, ISSUER, by_secret, claims, now_s, unsigned, with};
use end_to_end::{Client, Http, Place};
use local::Stack;
use serde_json::{Value, json};

const SECRET: &str = "a secret that has thirty-two bytes and more";

async fn stack(more: &[(&str, &str)]) -> (Place, Stack) {
    let common =
        [("AUTH", "jwt"), ("JWT_ISSUER", ISSUER), ("JWT_AUDIENCE", AUDIENCE), ("MODELS", "demo-ok"), ("LOG", "error")];
    let place = Place::new(&[&common, more].concat());
    let stack = place.start().await;
    (place, stack)
}

/// The status and body over HTTP, and the status of a handshake; 101 for one that succeeds.
async fn shown(stack: &Stack, token: &str) -> (u16, Vec<u8>, u16) {
    let public = stack.addresses().public;
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let answer = Http::to(public).exchange("GET", "/api/generations", &headers, None).await;
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap().to_vec();
    let handshake = match Client::open(public, &format!("?token={token}"), None).await {
        Ok(_) => 101,
        Err((status, body)) => {
            assert!(body.is_empty(), "no reason is said");
            status
        }
    };
    let by_protocol = Client::open(public, "", Some(&format!("quartet, {token}"))).await;
    assert_eq!(by_protocol.map_or_else(|(status, _)| status, |_| 101), handshake, "either way");
    (status, body, handshake)
}

fn wrong_claims() -> Vec<Value> {
    vec![
        with("exp", json!(now_s() - 600)),
        with("nbf", json!(now_s() + 600)),
        with("iss", json!("https://evil.example")),
        with("aud", json!("another service")),
        with("sub", json!("anonymous")),
        with("exp", json!("never")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_by_published_keys_get_in_and_everything_else_is_refused_alike() {
    let issuer = Issuer::start().await;
    let (key, stranger) = (Key::new("1"), Key::new("1"));
    issuer.publish(&[&key]);
    let (_place, stack) = stack(&[("JWT_JWKS_URL", &issuer.url()), ("JWT_ALGORITHM", "ES256")]).await;
    let (status, _, handshake) = shown(&stack, &key.sign(&claims("alice"))).await;
    assert_eq!((status, handshake), (200, 101));

    let mut bad = vec![
        format!("{}.", unsigned(&json!({"alg": "none"}), &claims("alice"))),
        format!("{}.", unsigned(&json!({"alg": "ES256", "kid": "1"}), &claims("alice"))),
        stranger.sign(&claims("alice")),
        key.confuse(&claims("alice")),
        by_secret(SECRET, &claims("alice")),
        "nonsense".to_owned(),
    ];
    bad.extend(wrong_claims().iter().map(|claims| key.sign(claims)));
    let expected = shown(&stack, "x").await;
    assert_eq!((expected.0, expected.2), (401, 401));
    for token in bad {
        assert_eq!(shown(&stack, &token).await, expected, "{token}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_changes_locks_nobody_out_and_made_up_keys_are_no_flood() {
    let issuer = Issuer::start().await;
    let (old, new, made_up) = (Key::new("old"), Key::new("new"), Key::new("made up"));
    issuer.publish(&[&old]);
    let (_place, stack) = stack(&[("JWT_JWKS_URL", &issuer.url()), ("JWT_ALGORITHM", "ES256")]).await;
    assert_eq!(shown(&stack, &old.sign(&claims("alice"))).await.0, 200);
    issuer.publish(&[&old, &new]);
    for key in [&new, &old] {
        let (status, _, handshake) = shown(&stack, &key.sign(&claims("alice"))).await;
        assert_eq!((status, handshake), (200, 101), "both are good while both are published");
    }
    issuer.publish(&[&new]);
    for _ in 0..20 {
        assert_eq!(shown(&stack, &made_up.sign(&claims("alice"))).await.0, 401);
    }
    // Each of the two functions reads for itself, and no more than its limit within a minute.
    assert!(issuer.asked() <= 2 * domain::limits::JWKS_READS_MAX, "{}", issuer.asked());
    assert_eq!(shown(&stack, &old.sign(&claims("alice"))).await.0, 401, "what was withdrawn is not believed");
    assert_eq!(shown(&stack, &new.sign(&claims("alice"))).await.0, 200);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_by_a_secret_get_in_and_each_users_things_are_their_own() {
    let (_place, stack) = stack(&[("JWT_KEY", SECRET)]).await;
    let http = Http::to(stack.addresses().public);
    let bearer = |user: &str| format!("Bearer {}", by_secret(SECRET, &claims(user)));
    let (alice, bob) = (bearer("alice"), bearer("bob"));
    let body = json!({"prompt": {"text": "a page"}});
    let (status, started) = http.post("/api/generations", &body, &[("authorization", &alice)]).await;
    assert_eq!(status, 202, "{started}");
    let path = format!("/api/generations/{}", started["data"]["id"].as_str().unwrap());
    for (token, expected) in [(&alice, 200), (&bob, 404)] {
        let answer = http.exchange("GET", &path, &[("authorization", token)], None).await;
        assert_eq!(answer.status(), expected);
    }
    for claims in wrong_claims() {
        assert_eq!(shown(&stack, &by_secret(SECRET, &claims)).await.0, 401, "{claims}");
    }
    assert_eq!(shown(&stack, &by_secret("another secret of thirty-two bytes or more", &claims("alice"))).await.0, 401);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_does_not_answer_is_not_a_bad_token() {
    let issuer = Issuer::start().await;
    let key = Key::new("1");
    issuer.publish(&[&key]);
    let url = issuer.url();
    drop(issuer);
    let (_place, stack) = stack(&[("JWT_JWKS_URL", &url), ("JWT_ALGORITHM", "ES256")]).await;
    let (status, body, handshake) = shown(&stack, &key.sign(&claims("alice"))).await;
    assert_eq!((status, handshake), (503, 503));
    assert!(String::from_utf8(body).unwrap().contains("unavailable"));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_read_where_the_operator_says_and_nowhere_that_a_redirect_leads() {
    let issuer = Issuer::start().await;
    let key = Key::new("1");
    issuer.publish(&[&key]);
    let (_place, stack) = stack(&[("JWT_JWKS_URL", &issuer.moved_url()), ("JWT_ALGORITHM", "ES256")]).await;
    let (status, _, handshake) = shown(&stack, &key.sign(&claims("alice"))).await;
    assert_eq!((status, handshake), (503, 503), "there are no keys");
    assert_eq!(issuer.asked(), 0);
    stack.stop().await;
}
