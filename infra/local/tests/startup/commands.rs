//! `doctor`, `trace` and `load` as a person calls them.

use super::BINARY;
use end_to_end::{Client, Quartet};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::{Instant, timeout};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn call_with(data: &Path, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Output {
    let mut child = Command::new(BINARY)
        .arg("--data")
        .arg(data)
        .args(arguments)
        .current_dir(data)
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL")
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing may have ended already.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    timeout(Duration::from_mins(2), child.wait_with_output()).await.unwrap().unwrap()
}

async fn call(data: &Path, arguments: &[&str]) -> Output {
    call_with(data, arguments, &[], "").await
}

#[tokio::test]
async fn the_doctor_finds_the_running_stack_by_itself_and_nothing_wrong_with_it_in_less_than_15_seconds() {
    let data = TempDir::new().unwrap();
    let quartet = Quartet::start(BINARY, data.path(), &[]).await;
    let began = Instant::now();
    let output = call(data.path(), &["doctor", "--json"]).await;
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &report["passed"]), (Some(0), &json!(true)), "{report:#}");
    assert_eq!(report["url"], format!("http://{}", quartet.public()));
    let output = call(data.path(), &["doctor"]).await;
    let shown = text(&output.stdout);
    assert!(shown.contains("\u{2713} WebSocket upgrade") && shown.contains("All well: "), "{shown}");
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong_and_how_to_mend_it_and_its_exit_code_says_so_too() {
    let data = TempDir::new().unwrap();
    let output = call(data.path(), &["doctor", "http://127.0.0.1:9"]).await;
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    for words in
        ["\u{2717} TCP connection", "1. The server is not running.", "cargo run -- --port 9", "First suspect: "]
    {
        assert!(shown.contains(words), "{words} is missing in\n{shown}");
    }
    let output = call(data.path(), &["doctor", "--real", "http://127.0.0.1:9"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--yes"), "where nobody can be asked, it says what to say");
}

#[tokio::test]
async fn a_generations_life_is_shown_while_the_stack_runs_and_after_it() {
    let data = TempDir::new().unwrap();
    let quartet = Quartet::start(BINARY, data.path(), &[]).await;
    let mut client = Client::connect(quartet.public()).await;
    let id = client.generate(&json!({"prompt": {"text": "a bakery"}, "variants": 2})).await;
    client.until_done().await;
    // The log's last line is written after the last message.
    let shown = loop {
        let output = call(data.path(), &["trace", &id]).await;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let shown = text(&output.stdout);
        if shown.contains("Last stage: done") {
            break shown;
        }
    };
    for words in
        ["\"a bakery\"", "Completed", "params_read", "0/1", "1/1", "raw_saved", "Time of 1/1: asked", "Listeners: "]
    {
        assert!(shown.contains(words), "{words} is missing in\n{shown}");
    }
    assert!(shown.lines().count() < 60, "it is one screen:\n{shown}");

    // The same from AWS: the logs as `aws logs filter-log-events` prints them, the records from a table over the SDK.
    let kept = std::fs::read_to_string(data.path().join("logs/quartet.jsonl")).unwrap();
    let events: Vec<Value> = kept.lines().map(|line| json!({"message": format!("{line}\n"), "timestamp": 1})).collect();
    let (socket, worker) = events.split_at(events.len() / 2);
    let printed = format!("{:#}\n{:#}\n", json!({"events": socket}), json!({"events": worker}));
    let endpoint = format!("http://{}", quartet.dynamodb());
    let access = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local-secret"),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint.as_str()),
    ];
    let elsewhere = TempDir::new().unwrap();
    let asked = ["trace", id.as_str(), "--logs", "-", "--table", "quartet"];
    let output = call_with(elsewhere.path(), &asked, &access, &printed).await;
    assert_eq!(text(&output.stdout), shown, "{}", text(&output.stderr));

    quartet.kill().await;
    let output = call(data.path(), &["trace", &id]).await;
    assert_eq!(text(&output.stdout), shown, "{}", text(&output.stderr));
    let output = call(data.path(), &["trace", "00000000-0000-4000-8000-000000000000"]).await;
    assert_eq!(output.status.code(), Some(1), "nobody knows it: {}", text(&output.stdout));
}

#[tokio::test]
async fn a_little_load_comes_to_its_end_whole_with_a_plot() {
    let data = TempDir::new().unwrap();
    let arguments = [
        "load",
        "--clients",
        "3",
        "--rate",
        "4",
        "--seconds",
        "1",
        "--variants",
        "2",
        "--model",
        "demo-paced-20x10x2000",
        "--json",
    ];
    let output = call(data.path(), &arguments).await;
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    assert_eq!(output.status.code(), Some(0), "{summary:#}");
    assert_eq!(
        (&summary["generations"], &summary["streams"]),
        (&json!({"begun": 4, "done": 4}), &json!({"completed": 8, "other": 0}))
    );
    assert_eq!((&summary["chunks"]["lost"], &summary["chunks"]["repeated"]), (&json!(0), &json!(0)));
    assert!(summary["memoryBytes"]["peak"].as_u64().unwrap() > 1_000_000 && summary["cpuMs"].as_u64().is_some());
    let plot = std::fs::read_to_string(data.path().join("load.svg")).unwrap();
    assert!(plot.starts_with("<svg ") && plot.contains("memory of the server"), "{plot}");
}
