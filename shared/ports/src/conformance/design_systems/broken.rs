//! Shelves that break one word of their trait each; the suite has to find every one.

use crate::memory::MemoryTable;
use crate::{DesignSystems, StoreError};
use async_trait::async_trait;
use domain::design_system::{DesignSystem, DesignSystemChange};
use domain::ids::{DesignSystemId, UserId};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Broken {
    NewestFirst,
    SharedByAll,
    WithoutLimit,
    OneTooFew,
    KeepsNothing,
    ChangesNothing,
    BlanksWhatIsAbsent,
    ForgetsTheTime,
    RemovesNothing,
    AlwaysRemoved,
}

const ALL: [Broken; 10] = [
    Broken::NewestFirst,
    Broken::SharedByAll,
    Broken::WithoutLimit,
    Broken::OneTooFew,
    Broken::KeepsNothing,
    Broken::ChangesNothing,
    Broken::BlanksWhatIsAbsent,
    Broken::ForgetsTheTime,
    Broken::RemovesNothing,
    Broken::AlwaysRemoved,
];

struct Shelf {
    inner: MemoryTable,
    how: Broken,
}

impl Shelf {
    fn owner(&self, user: &UserId) -> UserId {
        if self.how == Broken::SharedByAll { UserId::anonymous() } else { user.clone() }
    }
}

#[async_trait]
impl DesignSystems for Shelf {
    async fn design_systems(&self, user: &UserId) -> Result<Vec<DesignSystem>, StoreError> {
        let mut kept = self.inner.design_systems(&self.owner(user)).await?;
        if self.how == Broken::NewestFirst {
            kept.reverse();
        }
        Ok(kept)
    }

    async fn add_design_system(&self, user: &UserId, new: &DesignSystem, count_max: u32) -> Result<bool, StoreError> {
        let count_max = match self.how {
            Broken::WithoutLimit => u32::MAX,
            Broken::OneTooFew => count_max - 1,
            Broken::KeepsNothing => return Ok(true),
            Broken::NewestFirst
            | Broken::SharedByAll
            | Broken::ChangesNothing
            | Broken::BlanksWhatIsAbsent
            | Broken::ForgetsTheTime
            | Broken::RemovesNothing
            | Broken::AlwaysRemoved => count_max,
        };
        self.inner.add_design_system(&self.owner(user), new, count_max).await
    }

    async fn change_design_system(
        &self,
        user: &UserId,
        id: &DesignSystemId,
        change: &DesignSystemChange,
        now_ms: u64,
    ) -> Result<Option<DesignSystem>, StoreError> {
        let blank = |text: &Option<String>| Some(text.clone().unwrap_or_default());
        let change = match self.how {
            Broken::ChangesNothing => DesignSystemChange::default(),
            Broken::BlanksWhatIsAbsent => {
                DesignSystemChange { name: blank(&change.name), content: blank(&change.content) }
            }
            Broken::NewestFirst
            | Broken::SharedByAll
            | Broken::WithoutLimit
            | Broken::OneTooFew
            | Broken::KeepsNothing
            | Broken::ForgetsTheTime
            | Broken::RemovesNothing
            | Broken::AlwaysRemoved => change.clone(),
        };
        let now_ms = if self.how == Broken::ForgetsTheTime { 0 } else { now_ms };
        self.inner.change_design_system(&self.owner(user), id, &change, now_ms).await
    }

    async fn remove_design_system(&self, user: &UserId, id: &DesignSystemId) -> Result<bool, StoreError> {
        if self.how == Broken::RemovesNothing {
            return Ok(self.inner.design_systems(&self.owner(user)).await?.iter().any(|one| one.id == *id));
        }
        let removed = self.inner.remove_design_system(&self.owner(user), id).await?;
        Ok(removed || self.how == Broken::AlwaysRemoved)
    }
}

#[tokio::test]
async fn every_broken_shelf_is_found() {
    let mut passed = Vec::new();
    for how in ALL {
        let shelf = Shelf { inner: MemoryTable::default(), how };
        if AssertUnwindSafe(super::check(&shelf)).catch_unwind().await.is_ok() {
            passed.push(how);
        }
    }
    assert_eq!(passed, [], "the suite lets these pass");
}
