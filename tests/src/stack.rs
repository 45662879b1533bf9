use local::{Options, Stack};
use std::net::TcpListener;
use std::path::PathBuf;
use tempfile::TempDir;

/// A data directory that outlives the stacks on it.
pub struct Place {
    directory: TempDir,
    environment: Vec<(String, String)>,
}

impl Place {
    /// A new directory, for stacks with these variables.
    #[must_use]
    pub fn new(environment: &[(&str, &str)]) -> Self {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { directory: TempDir::new().unwrap(), environment }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    /// A stack on it, on ports of the system's choice, with API Gateway's sizes enforced.
    pub async fn start(&self) -> Stack {
        self.run(0, true).await
    }

    /// The same on this port and the two after it.
    pub async fn start_at(&self, port: u16) -> Stack {
        self.run(port, true).await
    }

    /// The same with the sizes that `cargo run` takes.
    pub async fn start_relaxed(&self) -> Stack {
        self.run(0, false).await
    }

    async fn run(&self, port: u16, aws_limits: bool) -> Stack {
        let options = Options { port, data: self.path(), aws_limits, bootstraps: None };
        let environment = &self.environment;
        Stack::start(&options, &|name| {
            environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        })
        .await
        .unwrap_or_else(|error| panic!("the stack does not start: {error}"))
    }
}

/// A stack with the demo's default line-up.
pub async fn start() -> (Place, Stack) {
    start_with(&[]).await
}

/// A stack with these variables.
pub async fn start_with(environment: &[(&str, &str)]) -> (Place, Stack) {
    let place = Place::new(environment);
    let stack = place.start().await;
    (place, stack)
}

/// Three ports in a row that are free, below those that the system gives to connections: for a stack that goes and returns.
#[must_use]
pub fn free_ports() -> u16 {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    (first..32_000).step_by(3).find(|port| (*port..port + 3).all(is_free)).unwrap()
}
