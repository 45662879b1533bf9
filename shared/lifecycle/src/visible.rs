use crate::StepError;
use domain::error::Refusal;
use domain::identity::Viewer;
use domain::ids::{GenerationId, UserId};
use ports::{Generations, Recorded};

/// Reads a generation for somebody who wants to see it: its owner, or who holds a link to it. One that does not exist and one that
/// is another's are refused alike, and after the same read.
///
/// # Errors
/// [`StepError::Refused`] with `not_found`, or the store's error.
pub async fn visible(
    generations: &dyn Generations,
    viewer: &Viewer,
    now_ms: u64,
    id: &GenerationId,
) -> Result<Recorded, StepError> {
    match generations.generation(id).await? {
        Some(recorded) if recorded.generation.is_visible_to(viewer, now_ms / 1_000) => Ok(recorded),
        Some(_) | None => Err(Refusal::not_found().into()),
    }
}

/// The same for who wants to change it: its owner and nobody else, whatever links there are.
///
/// # Errors
/// As [`visible`].
pub async fn owned(generations: &dyn Generations, user: &UserId, id: &GenerationId) -> Result<Recorded, StepError> {
    match generations.generation(id).await? {
        Some(recorded) if recorded.generation.user == *user => Ok(recorded),
        Some(_) | None => Err(Refusal::not_found().into()),
    }
}
