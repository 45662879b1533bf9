//! The provider's key as a secret, over a stand-in for Secrets Manager that answers as AWS documents it:
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>.

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use boot::{Boot, SystemClock};
use end_to_end::start;
use ports::Clock;
use serde_json::{Value, json};

async fn answer(headers: HeaderMap, body: String) -> (StatusCode, String) {
    assert_eq!(headers["x-amz-target"], "secretsmanager.DescribeSecret", "only that is allowed to the API");
    let asked: Value = serde_json::from_str(&body).unwrap();
    let now_s = SystemClock.now_ms() / 1_000;
    let described = |stages: Value| json!({"Name": asked["SecretId"], "VersionIdsToStages": stages});
    let (status, answer) = match asked["SecretId"].as_str().unwrap() {
        "there" => (200, described(json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]}))),
        "empty" => (200, described(json!({}))),
        "deleted" => {
            let mut deleted = described(json!({"v1": ["AWSCURRENT"]}));
            deleted["DeletedDate"] = json!(now_s);
            (200, deleted)
        }
        "forbidden" => (400, json!({"__type": "AccessDeniedException", "Message": "not authorized"})),
        _ => (400, json!({"__type": "ResourceNotFoundException", "Message": "can't find the specified secret"})),
    };
    (StatusCode::from_u16(status).unwrap(), answer.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_a_secret_conforms() {
    let (_place, stack) = start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::task::JoinSet::from_iter([async move {
        axum::serve(listener, Router::new().fallback(post(answer))).await.unwrap();
    }]);
    let key = |name: &str| {
        let mut settings = stack.settings().clone();
        settings.key_secret = Some(name.to_owned());
        settings.endpoints.secrets = Some(format!("http://{address}"));
        Boot::new(settings).provider_key()
    };
    ports::conformance::provider_key(&*key("there"), &*key("absent")).await;
    assert_eq!(key("empty").is_present().await, Ok(false));
    assert_eq!(key("deleted").is_present().await, Ok(false));
    assert!(matches!(key("forbidden").is_present().await, Err(ports::StoreError::Forbidden(_))));
    drop(server);
    stack.stop().await;
}
