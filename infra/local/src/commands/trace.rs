use ::trace::{Story, read, screen};
use aws::{Access, Endpoints, Platform, Table};
use boot::SystemClock;
use clap::Args;
use domain::ids::GenerationId;
use local::data::{DataDirectory, running};
use local::log_file::LogFile;
use local::platform::TableServer;
use ports::{Generations, Recorded};
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Whose life is shown, and from where.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "On AWS, with credentials in the environment (`eval \"$(aws configure export-credentials --format env)\"`):\n  \
    for f in socket variant api sweep; do aws logs filter-log-events --log-group-name /aws/lambda/STACK-$f \
    --filter-pattern '\"ID\"' --output json; done | quartet trace ID --logs - --table TABLE"
)]
pub struct TraceArguments {
    /// The generation's id, or a connection's.
    id: String,
    /// A file of logs, or `-` for standard input: JSON lines, or what `aws logs` prints. Without it those of --data.
    #[arg(long, value_name = "FILE")]
    logs: Option<PathBuf>,
    /// A table on AWS that holds its records. Without it that of --data.
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
}

/// Reads logs and records, and prints the story.
pub async fn trace(arguments: &TraceArguments, data: &Path) -> Result<ExitCode, String> {
    let logs = logs(arguments, data)?;
    let id = GenerationId::parse(&arguments.id).ok();
    let recorded = match (&id, &arguments.table) {
        (Some(id), Some(table)) => {
            records(&Table::new(remote()?.dynamodb(), table.clone(), Arc::new(SystemClock)), id).await?
        }
        // Logs from elsewhere have their records elsewhere.
        (Some(id), None) if arguments.logs.is_none() => local_records(id, data).await?,
        (Some(_) | None, _) => None,
    };
    let story = Story::of(&arguments.id, &read(&logs), recorded);
    if story.is_empty() {
        return Err(format!("neither logs nor records know {}", arguments.id));
    }
    print!("{}", screen(&story));
    Ok(ExitCode::SUCCESS)
}

fn logs(arguments: &TraceArguments, data: &Path) -> Result<String, String> {
    match &arguments.logs {
        None => Ok(LogFile::read(data)),
        Some(file) if file.as_os_str() == "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        Some(file) => {
            let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

async fn records(table: &Table, id: &GenerationId) -> Result<Option<Recorded>, String> {
    table.generation(id).await.map_err(|error| error.to_string())
}

/// From the stack that is running on the directory, or from its file.
async fn local_records(id: &GenerationId, data: &Path) -> Result<Option<Recorded>, String> {
    if let Some(found) = running(data) {
        return records(&local_table(&found.addresses.dynamodb.to_string()), id).await;
    }
    if !data.join("dynamodb.sqlite").is_file() {
        return Ok(None);
    }
    let directory = DataDirectory::open(data).map_err(|error| error.to_string())?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.set_nonblocking(true).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let server = TableServer::start(&directory, listener).map_err(|error| error.to_string())?;
    let found = records(&local_table(&address.to_string()), id).await;
    server.stop().await;
    found
}

fn local_table(address: &str) -> Table {
    let endpoint = Some(format!("http://{address}"));
    let endpoints = Endpoints {
        dynamodb: endpoint.clone(),
        s3: endpoint.clone(),
        lambda: endpoint.clone(),
        secrets: endpoint.clone(),
        connections: endpoint,
    };
    let access = Access {
        region: "us-east-1".to_owned(),
        access_key_id: "local".to_owned(),
        secret_access_key: "local-secret".to_owned(),
        session_token: None,
    };
    Table::new(Platform::new(access, endpoints).dynamodb(), "quartet".to_owned(), Arc::new(SystemClock))
}

/// AWS, as the environment says: what the AWS CLI exports, whatever profile or single sign-on it comes from.
fn remote() -> Result<Platform, String> {
    let optional = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let required = |name: &str| optional(name).ok_or_else(|| format!("{name} is not set; see quartet trace --help"));
    let access = Access {
        region: optional("AWS_REGION").map_or_else(|| required("AWS_DEFAULT_REGION"), Ok)?,
        access_key_id: required("AWS_ACCESS_KEY_ID")?,
        secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
        session_token: optional("AWS_SESSION_TOKEN"),
    };
    let dynamodb = optional("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| optional("AWS_ENDPOINT_URL"));
    Ok(Platform::new(access, Endpoints { dynamodb, ..Endpoints::default() }))
}
