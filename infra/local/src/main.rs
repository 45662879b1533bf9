//! `cargo run`: Quartet on this machine.

use clap::Parser;
use local::{Options, Stack, StartError};
use std::process::ExitCode;

fn main() -> ExitCode {
    let options = Options::parse();
    // The environment wins over `.env`, as people expect of both.
    let _ = dotenvy::dotenv();
    boot::logs::readable();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
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

async fn serve(options: &Options) -> Result<(), StartError> {
    let stack = Stack::start(options, &|name| std::env::var(name).ok()).await?;
    println!("{}", stack.greeting());
    // An error means that no signal can be waited for; then only a kill ends the process, which is safe too.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    println!("Stopping: running work is kept and goes on at the next start.");
    stack.stop().await;
    Ok(())
}
