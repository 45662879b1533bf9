use crate::StoreError;
use async_trait::async_trait;
use domain::chunk::Chunk;
use domain::ids::{AttemptKey, ConnectionId, Holder, VariantKey};
use domain::share::ShareId;
use domain::variant::{Account, ClaimRule, Ending, Variant};

/// What a claim gives: the right to write for one attempt until another claim takes the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The attempt.
    pub key: AttemptKey,
    /// The claim's name.
    pub holder: Holder,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// It is taken: the attempt number went up by one and the caller is its holder.
    Taken(Variant),
    /// It cannot be taken, for this reason; the record as it is.
    Refused(ClaimRule, Variant),
    /// There is no such variant.
    Missing,
}

/// What became of a chunk that was to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum Appended {
    /// It is durable under its attempt and number.
    Recorded,
    /// It was not recorded, because somebody subscribed, unsubscribed or asked to cancel since the caller last looked.
    /// Here is the record; look, and append again.
    Changed(Variant),
    /// It was not recorded and never will be: the attempt is no longer the caller's.
    Lost,
}

/// What a heartbeat brings back.
#[derive(Clone, Debug, PartialEq)]
pub enum Beat {
    /// The lease is extended; the record says whether to cancel and who listens.
    Held(Variant),
    /// The attempt is no longer the caller's.
    Lost,
}

/// What became of an ending.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// It is recorded, by this call or by an earlier one of the same holder whose answer was lost.
    Recorded(Variant),
    /// The attempt is no longer the caller's; nothing was changed.
    Lost,
}

/// Records of variants and their chunks.
#[async_trait]
pub trait Variants: Send + Sync {
    /// Takes a variant if [`Variant::claim_rule`] says that it is free. Atomic: of any number of callers at most one
    /// gets each attempt number. Called again by the same holder (its answer was lost) it returns the same attempt.
    /// The new attempt starts with no chunks.
    async fn claim(&self, key: &VariantKey, holder: &Holder, now_ms: u64, lease_ms: u64) -> Result<Claim, StoreError>;

    /// Records the next chunk of an attempt, in one atomic step with the proof that the attempt is still the caller's
    /// and that nobody subscribed or cancelled since `signals` was read. A subscriber therefore either is known to the
    /// writer before a chunk is recorded, or finds the chunk recorded when it reads.
    ///
    /// `chunk.seq` is the number of chunks recorded so far. The same chunk again (its answer was lost) is
    /// [`Appended::Recorded`] and changes nothing. `lease_until_ms` extends the lease in the same step.
    async fn append(
        &self,
        hold: &Hold,
        chunk: &Chunk,
        signals: u32,
        lease_until_ms: Option<u64>,
    ) -> Result<Appended, StoreError>;

    /// Extends the lease and brings back the record.
    async fn heartbeat(&self, hold: &Hold, lease_until_ms: u64) -> Result<Beat, StoreError>;

    /// Records what is known of the work, in place of what was recorded before, and brings back the record.
    async fn note(&self, hold: &Hold, account: &Account) -> Result<Beat, StoreError>;

    /// Gives an attempt back: the variant is queued again and may be claimed at once; the sweep looks at it after
    /// `due_ms`. Unless it `counts`, its claim is taken out of the count that is limited: a worker whose process was stopped
    /// in good order has not failed. Chunks of the attempt stay. Without effect if the attempt is not the caller's.
    async fn release(&self, hold: &Hold, due_ms: u64, counts: bool) -> Result<(), StoreError>;

    /// Ends a variant; an ended variant is never changed again, except by [`Variants::told`].
    async fn end(&self, hold: &Hold, ending: &Ending, lease_until_ms: u64) -> Result<Ended, StoreError>;

    /// Ends a variant that nobody holds, if it is still as `seen`: same attempt, same lease. Returns the record after the
    /// call, or `None` if it had changed.
    async fn end_abandoned(
        &self,
        seen: &Variant,
        ending: &Ending,
        lease_until_ms: u64,
    ) -> Result<Option<Variant>, StoreError>;

    /// Notes that everyone was told of the end: the sweep no longer looks at it. Idempotent.
    async fn told(&self, key: &VariantKey) -> Result<(), StoreError>;

    /// Adds a listener and returns the record after that, also of an ended variant. The chunks up to `next_seq` are
    /// recorded; every later one will be pushed to the listener. Who was let in by a link is a guest, under the link of the last call;
    /// who was not is none. Idempotent. `None` if there is no such variant.
    async fn subscribe(
        &self,
        key: &VariantKey,
        connection: &ConnectionId,
        link: Option<&ShareId>,
    ) -> Result<Option<Variant>, StoreError>;

    /// Removes a listener, whether or not they are a guest. Idempotent.
    async fn unsubscribe(&self, key: &VariantKey, connection: &ConnectionId) -> Result<(), StoreError>;

    /// Asks to stop a variant; its worker sees it with its next chunk or heartbeat. Without effect on one that has
    /// ended. Returns the record after that, or `None` if there is no such variant. Idempotent.
    async fn request_cancel(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError>;

    /// The record, as the last write left it.
    async fn variant(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError>;

    /// At most `limit` chunks of an attempt after number `after`, in order (a strongly consistent read).
    async fn chunks(&self, key: &AttemptKey, after: Option<u32>, limit: u32) -> Result<Vec<Chunk>, StoreError>;

    /// Variants that have not been told of, whose lease ran out before `now_ms`, oldest first. May lag by a moment.
    async fn due(&self, now_ms: u64, limit: u32) -> Result<Vec<VariantKey>, StoreError>;
}
