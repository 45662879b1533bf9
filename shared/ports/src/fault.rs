//! Faults as decorators: every port call may crash its caller or fail, before its effect or after it with the answer
//! lost. A [`Script`] decides which; crash enumeration and the simulation bring theirs.

mod stores;
mod world;

use crate::{Clock, StoreError};
use async_trait::async_trait;
use std::future::Future;
use std::sync::Arc;

/// What happens to one port call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it is carried out.
    None,
    /// It is not carried out.
    Before(Harm),
    /// It is carried out, and its caller never learns so.
    After(Harm),
}

/// What the caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// Nothing ever again: the process is gone, or frozen in mid-await.
    Crash,
    /// An error with an unknown outcome.
    Error,
}

/// Decides what happens to port calls.
#[async_trait]
pub trait Script: Send + Sync {
    /// The fault for the next call of this name.
    fn next(&self, call: &'static str) -> Fault;

    /// Waits as long as the call takes. Does nothing unless the script says otherwise.
    async fn delay(&self, _call: &'static str) {}

    /// Is told that the caller has crashed; whoever drives it drops it.
    fn crashed(&self, call: &'static str);
}

/// A port whose calls may be harmed.
pub struct Faulty<T: ?Sized> {
    inner: Arc<T>,
    script: Arc<dyn Script>,
}

impl<T: ?Sized> Faulty<T> {
    /// `inner`, with faults as the script says.
    pub fn new(inner: Arc<T>, script: Arc<dyn Script>) -> Self {
        Self { inner, script }
    }

    async fn run<V, E>(
        &self,
        call: &'static str,
        effect: impl Future<Output = Result<V, E>> + Send,
        unknown: fn(&str) -> E,
    ) -> Result<V, E> {
        self.script.delay(call).await;
        match self.script.next(call) {
            Fault::None => effect.await,
            Fault::Before(harm) => self.harm(call, harm, unknown).await,
            Fault::After(harm) => {
                // The effect may fail by itself; the caller does not learn that either.
                let _ = effect.await;
                self.harm(call, harm, unknown).await
            }
        }
    }

    async fn harm<V, E>(&self, call: &'static str, harm: Harm, unknown: fn(&str) -> E) -> Result<V, E> {
        match harm {
            Harm::Crash => {
                self.script.crashed(call);
                std::future::pending().await
            }
            Harm::Error => Err(unknown(call)),
        }
    }
}

fn unavailable(call: &str) -> StoreError {
    StoreError::Unavailable(format!("{call}: injected"))
}

impl<T: Clock + ?Sized> Clock for Faulty<T> {
    fn now_ms(&self) -> u64 {
        self.inner.now_ms()
    }
}
