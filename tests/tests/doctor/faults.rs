//! What is wrong with the deployment itself.

use super::{at, suspects};
use ::doctor::{Doctor, Step};
use end_to_end::{Fault, Front, start, start_with, table};

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_table_is_named() {
    let (_place, stack) = start().await;
    let endpoint = format!("http://{}", stack.addresses().dynamodb);
    table(&endpoint).delete_table().table_name(&stack.settings().table).send().await.unwrap();
    suspects(at(stack.addresses().public), Step::Table, "table_missing").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_bucket_is_named() {
    let (place, stack) = start().await;
    std::fs::remove_dir_all(place.path().join("s3").join(&stack.settings().bucket)).unwrap();
    suspects(at(stack.addresses().public), Step::Bucket, "bucket_missing").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_key_is_named() {
    let (_place, stack) = start_with(&[("OPENAI_BASE_URL", "https://api.openai.com/v1")]).await;
    suspects(at(stack.addresses().public), Step::Key, "key_missing").await;
    stack.stop().await;
}

/// A stack whose demo model plays a provider that says no.
async fn provider(model: &str, cause: &str) {
    let (_place, stack) = start_with(&[("MODELS", model)]).await;
    suspects(at(stack.addresses().public), Step::Generation, cause).await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_provider_refuses_is_named() {
    provider("demo-status-401", "key_refused").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_the_provider_does_not_know_any_more_is_named() {
    provider("demo-status-404", "model_retired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_credit_is_named() {
    provider("demo-quota", "quota_used_up").await;
}

/// `/health` as the API answers where its role lacks a permission; what AWS says is turned into that by `shared/aws`.
const FORBIDDEN: &str = r#"{"success": false, "data": {"version": "0.1.0", "status": "degraded", "parts":
    {"table": {"status": "forbidden", "ms": 5}, "bucket": {"status": "ok", "ms": 5}, "key": {"status": "ok", "ms": 1}}}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_is_missing_is_named() {
    let (_place, stack) = start().await;
    let answers: fn(&str) -> Option<(u16, &'static str)> =
        |head| head.starts_with("GET /health").then_some((503, FORBIDDEN));
    let front = Front::before(stack.addresses().public, Fault::Answers(answers)).await;
    suspects(at(front.address()), Step::Table, "table_permission").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_fails_is_named() {
    let (_place, stack) = start().await;
    let answers: fn(&str) -> Option<(u16, &'static str)> = |_| Some((500, r#"{"message":"Internal Server Error"}"#));
    let front = Front::before(stack.addresses().public, Fault::Answers(answers)).await;
    suspects(at(front.address()), Step::Health, "function_fails").await;
    stack.stop().await;
}

/// `{"exp": 1000}`, signed by nobody.
const EXPIRED: &str = "eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjEwMDB9.c2ln";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_missing_bad_or_expired_is_named() {
    let (_place, stack) = start().await;
    // A gate like that of AUTH: what anybody may see is open, and everything else wants the one good token.
    let gate: fn(&str) -> Option<(u16, &'static str)> = |head| {
        let wants = head.starts_with("GET /api/generations") || head.starts_with("GET /generate-code");
        let good = head.contains("good-token");
        (wants && !good).then_some((401, r#"{"success":false,"error":{"code":"unauthorized"}}"#))
    };
    let front = Front::before(stack.addresses().public, Fault::Answers(gate)).await;
    let with = |token: Option<&str>| Doctor { token: token.map(str::to_owned), ..at(front.address()) };
    suspects(with(None), Step::Access, "token_missing").await;
    suspects(with(Some("bad-token")), Step::Access, "token_bad").await;
    suspects(with(Some(EXPIRED)), Step::Access, "token_expired").await;
    let report = super::examine(with(Some("good-token"))).await;
    assert!(report.passed(), "{}", super::text(&report));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_wants_a_token_is_named_where_http_is_open() {
    let (_place, stack) = start().await;
    let gate: fn(&str) -> Option<(u16, &'static str)> =
        |head| (head.starts_with("GET /generate-code") && !head.contains("token=good")).then_some((401, ""));
    let front = Front::before(stack.addresses().public, Fault::Answers(gate)).await;
    suspects(at(front.address()), Step::Upgrade, "token_missing").await;
    suspects(Doctor { token: Some("bad".to_owned()), ..at(front.address()) }, Step::Upgrade, "token_bad").await;
    stack.stop().await;
}
