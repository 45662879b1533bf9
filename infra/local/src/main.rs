//! `cargo run`: Quartet on this machine.

mod commands;

use clap::{Parser, Subcommand};
use commands::{DoctorArguments, LoadArguments, TraceArguments};
use local::log_file::LogFile;
use local::{Options, Stack, StartError};
use std::io::Write;
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Screenshots and sentences to HTML, four models side by side - and nothing shown is ever lost.
#[derive(Clone, Debug, Parser)]
#[command(name = "quartet", version)]
struct CommandLine {
    #[command(flatten)]
    options: Options,
    /// What to do instead of starting the stack.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Checks a running deployment step by step, and says what is wrong and what mends it.
    Doctor(DoctorArguments),
    /// Shows the life of one generation, from its records and logs.
    Trace(TraceArguments),
    /// Puts load on a deployment and measures it; without a URL on a stack of its own.
    Load(LoadArguments),
}

fn main() -> ExitCode {
    let CommandLine { options, command } = CommandLine::parse();
    // The environment wins over `.env`, as people expect of both.
    let _ = dotenvy::dotenv();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(workers()).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("quartet: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(async {
        match &command {
            None => serve(&options).await.map_err(|error| error.to_string()),
            Some(Command::Doctor(arguments)) => commands::doctor(arguments, &options.data).await,
            Some(Command::Trace(arguments)) => commands::trace(arguments, &options.data).await,
            Some(Command::Load(arguments)) => commands::load(arguments, &options.data).await,
        }
    });
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("quartet: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Half of the cores, and two where there are two: the table has a thread of its own and writes at every step, and threads beyond
/// what is needed only wake one another; but with one, a hundred generations that begin at once wait for it.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2).max(2).min(cores.get()))
}

async fn serve(options: &Options) -> Result<ExitCode, StartError> {
    let kept = LogFile::below(&options.data);
    boot::logs::readable(move || kept.clone());
    boot::logs::tell_panics();
    let stack = Stack::start(options, &|name| std::env::var(name).ok()).await?;
    // Before the greeting: whoever reads that may stop the stack at once.
    let mut stop = StopSignals::listen();
    say(&stack.greeting());
    stop.come().await;
    say("Stopping: running work is kept and goes on at the next start.");
    tokio::select! {
        () = stack.stop() => {}
        // Twice means now. What is cut off is found by the next start, as after a kill.
        () = stop.come() => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Whoever started the stack may have stopped reading; that ends nobody's generation.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Ctrl-C, and what a service manager sends.
struct StopSignals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl StopSignals {
    /// None is missed from here on. Where a signal cannot be waited for, only a kill ends the process, which is safe too.
    fn listen() -> Self {
        Self { interrupt: signal(SignalKind::interrupt()).ok(), terminate: signal(SignalKind::terminate()).ok() }
    }

    /// The next one.
    async fn come(&mut self) {
        tokio::select! {
            () = next(self.interrupt.as_mut()) => {}
            () = next(self.terminate.as_mut()) => {}
        }
    }
}

async fn next(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
