use crate::StepError;
use domain::ids::UserId;
use domain::limits::{COUNT_PAUSE_MS_MAX, COUNT_TRIES_MAX};
use domain::models::Catalogue;
use domain::quota::{Allowance, Counted, Reserved, expected};
use domain::request::GenerationRequest;
use domain::variant::Variant;
use ports::{Clock, Ids, Quotas, Settled, StoreError};
use std::sync::Arc;
use std::time::Duration;

/// Holds requests to what may be spent, and counts what was.
#[derive(Clone)]
pub struct Purse {
    /// What was spent.
    pub quotas: Arc<dyn Quotas>,
    /// What models cost.
    pub catalogue: Arc<Catalogue>,
    /// What may be spent.
    pub allowance: Allowance,
    /// When.
    pub clock: Arc<dyn Clock>,
    /// For pauses of different lengths.
    pub ids: Arc<dyn Ids>,
}

impl Purse {
    /// What each variant of a request is expected to take.
    #[must_use]
    pub fn expected(&self, request: &GenerationRequest, models: &[String]) -> Vec<Reserved> {
        let now_ms = self.clock.now_ms();
        models.iter().map(|model| expected(request, model, &self.catalogue, now_ms)).collect()
    }

    /// The counters with this added, to be written with the generation; none if nothing is limited. Nothing is counted yet.
    ///
    /// # Errors
    /// [`StepError::Exceeded`] with the first limit that it would pass; the store's error.
    pub async fn count(&self, user: &UserId, variants: &[Reserved]) -> Result<Option<Counted>, StepError> {
        if self.allowance == Allowance::NONE {
            return Ok(None);
        }
        let before = self.quotas.counters(user).await?;
        let after = before.accept(user, variants, &self.allowance, self.clock.now_ms());
        Ok(Some(after.map_err(|exceeded| StepError::Exceeded(Box::new(exceeded)))?))
    }

    /// Counts what a variant that has ended took, in place of what was set aside for it: once, however often this is called.
    ///
    /// # Errors
    /// The store's, or that it is too busy; the same call again brings it to its end.
    pub async fn settle(&self, user: &UserId, variant: &Variant) -> Result<(), StoreError> {
        let Some(reserved) = variant.reserved else { return Ok(()) };
        let took = reserved.taken_by(variant);
        for tried in 0..COUNT_TRIES_MAX {
            let before = self.quotas.counters(user).await?;
            let after = before.settle(&[(reserved, took)], self.clock.now_ms());
            match self.quotas.settle(&variant.key, user, &after).await? {
                Settled::Done | Settled::Nothing => return Ok(()),
                Settled::Changed => self.pause(tried).await,
            }
        }
        Err(StoreError::Unavailable("too many generations end at once".to_owned()))
    }

    /// Others write the same counters: apart in time, each gets its turn.
    pub(crate) async fn pause(&self, tried: u32) {
        let most_ms = (8_u64 << tried.min(16)).min(COUNT_PAUSE_MS_MAX);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "small"
        )]
        let pause_ms = (most_ms as f64 * self.ids.jitter()) as u64;
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
    }
}
