//! A function whose setting is wrong: its log names the setting, and the client is told no more than that the server is not
//! set up correctly.

use crate::BINARY;
use crate::programs::{programs, with};
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::{Client, Http, Quartet};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What a client is told of it, whatever it is.
const NOT_SET_UP: &str = "the server is not set up correctly";
/// A port on which nothing listens: it is reserved and needs a privilege.
const NOWHERE: &str = "http://127.0.0.1:9";
const UNKNOWN: &str = "/api/generations/0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

/// A stack with one function whose variables are changed on the way to its process.
struct Misconfigured {
    quartet: Quartet,
    log: PathBuf,
    _folders: [TempDir; 3],
}

impl Misconfigured {
    /// `wrong`: variables with their values; one without is taken away.
    async fn start(function: &str, wrong: &[(&str, Option<&str>)]) -> Self {
        let (place, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (log, program) = (place.path().join("log"), place.path().join("program"));
        let mut script = "#!/bin/sh\n".to_owned();
        for (name, value) in wrong {
            match value {
                Some(value) => writeln!(script, "export {name}='{value}'").unwrap(),
                None => writeln!(script, "unset {name}").unwrap(),
            }
        }
        writeln!(script, "exec '{}' >>'{}' 2>&1", programs().join(function).display(), log.display()).unwrap();
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let folder = with(function, &program);
        let bootstraps = ["--bootstraps", folder.path().to_str().unwrap()];
        let quartet = Quartet::start_with(BINARY, data.path(), &[("MODELS", "demo-ok")], &bootstraps).await;
        Self { quartet, log, _folders: [place, data, folder] }
    }

    /// Stops, and returns the log's lines at levels that somebody is called for.
    async fn complaints(self) -> Vec<Value> {
        self.quartet.interrupt().await;
        let log = std::fs::read_to_string(&self.log).unwrap();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| ["ERROR", "WARN"].contains(&line["level"].as_str().unwrap_or_default())).collect()
    }
}

/// Exactly one line says it, and names the setting.
fn is_named_once(complaints: &[Value], setting: &str) {
    let naming = complaints.iter().filter(|line| line.to_string().contains(setting)).count();
    assert_eq!(naming, 1, "{setting} is named in one line: {complaints:#?}");
}

fn says_no_more_than_that(text: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_is_named_in_the_log_and_not_to_the_client() {
    let stack = Misconfigured::start("api", &[("TABLE", Some("elsewhere"))]).await;
    let (status, answer) = Http::to(stack.quartet.public()).get(UNKNOWN).await;
    assert_eq!((status, &answer["error"]["code"]), (500, &json!("misconfigured")));
    says_no_more_than_that(&answer.to_string(), &["elsewhere", "TABLE", "ResourceNotFound"]);
    let complaints = stack.complaints().await;
    is_named_once(&complaints, "TABLE");
    // A table is not there in another Region, either.
    is_named_once(&complaints, "AWS_REGION");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_not_there_is_named_in_the_log_and_nothing_is_begun() {
    let stack = Misconfigured::start("socket", &[("BUCKET", Some("elsewhere"))]).await;
    let mut client = Client::connect(stack.quartet.public()).await;
    client.send(&json!({"action": "generate", "prompt": {"text": "a page"}, "variants": 1})).await;
    let refused = client.until(|message| message.kind == Kind::Error).await;
    assert_eq!(refused.data.unwrap()["code"], "misconfigured");
    says_no_more_than_that(&refused.value.unwrap(), &["elsewhere", "BUCKET"]);
    let (_, history) = Http::to(stack.quartet.public()).get("/api/generations").await;
    assert_eq!(history["data"]["items"], json!([]));
    is_named_once(&stack.complaints().await, "BUCKET");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_missing_is_named_in_the_log_and_the_gateway_answers_500() {
    let stack = Misconfigured::start("api", &[("TABLE", None)]).await;
    let (status, answer) = Http::to(stack.quartet.public()).get_text("/api/generations").await;
    assert_eq!(status, 500);
    says_no_more_than_that(&answer, &["TABLE"]);
    let complaints = stack.complaints().await;
    let naming: Vec<&Value> = complaints.iter().filter(|line| line["setting"] == "TABLE").collect();
    assert_eq!(naming.len(), 1, "{complaints:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_that_cannot_be_reached_are_unavailable_and_the_log_says_which_setting_to_check() {
    let stack = Misconfigured::start("api", &[("AWS_ENDPOINT_URL_DYNAMODB", Some(NOWHERE))]).await;
    let (status, answer) = Http::to(stack.quartet.public()).get(UNKNOWN).await;
    assert_eq!((status, &answer["error"]["code"]), (503, &json!("unavailable")));
    assert!(answer.to_string().contains(NOT_SET_UP), "{answer}");
    says_no_more_than_that(&answer.to_string(), &["AWS_REGION", NOWHERE]);
    is_named_once(&stack.complaints().await, "AWS_REGION");
}

/// How a variant fails whose worker has these variables.
async fn failure(wrong: &[(&str, Option<&str>)]) -> (ServerMessage, Vec<Value>) {
    let stack = Misconfigured::start("variant", wrong).await;
    let mut client = Client::connect(stack.quartet.public()).await;
    client.generate(&json!({"prompt": {"text": "a page"}, "variants": 1})).await;
    let failed = client.until(|message| message.kind == Kind::VariantError).await;
    client.until_done().await;
    (failed, stack.complaints().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_not_there_is_named_in_the_log_and_the_variant_fails_at_once() {
    let secrets = no_secrets().await;
    let wrong = [
        ("OPENAI_API_KEY_SECRET", Some("quartet/absent")),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", Some(secrets.as_str())),
        ("OPENAI_BASE_URL", Some("https://api.openai.com/v1")),
        ("DEMO_MODEL", None),
    ];
    let (failed, complaints) = failure(&wrong).await;
    assert_eq!(failed.data.unwrap()["code"], "misconfigured");
    says_no_more_than_that(&failed.value.unwrap(), &["quartet/absent", "ResourceNotFound"]);
    is_named_once(&complaints, "OPENAI_API_KEY_SECRET");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_url_that_does_not_answer_is_named_in_the_log_and_the_variant_fails_after_its_attempts() {
    let (failed, complaints) = failure(&[("OPENAI_BASE_URL", Some(NOWHERE))]).await;
    assert_eq!(failed.data.unwrap()["code"], "provider_failed");
    let told = failed.value.unwrap();
    assert!(told.contains(NOT_SET_UP), "{told}");
    says_no_more_than_that(&told, &[NOWHERE, "OPENAI_BASE_URL"]);
    let naming = complaints.iter().filter(|line| line["setting"] == "OPENAI_BASE_URL").count();
    assert_eq!(naming, 3, "one line for each attempt: {complaints:#?}");
}

/// A Secrets Manager that has none: the answer that AWS gives for a name that it does not know.
async fn no_secrets() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 8_192];
            let _ = stream.read(&mut asked).await;
            let body = r#"{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret."}"#;
            let head = format!(
                "HTTP/1.1 400 Bad Request\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    format!("http://{address}")
}
