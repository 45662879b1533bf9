use async_trait::async_trait;
use aws::{Bucket, Sockets, Table, Workers};
use futures_util::future::join_all;
use openai::OpenAi;
use ports::StoreError;
use std::sync::{Arc, Mutex, PoisonError};

/// Something whose connection is worth opening before the first event comes. A trait, so that a function's program holds
/// only the clients that it asked for.
#[async_trait]
pub(crate) trait Remote: Send + Sync {
    /// Opens a connection. What a wrong setting makes fail is logged, under the setting's name; nothing fails.
    async fn warm(&self);
}

/// What a function was given. Opening a connection is mostly TLS, which takes hundreds of milliseconds with the share of
/// a CPU that a small function has; only while it starts does it have a whole one.
#[derive(Clone, Default)]
pub(crate) struct Remotes(Arc<Mutex<Vec<Arc<dyn Remote>>>>);

impl Remotes {
    /// Takes note of one and gives it back.
    pub(crate) fn note<T: Remote + 'static>(&self, remote: T) -> Arc<T> {
        let remote = Arc::new(remote);
        // Every change is one push.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(remote.clone());
        remote
    }

    /// Opens a connection to each, side by side.
    pub(crate) async fn warm(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        join_all(all.iter().map(|remote| remote.warm())).await;
    }
}

fn log(opened: Result<(), StoreError>) {
    match opened {
        Ok(()) => {}
        Err(StoreError::Misconfigured(problem) | StoreError::Missing(problem) | StoreError::Forbidden(problem)) => {
            tracing::error!(problem, "misconfigured");
        }
        Err(error @ (StoreError::Unavailable(_) | StoreError::Corrupt(_))) => tracing::warn!(%error, "not_warmed"),
    }
}

#[async_trait]
impl Remote for Table {
    async fn warm(&self) {
        log(Self::warm(self).await);
    }
}

#[async_trait]
impl Remote for Bucket {
    async fn warm(&self) {
        log(Self::warm(self).await);
    }
}

#[async_trait]
impl Remote for Workers {
    async fn warm(&self) {
        log(Self::warm(self).await);
    }
}

#[async_trait]
impl Remote for Sockets {
    async fn warm(&self) {
        self.warm().await;
    }
}

#[async_trait]
impl Remote for OpenAi {
    async fn warm(&self) {
        if let Err((setting, problem)) = self.warm().await {
            tracing::error!(setting, problem, "misconfigured");
        }
    }
}
