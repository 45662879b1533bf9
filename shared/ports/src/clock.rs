use domain::ids::{DesignSystemId, GenerationId, Holder, UploadId};
use domain::share::ShareToken;

/// The time of day. Deadlines and records use it; waiting is tokio's business, whose time tests can pause.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> u64;
}

/// Names and dice.
pub trait Ids: Send + Sync {
    /// An id that nobody can guess and that was never used.
    fn generation_id(&self) -> GenerationId;
    /// An id for a design system that was never used.
    fn design_system_id(&self) -> DesignSystemId;
    /// An upload's id: nobody can guess it, and it was never used.
    fn upload_id(&self) -> UploadId;
    /// What opens a link to a generation: nobody can guess it.
    fn share_token(&self, generation: &GenerationId) -> ShareToken;
    /// A name for a claim that was never used.
    fn holder(&self) -> Holder;
    /// A random number from 0 up to, and without, 1.
    fn jitter(&self) -> f64;
}
