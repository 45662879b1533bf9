//! The scheduled backstop: every variant that fell silent is brought to an end. What to do about one is decided in
//! `domain::sweep`; here it is done. Doing it twice, or beside a worker that lives after all, does no harm: every step is
//! fenced by the record. What was deleted, or kept for long enough, is removed in [`erase`].

mod erase;

use async_trait::async_trait;
use boot::{Boot, Function, FunctionError, Invocation, SettingError};
use domain::ids::VariantKey;
use domain::limits::{LEASE_MS, SWEEP_BATCH};
use domain::stage::Stage;
use domain::sweep::{SweepAction, decide};
use domain::variant::Ending;
use domain::wire::invoke::WorkerEvent;
use futures_util::StreamExt;
use futures_util::stream::iter;
use lifecycle::{Announcer, Eraser};
use ports::{Clock, Invoke, Push, StoreError, Variants};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Variants that are taken up side by side.
const SIDE_BY_SIDE: usize = 8;

/// The handler and all that it may touch.
#[derive(Clone)]
pub struct Sweep {
    /// To find and to end.
    pub variants: Arc<dyn Variants>,
    /// To start workers.
    pub invoke: Arc<dyn Invoke>,
    /// To tell.
    pub announcer: Announcer,
    /// What is left of what was deleted.
    pub eraser: Eraser,
    /// To tell those who followed it.
    pub push: Arc<dyn Push>,
    /// How long generations are kept; without it, until their owners delete them.
    pub retention_ms: Option<u64>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What starts a sweep: the schedule, or anything else; nothing in it is read.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct SweepEvent(pub Value);

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Variants that were due.
    pub due: usize,
    /// Workers that were invoked.
    pub invoked: usize,
    /// Variants that were ended, since nobody would take them up any more.
    pub ended: usize,
    /// Ends that were told again.
    pub told: usize,
    /// Generations that were kept for as long as they are to be kept, and were taken away.
    pub expired: usize,
    /// Deletions that were looked at.
    pub erased: usize,
    /// Variants that could not be helped this time.
    pub errors: usize,
}

impl Sweep {
    /// The handler over AWS.
    ///
    /// # Errors
    /// [`SettingError`] for a setting that is missing.
    pub fn from_boot(boot: &Boot) -> Result<Self, SettingError> {
        let table = boot.table();
        let push = boot.sockets()?;
        Ok(Self {
            announcer: Announcer {
                generations: table.clone(),
                variants: table.clone(),
                push: push.clone(),
                purse: boot.purse(),
                clock: boot.clock.clone(),
            },
            eraser: Eraser { deletions: table.clone(), objects: boot.bucket(), clock: boot.clock.clone() },
            push,
            retention_ms: boot.settings.retention_ms,
            variants: table,
            invoke: boot.workers(),
            clock: boot.clock.clone(),
        })
    }

    /// Looks at every variant that is due. One that cannot be helped does not keep the others waiting.
    ///
    /// # Errors
    /// The store's, if it cannot even say what is due.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let due = self.variants.due(self.clock.now_ms(), SWEEP_BATCH).await?;
        let mut swept = Swept { due: due.len(), ..Swept::default() };
        let steps = due.into_iter().map(|key| async move { self.take_up(&key).await });
        let mut outcomes = iter(steps).buffer_unordered(SIDE_BY_SIDE);
        while let Some(outcome) = outcomes.next().await {
            match outcome {
                Ok(SweepAction::Leave) => {}
                Ok(SweepAction::Invoke) => swept.invoked += 1,
                Ok(SweepAction::End(_)) => swept.ended += 1,
                Ok(SweepAction::Tell) => swept.told += 1,
                Err(error) => {
                    swept.errors += 1;
                    tracing::error!(%error, "sweep_failed");
                }
            }
        }
        self.expire(&mut swept).await;
        self.erase(&mut swept).await;
        Ok(swept)
    }

    async fn take_up(&self, key: &VariantKey) -> Result<SweepAction, StoreError> {
        let variant = match self.variants.variant(key).await {
            Ok(Some(variant)) => variant,
            Ok(None) => return Ok(SweepAction::Leave),
            // It can be brought no further, and must not stand in the way of what can.
            Err(StoreError::Corrupt(reason)) => {
                self.variants.told(key).await?;
                return Err(StoreError::Corrupt(reason));
            }
            Err(
                error @ (StoreError::Unavailable(_)
                | StoreError::Misconfigured(_)
                | StoreError::Missing(_)
                | StoreError::Forbidden(_)),
            ) => return Err(error),
        };
        let now_ms = self.clock.now_ms();
        if !variant.status.has_ended() {
            let unfinished_ms = now_ms.saturating_sub(variant.created_at_ms);
            tracing::info!(target: "metrics", OldestUnfinishedMs = unfinished_ms);
        }
        let action = decide(&variant, now_ms);
        match &action {
            SweepAction::Leave => return Ok(action),
            SweepAction::Invoke => self.invoke.start(&WorkerEvent { variant: key.clone() }).await?,
            SweepAction::End(ending) => match self.variants.end_abandoned(&variant, ending, now_ms + LEASE_MS).await? {
                Some(ended) => {
                    if matches!(ending, Ending::Failed(_)) {
                        tracing::info!(target: "metrics", Failed = 1_u64);
                    }
                    self.announcer.tell(&ended).await?;
                }
                None => return Ok(SweepAction::Leave),
            },
            SweepAction::Tell => self.announcer.tell(&variant).await?,
        }
        tracing::warn!(
            stage = %Stage::Swept,
            generation_id = %key.generation_id,
            variant = key.variant_index,
            attempt = variant.attempt,
            was = variant.status.name(),
            action = ?action
        );
        Ok(action)
    }
}

#[async_trait]
impl Function for Sweep {
    type Event = SweepEvent;
    type Answer = Swept;

    async fn handle(&self, _event: SweepEvent, _invocation: &Invocation) -> Result<Swept, FunctionError> {
        // Zero unless something due says more: an alarm needs to see that nothing waits.
        tracing::info!(target: "metrics", Sweeps = 1_u64, OldestUnfinishedMs = 0_u64);
        Ok(self.sweep().await?)
    }
}
