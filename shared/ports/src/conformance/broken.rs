//! Stores that break one word of their traits each. A suite that lets one of them pass would prove nothing.

mod connections;
mod generations;

use crate::memory::{MemoryObjects, MemoryTable};
use crate::{Appended, Beat, Claim, Ended, Hold, Object, Objects, StoreError, Variants};
use async_trait::async_trait;
use domain::chunk::Chunk;
use domain::ids::{AttemptKey, ConnectionId, Holder, VariantKey};
use domain::share::ShareId;
use domain::variant::{Account, Ending, Variant};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Broken {
    ClaimsWhatIsHeld,
    AppendsNothing,
    AppendsForAnyone,
    AppendsUnheard,
    KeepsTheLease,
    BeatsForAnyone,
    NotesNothing,
    NotesForAnyone,
    CountsEveryRelease,
    EndsForAnyone,
    FailsWhatLives,
    NeverTold,
    SubscribesNobody,
    NeverUnsubscribes,
    HearsNoCancel,
    ReadsFromTheStart,
    ReadsWithoutLimit,
    NothingDue,
    KeysOfEveryRequest,
    TheLastConclusionStands,
    KeepsTheWinner,
    SharesWithoutLimit,
    SharesNothing,
    NeverUnshares,
    UnsharesAll,
    HistoryOfNobody,
    HistoryWithoutPages,
    LosesVariants,
    AlwaysTheFirstGreeting,
    FollowsNothing,
    ForgetsNoConnection,
    MakesUpConnections,
    KnowsEveryGuest,
    ForgetsWhenTokensEnd,
    ForgetsLinks,
    TakesGuestsForOwners,
    SeatsEverybody,
    SeatsAllTogether,
    SeatsForEver,
    KeepsEverySeat,
}

const ALL: [Broken; 40] = [
    Broken::ClaimsWhatIsHeld,
    Broken::AppendsNothing,
    Broken::AppendsForAnyone,
    Broken::AppendsUnheard,
    Broken::KeepsTheLease,
    Broken::BeatsForAnyone,
    Broken::NotesNothing,
    Broken::NotesForAnyone,
    Broken::CountsEveryRelease,
    Broken::EndsForAnyone,
    Broken::FailsWhatLives,
    Broken::NeverTold,
    Broken::SubscribesNobody,
    Broken::NeverUnsubscribes,
    Broken::HearsNoCancel,
    Broken::ReadsFromTheStart,
    Broken::ReadsWithoutLimit,
    Broken::NothingDue,
    Broken::KeysOfEveryRequest,
    Broken::TheLastConclusionStands,
    Broken::KeepsTheWinner,
    Broken::SharesWithoutLimit,
    Broken::SharesNothing,
    Broken::NeverUnshares,
    Broken::UnsharesAll,
    Broken::HistoryOfNobody,
    Broken::HistoryWithoutPages,
    Broken::LosesVariants,
    Broken::AlwaysTheFirstGreeting,
    Broken::FollowsNothing,
    Broken::ForgetsNoConnection,
    Broken::MakesUpConnections,
    Broken::KnowsEveryGuest,
    Broken::ForgetsWhenTokensEnd,
    Broken::ForgetsLinks,
    Broken::TakesGuestsForOwners,
    Broken::SeatsEverybody,
    Broken::SeatsAllTogether,
    Broken::SeatsForEver,
    Broken::KeepsEverySeat,
];

struct Table {
    inner: MemoryTable,
    how: Broken,
}

impl Table {
    /// The record as if nothing had been refused.
    async fn as_it_is(&self, key: &VariantKey) -> Result<Variant, StoreError> {
        Ok(self.inner.variant(key).await?.unwrap())
    }
}

#[async_trait]
impl Variants for Table {
    async fn claim(&self, key: &VariantKey, holder: &Holder, now_ms: u64, lease_ms: u64) -> Result<Claim, StoreError> {
        let claim = self.inner.claim(key, holder, now_ms, lease_ms).await?;
        Ok(match (self.how, claim) {
            (Broken::ClaimsWhatIsHeld, Claim::Refused(_, variant)) => Claim::Taken(variant),
            (_, claim) => claim,
        })
    }

    async fn append(
        &self,
        hold: &Hold,
        chunk: &Chunk,
        signals: u32,
        lease_until_ms: Option<u64>,
    ) -> Result<Appended, StoreError> {
        if self.how == Broken::AppendsNothing {
            return Ok(Appended::Recorded);
        }
        let lease_until_ms = lease_until_ms.filter(|_| self.how != Broken::KeepsTheLease);
        match (self.how, self.inner.append(hold, chunk, signals, lease_until_ms).await?) {
            (Broken::AppendsForAnyone, Appended::Lost) => Ok(Appended::Recorded),
            (Broken::AppendsUnheard, Appended::Changed(now)) => {
                self.inner.append(hold, chunk, now.signals, lease_until_ms).await
            }
            (_, appended) => Ok(appended),
        }
    }

    async fn heartbeat(&self, hold: &Hold, lease_until_ms: u64) -> Result<Beat, StoreError> {
        match (self.how, self.inner.heartbeat(hold, lease_until_ms).await?) {
            (Broken::BeatsForAnyone, Beat::Lost) => Ok(Beat::Held(self.as_it_is(&hold.key.variant).await?)),
            (_, beat) => Ok(beat),
        }
    }

