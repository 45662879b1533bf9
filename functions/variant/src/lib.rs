//! The worker of one variant, and the only place where the order of effects is written:
//!
//! 1. [`claim`]: take the variant; the attempt number fences everything that follows.
//! 2. [`attempt`]: the request from S3, the prompt with its images ([`images`]), the model - or its [`successor`]; or the raw
//!    answer of an attempt that died after it.
//! 3. [`pump`]: deltas to chunks - each durable before it is pushed ([`writer`]).
//! 4. [`parts`]: the raw answer to S3, part by part; [`finish`]: then the page to S3, then its pictures ([`pictures`]) and the
//!    page once more, then `completed` in the table, then the push.
//!
//! Dropping the worker's future at any await is a crash, and a crash at any of them is safe: the lease runs out, the
//! sweep invokes another worker, and what is durable is used again.

mod attempt;
mod claim;
mod finish;
mod hold;
mod images;
mod keep;
mod parts;
mod pictures;
mod pump;
mod read;
mod rest;
mod scale;
mod successor;
mod writer;

pub use pictures::Illustrator;

use async_trait::async_trait;
use boot::{Boot, Function, FunctionError, Invocation, SettingError};
use domain::models::Catalogue;
use domain::wire::invoke::WorkerEvent;
use lifecycle::Announcer;
use ports::{Clock, Ids, Invoke, Model, Objects, Push, Variants};
use std::sync::Arc;

/// The worker and all that it may touch.
#[derive(Clone)]
pub struct Worker {
    /// The variant's record and chunks.
    pub variants: Arc<dyn Variants>,
    /// The request, the raw answer, the page.
    pub objects: Arc<dyn Objects>,
    /// The model.
    pub model: Arc<dyn Model>,
    /// What draws pictures, if anything does.
    pub illustrator: Option<Illustrator>,
    /// How each model is asked, what it costs, and who answers for it when it is gone.
    pub catalogue: Arc<Catalogue>,
    /// The listeners.
    pub push: Arc<dyn Push>,
    /// A successor, when the time is up.
    pub invoke: Arc<dyn Invoke>,
    /// What tells the end.
    pub announcer: Announcer,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names of claims, and dice for pauses.
    pub ids: Arc<dyn Ids>,
    /// The time between two chunks.
    pub push_interval_ms: u64,
    /// How long a claim holds without a sign of life.
    pub lease_ms: u64,
}

impl Worker {
    /// The worker over AWS.
    ///
    /// # Errors
    /// [`SettingError`] for a setting that is missing.
    pub fn from_boot(boot: &Boot) -> Result<Self, SettingError> {
        let table = boot.table();
        let push = boot.sockets()?;
        let model = boot.model()?;
        let image_model = boot.settings.image_model.clone();
        Ok(Self {
            announcer: Announcer {
                generations: table.clone(),
                variants: table.clone(),
                push: push.clone(),
                purse: boot.purse(),
                clock: boot.clock.clone(),
            },
            variants: table,
            objects: boot.bucket(),
            illustrator: image_model.map(|name| Illustrator { pictures: model.clone(), model: name }),
            model,
            catalogue: boot.settings.catalogue.clone(),
            push,
            invoke: boot.workers(),
            clock: boot.clock.clone(),
            ids: boot.ids.clone(),
            push_interval_ms: boot.settings.push_interval_ms,
            lease_ms: boot.settings.lease_ms,
        })
    }
}

#[async_trait]
impl Function for Worker {
    type Event = WorkerEvent;
    type Answer = ();

    async fn handle(&self, event: WorkerEvent, invocation: &Invocation) -> Result<(), FunctionError> {
        self.run(&event.variant, invocation).await.map_err(|error| {
            tracing::error!(
                generation_id = %event.variant.generation_id,
                variant = event.variant.variant_index,
                %error,
                "worker_failed"
            );
            FunctionError::from(error)
        })
    }
}
