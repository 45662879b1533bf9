//! Starting and stopping everything.

use crate::data::DataDirectory;
use crate::functions::{Bootstraps, Functions, InProcess, Name, Runners};
use crate::gateway::{self, Gateway, Registry, Stage};
use crate::log_file::LogFile;
use crate::neighbours::{Neighbours, only_neighbours, share_answers};
use crate::platform::{self, BucketServer, TableServer};
use crate::{Options, schedule, settings};
use api::Api;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use boot::{Boot, SettingError, Settings, Stop, StopSignal, SystemClock};
use ports::StoreError;
use serde::{Deserialize, Serialize};
use socket::Socket;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use sweep::Sweep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use variant::Worker;

/// How long running work has to hand over when the stack stops.
const HAND_OVER: Duration = Duration::from_secs(5);

/// Why the stack does not start: one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is taken.
    #[error("port {port} cannot be used ({problem}); stop what uses it or choose another with --port")]
    Port {
        /// Which.
        port: u16,
        /// The system's words.
        problem: String,
    },
    /// The data directory cannot be used.
    #[error("the data directory {} cannot be used: {problem}", directory.display())]
    Data {
        /// Which.
        directory: PathBuf,
        /// Why.
        problem: String,
    },
    /// A setting is wrong.
    #[error("the setting {0}")]
    Setting(#[from] SettingError),
    /// The stand-ins do not answer.
    #[error("the local platform does not answer: {0}")]
    Platform(#[from] StoreError),
}

/// Where the stack listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// The page, the HTTP API and the WebSocket.
    pub public: SocketAddr,
    /// S3, Lambda, `@connections` and the demo model.
    pub platform: SocketAddr,
    /// DynamoDB.
    pub dynamodb: SocketAddr,
}

/// The running stack.
pub struct Stack {
    addresses: Addresses,
    settings: Settings,
    functions: Functions,
    table: TableServer,
    stop_schedule: CancellationToken,
    stop_functions: StopSignal,
    stop_connections: CancellationToken,
    stop_servers: CancellationToken,
    connections: TaskTracker,
    servers: TaskTracker,
    _data: DataDirectory,
}

struct Listeners {
    public: tokio::net::TcpListener,
    platform: tokio::net::TcpListener,
    dynamodb: std::net::TcpListener,
}

