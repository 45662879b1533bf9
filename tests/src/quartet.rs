use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// The binary, as a process that can be killed. Dropping it kills it.
pub struct Quartet {
    child: Child,
    greeting: String,
    _rest: Lines<BufReader<ChildStdout>>,
}

impl Quartet {
    /// Starts it on ports of the system's choice and waits until it says where it is.
    pub async fn start(binary: &str, data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::start_with(binary, data, environment, &[]).await
    }

    /// The same, with more arguments.
    pub async fn start_with(binary: &str, data: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Self {
        Self::start_at(0, binary, data, environment, arguments).await
    }

    /// The same on this port and the two after it.
    pub async fn start_at(
        port: u16,
        binary: &str,
        data: &Path,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Self {
        let mut child = Command::new(binary)
            .args(["--port", &port.to_string(), "--aws-limits", "--data"])
            .arg(data)
            .args(arguments)
            .current_dir(data)
            .env_remove("OPENAI_API_KEY")
            .env_remove("OPENAI_BASE_URL")
            .env("LOG", "error")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = String::new();
        loop {
            let line = timeout(Duration::from_secs(30), lines.next_line()).await.expect("it starts in time").unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended before it said where it is: {greeting}"));
            greeting.push_str(&line);
            greeting.push('\n');
            if line.starts_with("Ctrl-C") {
                return Self { child, greeting, _rest: lines };
            }
        }
    }

    /// What it said when it started.
    #[must_use]
    pub fn greeting(&self) -> &str {
        &self.greeting
    }

    fn address(&self, before: &str) -> SocketAddr {
        let (_, rest) = self.greeting.split_once(before).unwrap();
        rest.split(|c: char| c != '.' && c != ':' && !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    }

    /// Where the page is.
    #[must_use]
    pub fn public(&self) -> SocketAddr {
        self.address("Quartet is at http://")
    }

    /// Where S3, Lambda and the demo model are.
    #[must_use]
    pub fn platform(&self) -> SocketAddr {
        self.address("@connections at http://")
    }

    /// Where DynamoDB is.
    #[must_use]
    pub fn dynamodb(&self) -> SocketAddr {
        self.address("DynamoDB at http://")
    }

    /// The process's id.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// The processes that it has started under that name.
    #[must_use]
    pub fn children(&self, name: &str) -> Vec<u32> {
        let parent = self.process().to_string();
        std::fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
            .filter(|process| {
                // "pid (name) state parent ..."
                let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
                let (before, after) = stat.rsplit_once(')').unwrap_or_default();
                before.ends_with(&format!("({name}")) && after.split(' ').nth(2) == Some(&parent)
            })
            .collect()
    }

    /// Ctrl-C; returns the exit code.
    pub async fn interrupt(mut self) -> Option<i32> {
        let killed = Command::new("kill").args(["-INT", &self.process().to_string()]).status().await.unwrap();
        assert!(killed.success());
        timeout(Duration::from_secs(30), self.child.wait()).await.expect("it stops in time").unwrap().code()
    }

    /// `kill -9`, of the functions' processes as well: a machine that has lost its power. Left alone they would work on, for as long
    /// as an invocation lasts.
    pub async fn kill(mut self) {
        let functions: Vec<u32> =
            ["socket", "variant", "api", "sweep"].into_iter().flat_map(|name| self.children(name)).collect();
        self.child.kill().await.unwrap();
        for process in functions {
            // One that has just ended is what is wanted.
            let _ = Command::new("kill").args(["-9", &process.to_string()]).status().await;
        }
    }
}
