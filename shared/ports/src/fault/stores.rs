use super::{Faulty, unavailable};
use crate::{
    Appended, Beat, Claim, Connection, Connections, Created, Deletions, DesignSystems, Ended, Generations, Greeting,
    HistoryPage, Hold, NewGeneration, Quotas, Recorded, RequestKey, Seated, Settled, Shared, StoreError, Variants,
};
use async_trait::async_trait;
use domain::chunk::Chunk;
use domain::deletion::Deletion;
use domain::design_system::{DesignSystem, DesignSystemChange};
use domain::generation::Conclusion;
use domain::ids::{AttemptKey, ConnectionId, DesignSystemId, GenerationId, Holder, UserId, VariantKey};
use domain::quota::Counted;
use domain::seat::{Party, Seat};
use domain::share::{Share, ShareId};
use domain::variant::{Account, Ending, Variant};

#[async_trait]
impl<T: Generations + ?Sized> Generations for Faulty<T> {
    async fn create(&self, new: &NewGeneration) -> Result<Created, StoreError> {
        self.run("create", self.inner.create(new), unavailable).await
    }

    async fn accepted_as(&self, user: &UserId, key: &RequestKey) -> Result<Option<Created>, StoreError> {
        self.run("accepted_as", self.inner.accepted_as(user, key), unavailable).await
    }

    async fn generation(&self, id: &GenerationId) -> Result<Option<Recorded>, StoreError> {
        self.run("generation", self.inner.generation(id), unavailable).await
    }

    async fn history(&self, user: &UserId, before: Option<&str>, limit: u32) -> Result<HistoryPage, StoreError> {
        self.run("history", self.inner.history(user, before, limit), unavailable).await
    }

    async fn share(&self, share: &Share, count_max: u32, now_s: u64) -> Result<Shared, StoreError> {
        self.run("share", self.inner.share(share, count_max, now_s), unavailable).await
    }

    async fn unshare(&self, share: &Share) -> Result<(), StoreError> {
        self.run("unshare", self.inner.unshare(share), unavailable).await
    }

    async fn conclude(&self, id: &GenerationId, conclusion: Conclusion) -> Result<Option<Conclusion>, StoreError> {
        self.run("conclude", self.inner.conclude(id, conclusion), unavailable).await
    }

    async fn pick(&self, id: &GenerationId, winner: Option<u8>) -> Result<bool, StoreError> {
        self.run("pick", self.inner.pick(id, winner), unavailable).await
    }
}

#[async_trait]
impl<T: Variants + ?Sized> Variants for Faulty<T> {
    async fn claim(&self, key: &VariantKey, holder: &Holder, now_ms: u64, lease_ms: u64) -> Result<Claim, StoreError> {
        self.run("claim", self.inner.claim(key, holder, now_ms, lease_ms), unavailable).await
    }

    async fn append(
        &self,
        hold: &Hold,
        chunk: &Chunk,
        signals: u32,
        lease_until_ms: Option<u64>,
    ) -> Result<Appended, StoreError> {
        self.run("append", self.inner.append(hold, chunk, signals, lease_until_ms), unavailable).await
    }

    async fn heartbeat(&self, hold: &Hold, lease_until_ms: u64) -> Result<Beat, StoreError> {
        self.run("heartbeat", self.inner.heartbeat(hold, lease_until_ms), unavailable).await
    }

    async fn note(&self, hold: &Hold, account: &Account) -> Result<Beat, StoreError> {
        self.run("note", self.inner.note(hold, account), unavailable).await
    }

    async fn release(&self, hold: &Hold, due_ms: u64, counts: bool) -> Result<(), StoreError> {
        self.run("release", self.inner.release(hold, due_ms, counts), unavailable).await
    }

    async fn end(&self, hold: &Hold, ending: &Ending, lease_until_ms: u64) -> Result<Ended, StoreError> {
        self.run("end", self.inner.end(hold, ending, lease_until_ms), unavailable).await
    }

    async fn end_abandoned(
        &self,
        seen: &Variant,
        ending: &Ending,
        lease_until_ms: u64,
    ) -> Result<Option<Variant>, StoreError> {
        self.run("end_abandoned", self.inner.end_abandoned(seen, ending, lease_until_ms), unavailable).await
    }

    async fn told(&self, key: &VariantKey) -> Result<(), StoreError> {
        self.run("told", self.inner.told(key), unavailable).await
    }

    async fn subscribe(
        &self,
        key: &VariantKey,
        connection: &ConnectionId,
        link: Option<&ShareId>,
    ) -> Result<Option<Variant>, StoreError> {
        self.run("subscribe", self.inner.subscribe(key, connection, link), unavailable).await
    }

    async fn unsubscribe(&self, key: &VariantKey, connection: &ConnectionId) -> Result<(), StoreError> {
        self.run("unsubscribe", self.inner.unsubscribe(key, connection), unavailable).await
    }

