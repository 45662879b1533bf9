use super::{Broken, Table};
use crate::{Created, Generations, HistoryPage, NewGeneration, Recorded, RequestKey, Shared, StoreError};
use async_trait::async_trait;
use domain::generation::Conclusion;
use domain::ids::{GenerationId, UserId};
use domain::share::Share;

#[async_trait]
impl Generations for Table {
    async fn create(&self, new: &NewGeneration) -> Result<Created, StoreError> {
        let mut new = new.clone();
        if let (Broken::KeysOfEveryRequest, Some(key)) = (self.how, &mut new.request_key) {
            key.fingerprint.clear();
        }
        if self.how == Broken::LosesVariants {
            new.variants.truncate(7);
        }
        self.inner.create(&new).await
    }

    async fn accepted_as(&self, user: &UserId, key: &RequestKey) -> Result<Option<Created>, StoreError> {
        self.inner.accepted_as(user, key).await
    }

    async fn generation(&self, id: &GenerationId) -> Result<Option<Recorded>, StoreError> {
        self.inner.generation(id).await
    }

    async fn history(&self, user: &UserId, before: Option<&str>, limit: u32) -> Result<HistoryPage, StoreError> {
        if self.how == Broken::HistoryOfNobody {
            return Ok(HistoryPage { items: Vec::new(), next: None });
        }
        let limit = if self.how == Broken::HistoryWithoutPages { u32::MAX } else { limit };
        self.inner.history(user, before, limit).await
    }

    async fn share(&self, share: &Share, count_max: u32, now_s: u64) -> Result<Shared, StoreError> {
        if self.how == Broken::SharesNothing {
            return Ok(Shared::Added);
        }
        let count_max = if self.how == Broken::SharesWithoutLimit { u32::MAX } else { count_max };
        self.inner.share(share, count_max, now_s).await
    }

    async fn unshare(&self, share: &Share) -> Result<(), StoreError> {
        if self.how == Broken::NeverUnshares {
            return Ok(());
        }
        if self.how == Broken::UnsharesAll {
            let recorded = self.inner.generation(&share.generation).await?;
            for one in recorded.into_iter().flat_map(|recorded| recorded.generation.shares) {
                self.inner.unshare(&one).await?;
            }
        }
        self.inner.unshare(share).await
    }

    async fn pick(&self, id: &GenerationId, winner: Option<u8>) -> Result<bool, StoreError> {
        let winner = winner.or((self.how == Broken::KeepsTheWinner).then_some(1));
        self.inner.pick(id, winner).await
    }

    async fn conclude(&self, id: &GenerationId, conclusion: Conclusion) -> Result<Option<Conclusion>, StoreError> {
        let stands = self.inner.conclude(id, conclusion.clone()).await?;
        Ok(if self.how == Broken::TheLastConclusionStands { stands.map(|_| conclusion) } else { stands })
    }
}
