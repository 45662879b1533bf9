use crate::Source;
use domain::identity::jwks::{self, Material, PublicKey};
use domain::identity::jwt::Algorithm;
use domain::limits::{JWKS_FRESH_MS, JWKS_MS_MAX, JWKS_READS_MAX, JWKS_STALE_MS, JWKS_WINDOW_MS};
use ports::{AuthenticationError, Clock};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// The keys that an issuer publishes, read when they are needed and kept for a while. A token that names a key which is not among them
/// has them read again, since issuers change their keys; made-up names do so only a few times a minute.
pub(crate) struct Published {
    algorithm: Algorithm,
    source: Arc<dyn Source>,
    clock: Arc<dyn Clock>,
    /// Held while they are read: everyone who waits wants the same.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: Vec<PublicKey>,
    read_at_ms: Option<u64>,
    /// When they were last asked for, whatever came of it.
    tries_ms: VecDeque<u64>,
}

impl Published {
    pub(crate) fn new(algorithm: Algorithm, source: Arc<dyn Source>, clock: Arc<dyn Clock>) -> Self {
        Self { algorithm, source, clock, known: Mutex::default() }
    }

    /// The key of that name; without a name, the only key there is. `None` if the issuer has none.
    pub(crate) async fn find(&self, id: Option<&str>) -> Result<Option<Material>, AuthenticationError> {
        let mut known = self.known.lock().await;
        let now_ms = self.clock.now_ms();
        let mut problem = None;
        if (!known.is_younger(JWKS_FRESH_MS, now_ms) || known.key(id).is_none()) && known.may_try(now_ms) {
            match self.read().await {
                Ok(keys) => {
                    known.keys = keys;
                    known.read_at_ms = Some(now_ms);
                }
                Err(failure) => {
                    tracing::warn!(problem = failure, "issuer_keys_not_read");
                    problem = Some(failure);
                }
            }
        }
        let problem = || problem.clone().unwrap_or_else(|| "the issuer was asked too often of late".to_owned());
        if !known.is_younger(JWKS_STALE_MS, now_ms) {
            return Err(AuthenticationError::Unavailable(problem()));
        }
        Ok(known.key(id))
    }

    async fn read(&self) -> Result<Vec<PublicKey>, String> {
        let bytes = timeout(Duration::from_millis(JWKS_MS_MAX), self.source.read())
            .await
            .map_err(|_| format!("the issuer did not answer within {JWKS_MS_MAX} ms"))??;
        jwks::read(&bytes, self.algorithm).map_err(str::to_owned)
    }
}

impl Known {
    fn key(&self, id: Option<&str>) -> Option<Material> {
        let found = match (id, self.keys.as_slice()) {
            (Some(id), keys) => keys.iter().find(|key| key.id.as_deref() == Some(id)),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        found.map(|key| key.material.clone())
    }

    fn is_younger(&self, than_ms: u64, now_ms: u64) -> bool {
        self.read_at_ms.is_some_and(|at_ms| now_ms.saturating_sub(at_ms) < than_ms)
    }

    /// Counts a try, if there may be one now.
    fn may_try(&mut self, now_ms: u64) -> bool {
        self.tries_ms.retain(|at_ms| now_ms.saturating_sub(*at_ms) < JWKS_WINDOW_MS);
        let may = self.tries_ms.len() < JWKS_READS_MAX;
        if may {
            self.tries_ms.push_back(now_ms);
        }
        may
    }
}

#[cfg(test)]
mod tests;
