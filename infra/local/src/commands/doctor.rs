use super::usual_url;
use ::doctor::Doctor;
use boot::SystemClock;
use clap::Args;
use local::data::running;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Just below the ten minutes after which API Gateway ends a connection that is idle.
const IDLE: Duration = Duration::from_secs(570);

/// What is checked, and how far.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "a command line's switches are independent of one another")]
pub struct DoctorArguments {
    /// The deployment: its page, as `http://127.0.0.1:7001`, or its WebSocket. Without it the stack of --data.
    url: Option<String>,
    /// The report as JSON, and nothing else.
    #[arg(long)]
    json: bool,
    /// Lets a model that costs money write a small page. Asks before it does.
    #[arg(long)]
    real: bool,
    /// Answers that question with yes.
    #[arg(long, requires = "real")]
    yes: bool,
    /// Holds an idle connection for ten minutes, too.
    #[arg(long)]
    long: bool,
    /// For a deployment that wants one. Better in the environment, where no list of processes shows it.
    #[arg(long, env = "QUARTET_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Certificates to trust beside the public ones, as PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

/// Checks, prints, and says with its exit code whether all is well.
pub async fn doctor(arguments: &DoctorArguments, data: &Path) -> Result<ExitCode, String> {
    let mut doctor = Doctor::new(arguments.url.clone().unwrap_or_else(|| usual_url(data)), Arc::new(SystemClock));
    doctor.token.clone_from(&arguments.token);
    doctor.idle = arguments.long.then_some(IDLE);
    doctor.may_spend = arguments.real && (arguments.yes || agreed()?);
    doctor.likely_ports.extend(running(data).map(|found| found.addresses.public.port()));
    if let Some(file) = &arguments.ca {
        doctor.more_roots = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let report = if arguments.json {
        let report = doctor.examine(&mut |_| {}).await;
        println!("{:#}", report.json());
        report
    } else {
        println!("{}", doctor.url);
        let report = doctor.examine(&mut |step| println!("{}", step.text())).await;
        println!("{}", report.conclusion());
        report
    };
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn agreed() -> Result<bool, String> {
    if !std::io::stdin().is_terminal() {
        return Err("--real costs money and nobody can be asked here; say --yes as well".to_owned());
    }
    eprint!("The deployment's first model will write one small page, for about a cent. Go on? [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(|error| error.to_string())?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