    async fn request_cancel(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        self.run("request_cancel", self.inner.request_cancel(key), unavailable).await
    }

    async fn variant(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        self.run("variant", self.inner.variant(key), unavailable).await
    }

    async fn chunks(&self, key: &AttemptKey, after: Option<u32>, limit: u32) -> Result<Vec<Chunk>, StoreError> {
        self.run("chunks", self.inner.chunks(key, after, limit), unavailable).await
    }

    async fn due(&self, now_ms: u64, limit: u32) -> Result<Vec<VariantKey>, StoreError> {
        self.run("due", self.inner.due(now_ms, limit), unavailable).await
    }
}

#[async_trait]
impl<T: Connections + ?Sized> Connections for Faulty<T> {
    async fn take_seat(&self, party: &Party, seat: &Seat, seats_max: u32) -> Result<Seated, StoreError> {
        self.run("take_seat", self.inner.take_seat(party, seat, seats_max), unavailable).await
    }

    async fn give_back_seats(&self, party: &Party, seats: &[Seat]) -> Result<(), StoreError> {
        self.run("give_back_seats", self.inner.give_back_seats(party, seats), unavailable).await
    }

    async fn connected(&self, connection: &Connection) -> Result<(), StoreError> {
        self.run("connected", self.inner.connected(connection), unavailable).await
    }

    async fn greet(&self, id: &ConnectionId) -> Result<Option<Greeting>, StoreError> {
        self.run("greet", self.inner.greet(id), unavailable).await
    }

    async fn follow(&self, id: &ConnectionId, generation: &GenerationId) -> Result<(), StoreError> {
        self.run("follow", self.inner.follow(id, generation), unavailable).await
    }

    async fn disconnected(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError> {
        self.run("disconnected", self.inner.disconnected(id), unavailable).await
    }
}

#[async_trait]
impl<T: Deletions + ?Sized> Deletions for Faulty<T> {
    async fn take_away(
        &self,
        id: &GenerationId,
        of: Option<&UserId>,
        now_ms: u64,
    ) -> Result<Option<Deletion>, StoreError> {
        self.run("take_away", self.inner.take_away(id, of, now_ms), unavailable).await
    }

    async fn remove_chunks(&self, deletion: &Deletion) -> Result<(), StoreError> {
        self.run("remove_chunks", self.inner.remove_chunks(deletion), unavailable).await
    }

    async fn give_up_upload(&self, id: &GenerationId, upload: &str) -> Result<bool, StoreError> {
        self.run("give_up_upload", self.inner.give_up_upload(id, upload), unavailable).await
    }

    async fn left_of(&self, deletion: &Deletion) -> Result<(), StoreError> {
        self.run("left_of", self.inner.left_of(deletion), unavailable).await
    }

    async fn forget_deletion(&self, id: &GenerationId) -> Result<(), StoreError> {
        self.run("forget_deletion", self.inner.forget_deletion(id), unavailable).await
    }

    async fn deletions_due(&self, now_ms: u64, limit: u32) -> Result<Vec<Deletion>, StoreError> {
        self.run("deletions_due", self.inner.deletions_due(now_ms, limit), unavailable).await
    }

    async fn accepted_before(&self, accepted_ms: u64, limit: u32) -> Result<Vec<GenerationId>, StoreError> {
        self.run("accepted_before", self.inner.accepted_before(accepted_ms, limit), unavailable).await
    }
}

#[async_trait]
impl<T: Quotas + ?Sized> Quotas for Faulty<T> {
    async fn counters(&self, user: &UserId) -> Result<Counted, StoreError> {
        self.run("counters", self.inner.counters(user), unavailable).await
    }

    async fn settle(&self, key: &VariantKey, user: &UserId, after: &Counted) -> Result<Settled, StoreError> {
        self.run("settle", self.inner.settle(key, user, after), unavailable).await
    }
}

#[async_trait]
impl<T: DesignSystems + ?Sized> DesignSystems for Faulty<T> {
    async fn design_systems(&self, user: &UserId) -> Result<Vec<DesignSystem>, StoreError> {
        self.run("design_systems", self.inner.design_systems(user), unavailable).await
    }

    async fn add_design_system(&self, user: &UserId, new: &DesignSystem, count_max: u32) -> Result<bool, StoreError> {
        self.run("add_design_system", self.inner.add_design_system(user, new, count_max), unavailable).await
    }

    async fn change_design_system(
        &self,
        user: &UserId,
        id: &DesignSystemId,
        change: &DesignSystemChange,
        now_ms: u64,
    ) -> Result<Option<DesignSystem>, StoreError> {
        let changed = self.inner.change_design_system(user, id, change, now_ms);
        self.run("change_design_system", changed, unavailable).await
    }

    async fn remove_design_system(&self, user: &UserId, id: &DesignSystemId) -> Result<bool, StoreError> {
        self.run("remove_design_system", self.inner.remove_design_system(user, id), unavailable).await
    }
}
