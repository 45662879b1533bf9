mod operations;

use crate::StartError;
use crate::data::DataDirectory;
use crate::neighbours::{Neighbours, only_neighbours};
use axum::Router;
use axum::middleware::from_fn_with_state;
use dynoxide::Database;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// DynamoDB on a thread of its own.
#[derive(Debug)]
pub struct TableServer {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl TableServer {
    /// Opens the table's file and serves it, to programs of this machine and to no website: whoever reaches it reads and writes
    /// everybody's.
    ///
    /// # Errors
    /// [`StartError::Data`] if the file is not a table's, or is damaged.
    pub fn start(data: &DataDirectory, listener: std::net::TcpListener) -> Result<Self, StartError> {
        let path = data.table();
        let refused = |problem: String| StartError::Data { directory: data.root().to_owned(), problem };
        let damaged = |problem: &dyn std::fmt::Display| {
            refused(format!("{} cannot be read ({problem}); move it away or choose another --data", path.display()))
        };
        let text = path.to_str().ok_or_else(|| refused("its name is not UTF-8".to_owned()))?;
        let database = Database::new(text).map_err(|error| damaged(&error))?;
        database.table_count().map_err(|error| damaged(&error))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("dynamodb".to_owned())
            .spawn(move || {
                // No proxy's host and no page of another origin has business here.
                let guard = from_fn_with_state(Neighbours::default(), only_neighbours);
                serve(listener, operations::router(database).layer(guard), stopped);
            })
            .map_err(|error| refused(error.to_string()))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// Stops after the requests that are running, and closes the file.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the server has ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("dynamodb_thread_failed");
            }
        }
    }
}

fn serve(listener: std::net::TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return tracing::error!(%error, "dynamodb_thread_failed"),
    };
    runtime.block_on(async {
        let address: Option<SocketAddr> = listener.local_addr().ok();
        let stopped = async {
            let _ = stopped.await;
        };
        let served = match TcpListener::from_std(listener) {
            Ok(listener) => axum::serve(listener, router).with_graceful_shutdown(stopped).await,
            Err(error) => Err(error),
        };
        if let Err(error) = served {
            tracing::error!(?address, %error, "dynamodb_stopped");
        }
    });
}
