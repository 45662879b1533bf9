use ::load::{Plan, Progress, pace_ms, plot, run};
use clap::Args;
use local::data::running;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// 20 KB in 500 deltas of 10 ms.
const MODEL: &str = "demo-paced-500x10x20480";

const UNLIMITED: &str = "minute:none,running:none,tokens:none,usd:none";

/// How much load, and on what.
#[derive(Clone, Debug, Args)]
pub struct LoadArguments {
    /// The deployment's page. Without it a stack is started in a directory of its own, and stopped at the end.
    url: Option<String>,
    /// Sockets that are open at the same time.
    #[arg(long, default_value_t = 100)]
    clients: usize,
    /// Generations that begin in a second, over all sockets. Without it each socket begins one, all at once; with 0 the
    /// sockets are only held.
    #[arg(long)]
    rate: Option<f64>,
    /// For how long generations begin, or idle sockets are held.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Variants of each generation.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=8))]
    variants: u8,
    /// The demo model of the stack that is started.
    #[arg(long, default_value = MODEL)]
    model: String,
    /// After the last begin, for how long ends are waited for, in seconds.
    #[arg(long, default_value_t = 120)]
    patience: u64,
    /// Where the plot goes.
    #[arg(long, value_name = "FILE", default_value = "load.svg")]
    plot: PathBuf,
    /// The summary as JSON.
    #[arg(long)]
    json: bool,
}

/// A stack of its own, in a directory of its own.
struct Own {
    child: Child,
    /// Kept, or the stack's next line would meet a closed pipe.
    _output: Lines<BufReader<ChildStdout>>,
    url: String,
    directory: PathBuf,
}

/// Puts the load on, and says with its exit code whether everything came to its end whole.
pub async fn load(arguments: &LoadArguments, data: &Path) -> Result<ExitCode, String> {
    let own = match &arguments.url {
        Some(_) => None,
        None => Some(Own::start(&arguments.model).await?),
    };
    let page = match (&own, &arguments.url) {
        (Some(own), _) => own.url.clone(),
        (None, Some(url)) => url.trim_end_matches('/').to_owned(),
        (None, None) => return Err("no URL".to_owned()),
    };
    let here = running(data).filter(|found| page.ends_with(&found.addresses.public.to_string()));
    let process = own.as_ref().map_or_else(|| here.map(|found| found.process), |own| own.child.id());
    let plan = Plan {
        url: format!("{}/generate-code", page.replacen("http", "ws", 1)),
        clients: arguments.clients,
        rate: arguments.rate,
        duration: Duration::from_secs(arguments.seconds),
        variants: arguments.variants,
        process,
        model_ms: own.as_ref().and_then(|_| pace_ms(&arguments.model)),
        patience: Duration::from_secs(arguments.patience),
    };
    let ran = run(&plan, &mut show).await;
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    if let Some(own) = own {
        own.stop().await;
    }
    let summary = ran?;
    if arguments.json {
        println!("{:#}", summary.json());
    } else {
        println!("{summary}");
    }
    std::fs::write(&arguments.plot, plot(&summary))
        .map_err(|error| format!("{}: {error}", arguments.plot.display()))?;
    eprintln!("Plot: {}", arguments.plot.display());
    Ok(if summary.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(progress: Progress) {
    let Progress { sample, connected, begun, planned } = progress;
    let line = format!(
        "{:6.1} s  {connected} sockets  {begun}/{planned} begun  {} running  {} chunks  {} MB",
        sample.at.as_secs_f64(),
        sample.running,
        sample.chunks,
        sample.memory_bytes / (1_024 * 1_024),
    );
    // One line that changes where somebody looks, one a second where it is kept.
    if std::io::stderr().is_terminal() {
        eprint!("\r{line}   ");
        let _ = std::io::stderr().flush();
    } else if sample.at.subsec_millis() < 250 {
        eprintln!("{line}");
    }
}

impl Own {
    async fn start(model: &str) -> Result<Self, String> {
        let directory = std::env::temp_dir().join(format!("quartet-load-{}", std::process::id()));
        std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut child = Command::new(program)
            .args(["--port", "0", "--data"])
            .arg(&directory)
            .current_dir(&directory)
            .env("MODELS", model)
            .env("LOG", "error")
            // What one machine takes is the question, not what its owner allows.
            .env("QUOTA_USER", UNLIMITED)
            .env("QUOTA_STACK", UNLIMITED)
            .env_remove("OPENAI_API_KEY")
            .env_remove("OPENAI_BASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("the stack has no output")?;
        let mut lines = BufReader::new(output).lines();
        let greeted = timeout(Duration::from_secs(30), async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(url) = line.strip_prefix("Quartet is at ") {
                    return Some(url.to_owned());
                }
            }
            None
        });
        let url = greeted.await.ok().flatten().ok_or("the stack does not start")?;
        Ok(Self { child, _output: lines, url, directory })
    }

    async fn stop(mut self) {
        // Nothing of it is kept, so it need not stop in good order.
        let _ = self.child.kill().await;
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
