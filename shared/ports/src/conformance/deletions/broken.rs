//! Deletions that break one word each. A suite that lets one of them pass would prove nothing.

use crate::memory::MemoryTable;
use crate::{Deletions, Generations, NewGeneration, StoreError, Variants};
use async_trait::async_trait;
use domain::deletion::Deletion;
use domain::ids::{GenerationId, UserId};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Broken {
    TakesAnybodys,
    TakesNobodys,
    LeavesTheVariants,
    ForgetsAttempts,
    ForgetsListeners,
    LeavesNoNote,
    KeepsChunks,
    KeepsTheFirstAttempt,
    FreesWhatIsUsed,
    FreesNothing,
    NeverPostpones,
    NeverForgets,
    BringsNotesBack,
    NothingDue,
    NothingOld,
    OldWithoutLimit,
}

const ALL: [Broken; 16] = [
    Broken::TakesAnybodys,
    Broken::TakesNobodys,
    Broken::LeavesTheVariants,
    Broken::ForgetsAttempts,
    Broken::ForgetsListeners,
    Broken::LeavesNoNote,
    Broken::KeepsChunks,
    Broken::KeepsTheFirstAttempt,
    Broken::FreesWhatIsUsed,
    Broken::FreesNothing,
    Broken::NeverPostpones,
    Broken::NeverForgets,
    Broken::BringsNotesBack,
    Broken::NothingDue,
    Broken::NothingOld,
    Broken::OldWithoutLimit,
];

struct Table<'a> {
    inner: &'a MemoryTable,
    how: Broken,
}

#[async_trait]
impl Deletions for Table<'_> {
    async fn take_away(
        &self,
        id: &GenerationId,
        of: Option<&UserId>,
        now_ms: u64,
    ) -> Result<Option<Deletion>, StoreError> {
        if self.how == Broken::TakesNobodys && of.is_none() {
            return Ok(None);
        }
        let of = of.filter(|_| self.how != Broken::TakesAnybodys);
        let before = self.inner.generation(id).await?;
        let Some(mut deletion) = self.inner.take_away(id, of, now_ms).await? else { return Ok(None) };
        if self.how == Broken::ForgetsAttempts {
            deletion.attempts.iter_mut().for_each(|(_, attempts)| *attempts = 1);
        } else if self.how == Broken::ForgetsListeners {
            deletion.listeners.clear();
        } else if self.how == Broken::LeavesNoNote {
            self.inner.forget_deletion(id).await?;
        } else if self.how == Broken::LeavesTheVariants {
            let before = before.unwrap();
            let (generation, variants) = (before.generation.clone(), before.readable());
            self.inner.create(&NewGeneration { generation, variants, request_key: None, counted: None }).await?;
        }
        Ok(Some(deletion))
    }

    async fn remove_chunks(&self, deletion: &Deletion) -> Result<(), StoreError> {
        if self.how == Broken::KeepsChunks {
            return Ok(());
        }
        let keys = deletion.attempt_keys();
        let first = keys.first().filter(|_| self.how == Broken::KeepsTheFirstAttempt);
        let kept = match first {
            Some(key) => self.inner.chunks(key, None, 100).await?,
            None => Vec::new(),
        };
        self.inner.remove_chunks(deletion).await?;
        if let Some(key) = first {
            self.inner.keep_chunks(key, kept);
        }
        Ok(())
    }

    async fn give_up_upload(&self, id: &GenerationId, upload: &str) -> Result<bool, StoreError> {
        let free = self.inner.give_up_upload(id, upload).await?;
        Ok((free || self.how == Broken::FreesWhatIsUsed) && self.how != Broken::FreesNothing)
    }

    async fn left_of(&self, deletion: &Deletion) -> Result<(), StoreError> {
        if self.how == Broken::BringsNotesBack {
            self.inner.keep_note(deletion);
        }
        if self.how == Broken::NeverPostpones { Ok(()) } else { self.inner.left_of(deletion).await }
    }

    async fn forget_deletion(&self, id: &GenerationId) -> Result<(), StoreError> {
        if self.how == Broken::NeverForgets { Ok(()) } else { self.inner.forget_deletion(id).await }
    }

    async fn deletions_due(&self, now_ms: u64, limit: u32) -> Result<Vec<Deletion>, StoreError> {
        if self.how == Broken::NothingDue { Ok(Vec::new()) } else { self.inner.deletions_due(now_ms, limit).await }
    }

    async fn accepted_before(&self, accepted_ms: u64, limit: u32) -> Result<Vec<GenerationId>, StoreError> {
        let limit = if self.how == Broken::OldWithoutLimit { u32::MAX } else { limit };
        let old = self.inner.accepted_before(accepted_ms, limit).await?;
        Ok(if self.how == Broken::NothingOld { Vec::new() } else { old })
    }
}

#[tokio::test]
async fn every_broken_deletion_is_found() {
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
