use clap::Args;
use std::path::PathBuf;

/// How the stack is started.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The port of the page, the HTTP API and the WebSocket. The two after it serve AWS's protocols on loopback; 0 lets
    /// the system choose all three.
    #[arg(long, default_value_t = 7001)]
    pub port: u16,
    /// Where everything is kept.
    #[arg(long, default_value = ".quartet", global = true)]
    pub data: PathBuf,
    /// Enforces API Gateway's sizes on what browsers send: frames of 32 KB, messages of 128 KB.
    #[arg(long)]
    pub aws_limits: bool,
    /// Runs the functions as processes of their own over the Lambda Runtime API: the folder of their programs, for example
    /// `target/debug` after `cargo build --workspace`.
    #[arg(long, value_name = "DIR")]
    pub bootstraps: Option<PathBuf>,
}
