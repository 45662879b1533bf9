//! `cargo run`: Quartet on this machine.

use clap::Parser;
use local::{Options, Stack, StartError};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let options = Options::parse();
    // The environment wins over `.env`, as people expect of both.
    let _ = dotenvy::dotenv();
    boot::logs::readable();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(workers()).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("quartet: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(serve(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quartet: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Half of the cores: the table has a thread of its own and writes at every step, and threads beyond what is needed only wake
/// one another.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

async fn serve(options: &Options) -> Result<(), StartError> {
    let stack = Stack::start(options, &|name| std::env::var(name).ok()).await?;
    println!("{}", stack.greeting());
    told_to_stop().await;
    println!("Stopping: running work is kept and goes on at the next start.");
    tokio::select! {
        () = stack.stop() => {}
        // Twice means now. What is cut off is found by the next start, as after a kill.
        () = told_to_stop() => {}
    }
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn told_to_stop() {
    // Where no signal can be waited for, only a kill ends the process, which is safe too.
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => if pressed.is_err() { std::future::pending().await },
        _ = terminate.recv() => {}
    }
}
