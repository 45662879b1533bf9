//! Counters that break one word each. A suite that lets one of them pass would prove nothing.

use crate::memory::MemoryTable;
use crate::{Quotas, Settled, StoreError, Variants};
use async_trait::async_trait;
use domain::ids::{UserId, VariantKey};
use domain::quota::{Counted, Counters};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Broken {
    CountsNobody,
    OneForAll,
    SettlesNothing,
    SettlesAgain,
    SettlesWhatRuns,
    NeverChanged,
}

const ALL: [Broken; 6] = [
    Broken::CountsNobody,
    Broken::OneForAll,
    Broken::SettlesNothing,
    Broken::SettlesAgain,
    Broken::SettlesWhatRuns,
    Broken::NeverChanged,
];

struct Table<'a> {
    inner: &'a MemoryTable,
    how: Broken,
}

#[async_trait]
impl Quotas for Table<'_> {
    async fn counters(&self, user: &UserId) -> Result<Counted, StoreError> {
        let counted = self.inner.counters(user).await?;
        Ok(match self.how {
            Broken::CountsNobody => Counted { user: Counters { running: 0, tokens: 0, ..counted.user }, ..counted },
            Broken::OneForAll => Counted { user: counted.stack, ..counted },
            Broken::SettlesNothing | Broken::SettlesAgain | Broken::SettlesWhatRuns | Broken::NeverChanged => counted,
        })
    }

    async fn settle(&self, key: &VariantKey, user: &UserId, after: &Counted) -> Result<Settled, StoreError> {
        if self.how == Broken::SettlesNothing {
            return Ok(Settled::Nothing);
        }
        let settled = self.inner.settle(key, user, after).await?;
        let runs = self.inner.variant(key).await?.is_some_and(|variant| !variant.status.has_ended());
        Ok(match (self.how, settled) {
            (Broken::SettlesAgain, Settled::Nothing) if !runs => Settled::Done,
            (Broken::SettlesWhatRuns, Settled::Nothing) if runs => Settled::Done,
            (Broken::NeverChanged, Settled::Changed) => Settled::Done,
            (_, settled) => settled,
        })
    }
}

#[tokio::test]
async fn every_broken_counter_is_found() {
    let mut passed = Vec::new();
    for how in ALL {
        let inner = MemoryTable::default();
        let broken = Table { inner: &inner, how };
        if AssertUnwindSafe(super::check(&inner, &broken)).catch_unwind().await.is_ok() {
            passed.push(how);
        }
    }
    assert_eq!(passed, [], "the suite lets these pass");
}
