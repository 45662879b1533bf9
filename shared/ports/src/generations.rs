use crate::StoreError;
use async_trait::async_trait;
use domain::generation::{Conclusion, Generation};
use domain::ids::{GenerationId, UserId};
use domain::quota::Counted;
use domain::share::Share;
use domain::variant::Variant;

/// A generation that is to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewGeneration {
    /// Its record.
    pub generation: Generation,
    /// Its variants' records.
    pub variants: Vec<Variant>,
    /// The client's idempotency key.
    pub request_key: Option<RequestKey>,
    /// The counters after it is counted, each a version after the one that was read; none if nothing is counted.
    pub counted: Option<Counted>,
}

/// An idempotency key; it belongs to one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// The key as the client chose it.
    pub request_id: String,
    /// A hash of the request that it stands for.
    pub fingerprint: String,
    /// When it is forgotten, in seconds since 1970.
    pub expires_at_s: u64,
}

/// What became of a generation that was to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is recorded, with all its variants.
    New,
    /// The key stands for this generation, which was accepted before with the same request. Nothing was changed.
    Same(GenerationId),
    /// The key stands for another request. Nothing was changed.
    Conflict,
    /// The counters have changed since they were read. Nothing was changed: read them, decide, and try again.
    Busy,
}

/// What became of a link that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// It is there.
    Added,
    /// The generation has as many as it may. Nothing was changed.
    TooMany,
    /// There is no such generation.
    Missing,
}

/// A generation and its variants, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The generation.
    pub generation: Generation,
    /// Its variants; one whose item cannot be read is an error of its own, so that the others are served.
    pub variants: Vec<Result<Variant, StoreError>>,
}

impl Recorded {
    /// The variants that can be read.
    #[must_use]
    pub fn readable(&self) -> Vec<Variant> {
        self.variants.iter().flatten().cloned().collect()
    }

    /// Whether each variant has ended; one that cannot be read counts as ended, since nothing can bring it further.
    #[must_use]
    pub fn all_ended(&self) -> bool {
        self.variants.iter().flatten().all(|variant| variant.status.has_ended())
    }
}

/// A page of a user's generations, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryPage {
    /// The generations.
    pub items: Vec<Generation>,
    /// What to pass as `before` for the next page; none if this is the last.
    pub next: Option<String>,
}

/// Records of generations.
#[async_trait]
pub trait Generations: Send + Sync {
    /// Records a generation, its variants, its idempotency key and what it counts, all or nothing.
    ///
    /// After success a read sees all of it. After [`StoreError::Unavailable`] the outcome is unknown; the same call
    /// again finds it out, if there is a request key, and is otherwise refused for the id that is already there.
    async fn create(&self, new: &NewGeneration) -> Result<Created, StoreError>;

    /// What a generation with this key would be told: [`Created::Same`] or [`Created::Conflict`], or `None` if the key is free.
    async fn accepted_as(&self, user: &UserId, key: &RequestKey) -> Result<Option<Created>, StoreError>;

    /// A generation with its variants, as the last write left them (a strongly consistent read).
    async fn generation(&self, id: &GenerationId) -> Result<Option<Recorded>, StoreError>;

    /// A user's generations, newest first. May lag behind writes by a moment (an index serves it).
    ///
    /// `before` is a `next` from an earlier page; anything else gives the first page.
    async fn history(&self, user: &UserId, before: Option<&str>, limit: u32) -> Result<HistoryPage, StoreError>;

    /// Adds a link to its generation, if fewer than `count_max` are live, however many are being added at once; those that are
    /// over at `now_s` may be forgotten. Idempotent. After [`StoreError::Unavailable`] it may be there; the same call again
    /// settles it.
    async fn share(&self, share: &Share, count_max: u32, now_s: u64) -> Result<Shared, StoreError>;

    /// Takes a link away: no read that begins after this succeeds shows it. Idempotent.
    async fn unshare(&self, share: &Share) -> Result<(), StoreError>;

    /// Records how a generation ended, once: the first call's conclusion stands, and every call returns the one that
    /// stands. `None` if there is no such generation.
    async fn conclude(&self, id: &GenerationId, conclusion: Conclusion) -> Result<Option<Conclusion>, StoreError>;

    /// Records which variant its user likes best, or that none is; the last call's stands. Returns whether there is such
    /// a generation: nothing is recorded for one that is not there. After [`StoreError::Unavailable`] the outcome is
    /// unknown, and the same call again is harmless.
    async fn pick(&self, id: &GenerationId, winner: Option<u8>) -> Result<bool, StoreError>;
}
