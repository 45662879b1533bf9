//! Functions as processes of their own over the Lambda Runtime API, so that a test can kill one for real:
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.
//!
//! An environment is one process and one Runtime API; it handles one event at a time and is kept for the next, as on
//! Lambda. A process that dies ends its invocation with an error and is not used again.

use super::{CallError, Name, Runner};
use crate::log_file::LogFile;
use crate::neighbours::{Neighbours, only_neighbours};
use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use boot::Invocation;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;

/// One function's processes.
pub struct Bootstraps {
    name: Name,
    program: PathBuf,
    variables: Vec<(&'static str, String)>,
    log: LogFile,
    idle: Mutex<Vec<Environment>>,
}

/// Where an invocation's outcome goes.
type Answer = oneshot::Sender<Result<Vec<u8>, CallError>>;

/// An event on its way to a process, and where its answer goes.
struct Job {
    event: Vec<u8>,
    invocation: Invocation,
    answer: Answer,
}

/// A process and the Runtime API that it talks to. Dropping it kills the process.
struct Environment {
    process: Child,
    jobs: mpsc::Sender<Job>,
    _server: AbortOnDropHandle<()>,
}

/// What an environment's Runtime API works on.
#[derive(Clone)]
struct Api {
    name: Name,
    jobs: Arc<AsyncMutex<mpsc::Receiver<Job>>>,
    current: Arc<Mutex<Option<Answer>>>,
}

impl Bootstraps {
    /// The function's program in `folder`: `<name>/bootstrap`, as cargo-lambda leaves it, or `<name>`, as cargo does.
    #[must_use]
    pub fn new(name: Name, folder: &std::path::Path, variables: Vec<(&'static str, String)>, log: LogFile) -> Self {
        let packaged = folder.join(name.text()).join("bootstrap");
        let program = if packaged.is_file() { packaged } else { folder.join(name.text()) };
        Self { name, program, variables, log, idle: Mutex::default() }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Environment>> {
        // Every change is one push or pop.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn environment(&self) -> Result<Environment, CallError> {
        while let Some(mut environment) = { self.idle().pop() } {
            if matches!(environment.process.try_wait(), Ok(None)) {
                return Ok(environment);
            }
        }
        self.start()
            .await
            .map_err(|error| CallError::Function(format!("{} does not start: {error}", self.program.display())))
    }

    async fn start(&self) -> std::io::Result<Environment> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (jobs, receiver) = mpsc::channel(1);
        let api = Api { name: self.name, jobs: Arc::new(AsyncMutex::new(receiver)), current: Arc::default() };
        #[expect(clippy::disallowed_methods, reason = "ended with its environment, by the handle")]
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router(api)).await {
                tracing::error!(%error, "runtime_api_stopped");
            }
        });
        let mut process = Command::new(&self.program)
            .envs(self.variables.iter().map(|(name, value)| (*name, value.as_str())))
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", self.name.text())
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(output) = process.stdout.take() {
            let log = self.log.clone();
            #[expect(clippy::disallowed_methods, reason = "it ends with its process: what was said last is kept, too")]
            tokio::spawn(pass_on(output, log));
        }
        Ok(Environment { process, jobs, _server: AbortOnDropHandle::new(server) })
    }
}

#[async_trait]
impl Runner for Bootstraps {
    async fn run(&self, event: Vec<u8>, invocation: Invocation) -> Result<Vec<u8>, CallError> {
        let mut environment = self.environment().await?;
        let (answer, answered) = oneshot::channel();
        let stop = invocation.stop.clone();
        if environment.jobs.send(Job { event, invocation, answer }).await.is_err() {
            return Err(CallError::Function("the runtime API is gone".to_owned()));
        }
        tokio::select! {
            biased;
            answer = answered => {
                self.idle().push(environment);
                answer.unwrap_or_else(|_| Err(CallError::Function("the function gave no answer".to_owned())))
            }
            ended = environment.process.wait() => {
                let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
                Err(CallError::Function(format!("the process ended: {how}")))
            }
            // A process cannot be asked to hand over, so it ends here; its lease runs out and the next start goes on.
            () = stop.come() => Err(CallError::Function("the stack stops".to_owned())),
        }
    }
}

/// A function's log goes where the stack's goes: to the terminal, and to where it is kept.
async fn pass_on(output: ChildStdout, mut log: LogFile) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        println!("{line}");
        if let Err(error) = log.write_all(format!("{line}\n").as_bytes()) {
            tracing::warn!(%error, "log_not_kept");
        }
    }
}

/// For the function's process alone: a website that finds the port must not answer in its place.
fn router(api: Api) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(respond))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(fail))
        .route("/2018-06-01/runtime/init/error", post(fail_init))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Neighbours::default(), only_neighbours))
        .with_state(api)
}

/// Waits for an event. The deadline and the request id travel in headers.
async fn next(State(api): State<Api>) -> Response {
    let Some(job) = api.jobs.lock().await.recv().await else { return StatusCode::GONE.into_response() };
    let mut headers = HeaderMap::new();
    let arn = format!("arn:aws:lambda:us-east-1:000000000000:function:{}", api.name);
    for (name, value) in [
        ("lambda-runtime-aws-request-id", job.invocation.request_id),
        ("lambda-runtime-deadline-ms", job.invocation.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    *api.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(job.answer);
    (headers, job.event).into_response()
}

async fn respond(State(api): State<Api>, Path(_id): Path<String>, body: Bytes) -> StatusCode {
    finish(&api, Ok(body.to_vec()))
}

async fn fail(State(api): State<Api>, Path(_id): Path<String>, body: Bytes) -> StatusCode {
    finish(&api, Err(CallError::Function(String::from_utf8_lossy(&body).into_owned())))
}

async fn fail_init(State(api): State<Api>, body: Bytes) -> StatusCode {
    finish(&api, Err(CallError::Function(String::from_utf8_lossy(&body).into_owned())))
}

fn finish(api: &Api, outcome: Result<Vec<u8>, CallError>) -> StatusCode {
    let current = api.current.lock().unwrap_or_else(PoisonError::into_inner).take();
    // A caller that is gone has given the invocation up.
    if let Some(answer) = current {
        let _ = answer.send(outcome);
    }
    StatusCode::ACCEPTED
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    /// Answers in the function's place, as somebody with these headers.
    async fn respond_as(address: SocketAddr, headers: &str) -> String {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let line = "POST /2018-06-01/runtime/invocation/x/response HTTP/1.1";
        let request = format!("{line}\r\n{headers}\r\ncontent-length: 4\r\nconnection: close\r\n\r\ntrue");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn no_website_answers_in_a_functions_place() {
        let (_jobs, receiver) = mpsc::channel(1);
        let (answer, mut answered) = oneshot::channel();
        let current = Arc::new(Mutex::new(Some(answer)));
        let api = Api { name: Name::Api, jobs: Arc::new(AsyncMutex::new(receiver)), current };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        #[expect(clippy::disallowed_methods, reason = "ended with its handle")]
        let _server = AbortOnDropHandle::new(tokio::spawn(async move { axum::serve(listener, router(api)).await }));
        for stranger in
            ["host: localhost\r\norigin: https://evil.example", "host: localhost\r\norigin: null", "host: evil.example"]
        {
            assert!(respond_as(address, stranger).await.starts_with("HTTP/1.1 403"), "{stranger}");
        }
        assert!(answered.try_recv().is_err(), "nothing was answered");
        assert!(respond_as(address, "host: localhost").await.starts_with("HTTP/1.1 202"));
        assert_eq!(answered.await.unwrap(), Ok(b"true".to_vec()));
    }
}
