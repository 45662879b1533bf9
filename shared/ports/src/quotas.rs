use crate::StoreError;
use async_trait::async_trait;
use domain::ids::{UserId, VariantKey};
use domain::quota::Counted;

/// What became of a variant's settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Its reservation is off its record, and the counters are as given.
    Done,
    /// Somebody has changed the counters since they were read. Nothing was changed: read them again.
    Changed,
    /// It has nothing set aside: it was settled before, is gone, or has not ended. Nothing was changed.
    Nothing,
}

/// Counters of what was spent. [`crate::Generations::create`] writes them with the generation, and
/// [`crate::Deletions::take_away`] gives back what still runs.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// A user's counters and the stack's, as the last write left them; zeros of what was never counted.
    async fn counters(&self, user: &UserId) -> Result<Counted, StoreError>;

    /// Takes the reservation of a variant that has ended off its record and writes the counters, in one step. Each counter's
    /// version is one more than the one that was read. Of any number of settlements of a variant exactly one is
    /// [`Settled::Done`].
    async fn settle(&self, key: &VariantKey, user: &UserId, after: &Counted) -> Result<Settled, StoreError>;
}
