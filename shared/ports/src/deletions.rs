use crate::StoreError;
use async_trait::async_trait;
use domain::deletion::Deletion;
use domain::ids::{GenerationId, UserId};

/// Taking generations away, and what is left to do after that.
#[async_trait]
pub trait Deletions: Send + Sync {
    /// Takes a generation away: in one step its record and those of its variants are gone, and the note of what is left to remove
    /// is there. After success nobody reads it, and no worker writes for it: each of a worker's writes is conditional on its
    /// variant's record. Places that its variants held of quotas are given back in the same step; what they may have taken stays
    /// counted. `None`, with nothing changed, if there is no such generation, or not of this user (any user's will do
    /// if none is given). After [`StoreError::Unavailable`] the outcome is unknown; the same call again finds it out.
    async fn take_away(
        &self,
        id: &GenerationId,
        of: Option<&UserId>,
        now_ms: u64,
    ) -> Result<Option<Deletion>, StoreError>;

    /// Removes the chunks of every attempt that the note names. Idempotent.
    async fn remove_chunks(&self, deletion: &Deletion) -> Result<(), StoreError>;

    /// Gives up a generation's use of an upload, and says whether nobody uses it any more. Idempotent.
    async fn give_up_upload(&self, id: &GenerationId, upload: &str) -> Result<bool, StoreError>;

    /// Notes what is left, and when it is due. Without effect if the note is gone. Idempotent.
    async fn left_of(&self, deletion: &Deletion) -> Result<(), StoreError>;

    /// Forgets the note: nothing is left. Idempotent.
    async fn forget_deletion(&self, id: &GenerationId) -> Result<(), StoreError>;

    /// Notes that were due before `now_ms`, oldest first. May lag by a moment.
    async fn deletions_due(&self, now_ms: u64, limit: u32) -> Result<Vec<Deletion>, StoreError>;

    /// Generations that were accepted before `accepted_ms`, oldest first. May lag by a moment.
    async fn accepted_before(&self, accepted_ms: u64, limit: u32) -> Result<Vec<GenerationId>, StoreError>;
}
