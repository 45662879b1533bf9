//! A stack in a process of its own, and the search in all that it leaves behind.

use crate::BINARY;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// A place and what was found there.
pub type Found = (String, Vec<u8>);

/// Everything below a folder, by path.
fn files(folder: &Path, found: &mut Vec<Found>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap_or_default()));
        }
    }
}

/// A stack in a process of its own, with everything that it logs.
pub struct Process {
    data: TempDir,
    logs: TempDir,
    child: tokio::process::Child,
    lines: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
    printed: String,
    pub public: SocketAddr,
}

impl Process {
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let (data, logs) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let mut child = Command::new(BINARY)
            .args(["--port", "0", "--aws-limits", "--data"])
            .arg(data.path())
            .current_dir(data.path())
            .env("LOG", "trace")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(logs.path().join("stderr")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut printed = String::new();
        while !printed.contains("Ctrl-C") {
            printed.push_str(&lines.next_line().await.unwrap().unwrap());
        }
        let public = printed.split("Quartet is at http://").nth(1).unwrap();
        let public = public.split_whitespace().next().unwrap().parse().unwrap();
        Self { data, logs, child, lines, printed, public }
    }

    /// Stops it and searches for the secrets in what was sent, and in all that it leaves behind; the log has to say `told`.
    pub async fn search(mut self, sent: Vec<Found>, told: &[&str], secrets: &[&str], made: &[String]) {
        let process = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &process]).status().await.unwrap().success());
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.printed.push_str(&line);
        }
        self.child.wait().await.unwrap();
        let mut places = sent;
        places.push(("standard output".to_owned(), self.printed.into_bytes()));
        files(self.logs.path(), &mut places);
        files(self.data.path(), &mut places);
        let (_, log) = places.iter().find(|(name, _)| name.ends_with("stderr")).unwrap();
        let log = String::from_utf8_lossy(log);
        for words in told {
            assert!(log.contains(words), "{words} is logged:\n{log}");
        }
        let mut found = Vec::new();
        for secret in secrets.iter().copied().chain(made.iter().map(String::as_str)) {
            for (name, content) in &places {
                if let Some(at) = content.windows(secret.len()).position(|window| window == secret.as_bytes()) {
                    let before = String::from_utf8_lossy(&content[at.saturating_sub(300)..at]).into_owned();
                    found.push(format!("{secret} is in {name}, behind {before}"));
                }
            }
        }
        assert!(found.is_empty(), "{found:#?}");
    }
}
