use super::{MemoryTable, State};
use crate::{Quotas, Settled, StoreError};
use async_trait::async_trait;
use domain::ids::{UserId, VariantKey};
use domain::quota::{Counted, Scope};

impl State {
    pub(super) fn counted(&self, user: &UserId) -> Counted {
        let of = |scope: Scope| self.counters.get(&scope).copied().unwrap_or_default();
        Counted { user: of(Scope::User(user.clone())), stack: of(Scope::Stack) }
    }

    /// Writes the counters, if nobody has since they were read.
    pub(super) fn count(&mut self, user: &UserId, after: &Counted) -> bool {
        let before = self.counted(user);
        let unchanged =
            after.user.version == before.user.version + 1 && after.stack.version == before.stack.version + 1;
        if unchanged {
            self.counters.insert(Scope::User(user.clone()), after.user);
            self.counters.insert(Scope::Stack, after.stack);
        }
        unchanged
    }
}

#[async_trait]
impl Quotas for MemoryTable {
    async fn counters(&self, user: &UserId) -> Result<Counted, StoreError> {
        Ok(self.lock().counted(user))
    }

    async fn settle(&self, key: &VariantKey, user: &UserId, after: &Counted) -> Result<Settled, StoreError> {
        let mut state = self.lock();
        let settles = |state: &State| {
            state.variants.get(key).is_some_and(|variant| variant.reserved.is_some() && variant.status.has_ended())
        };
        if !settles(&state) {
            return Ok(Settled::Nothing);
        }
        if !state.count(user, after) {
            return Ok(Settled::Changed);
        }
        if let Some(variant) = state.variants.get_mut(key) {
            variant.reserved = None;
        }
        Ok(Settled::Done)
    }
}
