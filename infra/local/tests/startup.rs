//! The binary as a person meets it: what it says when it starts, when it cannot, and when it is stopped.

#![expect(clippy::unwrap_used, reason = "helpers of tests end their test")]

#[path = "startup/commands.rs"]
mod commands;

use end_to_end::Quartet;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

const BINARY: &str = env!("CARGO_BIN_EXE_quartet");

/// Runs it where it cannot start, and returns its exit code and what it said.
async fn refused(data: &Path, port: u16) -> (Option<i32>, String) {
    refused_with(data, port, &[]).await
}

async fn refused_with(data: &Path, port: u16, environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = tokio::process::Command::new(BINARY)
        .args(["--port", &port.to_string(), "--data"])
        .arg(data)
        .envs(environment.iter().copied())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn assert_one_clear_line(said: &str, words: &[&str]) {
    assert_eq!(said.lines().count(), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in {said:?}");
    }
}

#[tokio::test]
async fn it_says_where_it_is_and_which_model_answers() {
    let data = TempDir::new().unwrap();
    let quartet = Quartet::start(BINARY, data.path(), &[]).await;
    let greeting = quartet.greeting();
    for word in ["http://127.0.0.1:", "/generate-code", "demo-gpt-4o-2024-11-20", "built-in demo"] {
        assert!(greeting.contains(word), "{word:?} is missing in {greeting}");
    }
    assert_eq!(quartet.interrupt().await, Some(0), "Ctrl-C is a clean end");
}

#[tokio::test]
async fn a_stack_whose_output_nobody_reads_any_more_goes_on_and_ends_cleanly() {
    let data = TempDir::new().unwrap();
    let mut command = tokio::process::Command::new(BINARY);
    command.args(["--port", "0", "--data"]).arg(data.path()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    output.read_u8().await.unwrap();
    drop(output);
    let process = child.id().unwrap().to_string();
    assert!(tokio::process::Command::new("kill").args(["-INT", &process]).status().await.unwrap().success());
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line() {
    let data = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (code, said) = refused(data.path(), port).await;
    assert_eq!(code, Some(1));
    assert_one_clear_line(&said, &[&port.to_string(), "--port"]);
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_written_is_one_clear_line() {
    let place = TempDir::new().unwrap();
    let file = place.path().join("a-file");
    std::fs::write(&file, "in the way").unwrap();
    let (code, said) = refused(&file.join("data"), 0).await;
    assert_eq!(code, Some(1));
    assert_one_clear_line(&said, &["data directory", "a-file"]);
}

#[tokio::test]
async fn a_damaged_data_directory_is_one_clear_line() {
    let data = TempDir::new().unwrap();
    std::fs::write(data.path().join("dynamodb.sqlite"), "this is no table ".repeat(1_000)).unwrap();
    let (code, said) = refused(data.path(), 0).await;
    assert_eq!(code, Some(1));
    assert_one_clear_line(&said, &["dynamodb.sqlite", "--data"]);
}

#[tokio::test]
async fn a_data_directory_in_use_is_one_clear_line() {
    let data = TempDir::new().unwrap();
    let quartet = Quartet::start(BINARY, data.path(), &[]).await;
    let (code, said) = refused(data.path(), 0).await;
    assert_eq!(code, Some(1));
    assert_one_clear_line(&said, &["another quartet", "--data"]);
    quartet.interrupt().await;
}

#[tokio::test]
async fn a_catalogue_of_models_that_is_wrong_is_one_clear_line_that_names_the_setting() {
    let data = TempDir::new().unwrap();
    let dangling = r#"{"models": [{"id": "a", "family": "gpt4", "successor": "b"}]}"#;
    for (text, word) in [(dangling, "its successor b"), ("no-such-file.json", "no-such-file.json")] {
        let (code, said) = refused_with(data.path(), 0, &[("MODEL_CATALOGUE", text)]).await;
        assert_eq!(code, Some(1));
        assert_one_clear_line(&said, &["MODEL_CATALOGUE", word]);
    }
}