    async fn note(&self, hold: &Hold, account: &Account) -> Result<Beat, StoreError> {
        if self.how == Broken::NotesNothing {
            return self.inner.heartbeat(hold, self.as_it_is(&hold.key.variant).await?.lease_until_ms).await;
        }
        match (self.how, self.inner.note(hold, account).await?) {
            (Broken::NotesForAnyone, Beat::Lost) => Ok(Beat::Held(self.as_it_is(&hold.key.variant).await?)),
            (_, beat) => Ok(beat),
        }
    }

    async fn release(&self, hold: &Hold, due_ms: u64, counts: bool) -> Result<(), StoreError> {
        self.inner.release(hold, due_ms, counts || self.how == Broken::CountsEveryRelease).await
    }

    async fn end(&self, hold: &Hold, ending: &Ending, lease_until_ms: u64) -> Result<Ended, StoreError> {
        match (self.how, self.inner.end(hold, ending, lease_until_ms).await?) {
            (Broken::EndsForAnyone, Ended::Lost) => Ok(Ended::Recorded(self.as_it_is(&hold.key.variant).await?)),
            (_, ended) => Ok(ended),
        }
    }

    async fn end_abandoned(
        &self,
        seen: &Variant,
        ending: &Ending,
        lease_until_ms: u64,
    ) -> Result<Option<Variant>, StoreError> {
        let now = self.as_it_is(&seen.key).await?;
        let seen = if self.how == Broken::FailsWhatLives { &now } else { seen };
        self.inner.end_abandoned(seen, ending, lease_until_ms).await
    }

    async fn told(&self, key: &VariantKey) -> Result<(), StoreError> {
        if self.how == Broken::NeverTold { Ok(()) } else { self.inner.told(key).await }
    }

    async fn subscribe(
        &self,
        key: &VariantKey,
        connection: &ConnectionId,
        link: Option<&ShareId>,
    ) -> Result<Option<Variant>, StoreError> {
        if self.how == Broken::SubscribesNobody {
            return self.inner.variant(key).await;
        }
        let link = link.filter(|_| self.how != Broken::TakesGuestsForOwners);
        self.inner.subscribe(key, connection, link).await
    }

    async fn unsubscribe(&self, key: &VariantKey, connection: &ConnectionId) -> Result<(), StoreError> {
        if self.how == Broken::NeverUnsubscribes { Ok(()) } else { self.inner.unsubscribe(key, connection).await }
    }

    async fn request_cancel(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        if self.how == Broken::HearsNoCancel {
            return self.inner.variant(key).await;
        }
        self.inner.request_cancel(key).await
    }

    async fn variant(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        self.inner.variant(key).await
    }

    async fn chunks(&self, key: &AttemptKey, after: Option<u32>, limit: u32) -> Result<Vec<Chunk>, StoreError> {
        let after = after.filter(|_| self.how != Broken::ReadsFromTheStart);
        let limit = if self.how == Broken::ReadsWithoutLimit { u32::MAX } else { limit };
        self.inner.chunks(key, after, limit).await
    }

    async fn due(&self, now_ms: u64, limit: u32) -> Result<Vec<VariantKey>, StoreError> {
        if self.how == Broken::NothingDue { Ok(Vec::new()) } else { self.inner.due(now_ms, limit).await }
    }
}

/// A bucket that loses one part of what it is given.
struct Bucket {
    inner: MemoryObjects,
    loses: &'static str,
}

#[async_trait]
impl Objects for Bucket {
    async fn put(&self, key: &str, object: Object) -> Result<(), StoreError> {
        let object = match self.loses {
            "every second put" if self.inner.get(key).await?.is_some() => return Ok(()),
            "notes" => Object { note: None, ..object },
            "types" => Object { content_type: "application/octet-stream".to_owned(), ..object },
            "large objects" if object.bytes.len() > 100_000 => return Ok(()),
            _ => object,
        };
        self.inner.put(key, object).await
    }

    async fn get(&self, key: &str) -> Result<Option<Object>, StoreError> {
        self.inner.get(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let prefix = if self.loses == "the end of a prefix" { prefix.trim_end_matches('/') } else { prefix };
        let keys = self.inner.list(prefix).await?;
        Ok(keys.into_iter().take(if self.loses == "the rest of a list" { 1 } else { usize::MAX }).collect())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        if self.loses == "removals" { Ok(()) } else { self.inner.remove(key).await }
    }
}

#[tokio::test]
async fn every_broken_table_is_found() {
    let mut passed = Vec::new();
    for how in ALL {
        let table = Table { inner: MemoryTable::default(), how };
        if AssertUnwindSafe(super::table(&table)).catch_unwind().await.is_ok() {
            passed.push(how);
        }
    }
    assert_eq!(passed, [], "the suite lets these pass");
}

#[tokio::test]
async fn every_broken_bucket_is_found() {
    let all = [
        "every second put",
        "notes",
        "types",
        "large objects",
        "the end of a prefix",
        "the rest of a list",
        "removals",
    ];
    for loses in all {
        let bucket = Bucket { inner: MemoryObjects::default(), loses };
        let checked = AssertUnwindSafe(super::objects(&bucket)).catch_unwind().await;
        assert!(checked.is_err(), "the suite lets a bucket pass that loses {loses}");
    }
}