impl Stack {
    /// Starts everything: the data directory, AWS's protocols, the functions, the gateway, the sweep.
    ///
    /// # Errors
    /// [`StartError`], in one line that says what to do. Nothing keeps running.
    pub async fn start(options: &Options, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let listeners = listen(options.port)?;
        let addresses = listeners.addresses(options.port)?;
        let settings = settings::read(&addresses, environment)?;
        let data = DataDirectory::open(&options.data)?;
        let bucket = BucketServer::open(&data, addresses.public, environment(settings::CORS_ORIGINS).as_deref())?;
        let table = TableServer::start(&data, listeners.dynamodb)?;

        let (stop_functions, stop) = Stop::signalled();
        let boot = Boot::new(settings.clone());
        let runners = match &options.bootstraps {
            Some(folder) => {
                processes(folder, &settings::variables(&addresses, environment), &LogFile::below(&options.data))
            }
            None => in_process(&boot)?,
        };
        let functions = Functions::new(runners, Arc::new(SystemClock), stop);
        let registry = Registry::default();
        let neighbours = Neighbours::read(
            environment(settings::ALLOWED_HOSTS).as_deref(),
            environment(settings::CORS_ORIGINS).as_deref(),
        )?;
        let guard = || from_fn_with_state(neighbours.clone(), only_neighbours);
        let stop_servers = CancellationToken::new();
        let servers = TaskTracker::new();
        let platform = platform::router(functions.clone(), registry.clone(), bucket).layer(guard());
        servers.spawn(serve(listeners.platform, platform, stop_servers.clone()));
        boot.create_stores().await?;

        let stop_connections = CancellationToken::new();
        let connections = TaskTracker::new();
        let stage = Stage::default();
        servers.spawn(stage.clone().run(stop_servers.clone()));
        let gateway = Gateway {
            functions: functions.clone(),
            registry,
            stage,
            aws_limits: options.aws_limits,
            stop: stop_connections.clone(),
            open: connections.clone(),
        };
        servers.spawn(gateway::serve(
            listeners.public,
            gateway::router(gateway).layer(from_fn(share_answers)).layer(guard()),
            stop_connections.clone(),
        ));
        let stop_schedule = CancellationToken::new();
        servers.spawn(schedule::run(functions.clone(), stop_schedule.clone()));
        data.announce(addresses);
        Ok(Self {
            addresses,
            settings,
            functions,
            table,
            stop_schedule,
            stop_functions,
            stop_connections,
            stop_servers,
            connections,
            servers,
            _data: data,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// The functions, for callers in this process.
    #[must_use]
    pub const fn functions(&self) -> &Functions {
        &self.functions
    }

    /// The settings that the functions run with.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What a person needs to know: where it is, and which models answer.
    #[must_use]
    pub fn greeting(&self) -> String {
        let Addresses { public, platform, dynamodb } = self.addresses;
        let models = self.settings.offer.line_up().join(", ");
        let source = match self.settings.origin {
            boot::Origin::Demo => {
                "the built-in demo (canned pages; set OPENAI_API_KEY in the environment or in .env for real ones)"
                    .to_owned()
            }
            boot::Origin::OpenAi => "OpenAI".to_owned(),
            boot::Origin::Compatible => self.settings.provider.base_url.clone(),
        };
        format!(
            "Quartet is at http://{public}\n  \
             WebSocket   ws://{public}/{stage}\n  \
             HTTP        http://{public}/api/generations\n  \
             Models      {models}\n  \
             Model from  {source}\n  \
             For the AWS SDK: S3, Lambda, @connections at http://{platform}, DynamoDB at http://{dynamodb}\n\
             Ctrl-C stops it; nothing is lost.",
            stage = gateway::STAGE,
        )
    }

    /// Stops everything, in the order in which nothing is lost: workers write what they have and hand over, then the
    /// connections close, then the stores.
    pub async fn stop(self) {
        self.stop_schedule.cancel();
        self.stop_functions.give();
        if tokio::time::timeout(HAND_OVER, self.functions.finished()).await.is_err() {
            tracing::warn!(after_s = HAND_OVER.as_secs(), "invocations_cut_off");
        }
        self.stop_connections.cancel();
        self.connections.close();
        if tokio::time::timeout(HAND_OVER, self.connections.wait()).await.is_err() {
            tracing::warn!(after_s = HAND_OVER.as_secs(), "connections_cut_off");
        }
        self.stop_servers.cancel();
        self.servers.close();
        if tokio::time::timeout(HAND_OVER, self.servers.wait()).await.is_err() {
            tracing::warn!(after_s = HAND_OVER.as_secs(), "servers_cut_off");
        }
        self.table.stop().await;
    }
}

fn in_process(boot: &Boot) -> Result<Runners, SettingError> {
    Ok(Runners {
        socket: Arc::new(InProcess(Socket::from_boot(boot)?)),
        variant: Arc::new(InProcess(Worker::from_boot(boot)?)),
        api: Arc::new(InProcess(Api::from_boot(boot)?)),
        sweep: Arc::new(InProcess(Sweep::from_boot(boot)?)),
    })
}

fn processes(folder: &Path, variables: &[(&'static str, String)], log: &LogFile) -> Runners {
    let runner = |name| Arc::new(Bootstraps::new(name, folder, variables.to_vec(), log.clone()));
    Runners {
        socket: runner(Name::Socket),
        variant: runner(Name::Variant),
        api: runner(Name::Api),
        sweep: runner(Name::Sweep),
    }
}

fn listen(port: u16) -> Result<Listeners, StartError> {
    let bind = |offset: u16| -> Result<std::net::TcpListener, StartError> {
        let port = if port == 0 { 0 } else { port.saturating_add(offset) };
        let refused = |error: std::io::Error| StartError::Port { port, problem: error.to_string() };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        Ok(listener)
    };
    let in_runtime = |listener: std::net::TcpListener| {
        tokio::net::TcpListener::from_std(listener)
            .map_err(|error| StartError::Port { port, problem: error.to_string() })
    };
    Ok(Listeners { public: in_runtime(bind(0)?)?, platform: in_runtime(bind(1)?)?, dynamodb: bind(2)? })
}

impl Listeners {
    fn addresses(&self, port: u16) -> Result<Addresses, StartError> {
        let unknown = |error: std::io::Error| StartError::Port { port, problem: error.to_string() };
        Ok(Addresses {
            public: self.public.local_addr().map_err(unknown)?,
            platform: self.platform.local_addr().map_err(unknown)?,
            dynamodb: self.dynamodb.local_addr().map_err(unknown)?,
        })
    }
}

async fn serve(listener: tokio::net::TcpListener, router: Router, stop: CancellationToken) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(async move { stop.cancelled().await }).await;
    if let Err(error) = served {
        tracing::error!(%error, "server_stopped");
    }
}
