use crate::StepError;
use domain::error::Refusal;
use domain::ids::{GenerationId, UserId};
use ports::{Generations, Recorded};

/// Reads a generation for a user. One that does not exist and one that is another's are refused alike.
///
/// # Errors
/// [`StepError::Refused`] with `not_found`, or the store's error.
pub async fn visible(generations: &dyn Generations, user: &UserId, id: &GenerationId) -> Result<Recorded, StepError> {
    match generations.generation(id).await? {
        Some(recorded) if recorded.generation.user == *user => Ok(recorded),
        Some(_) | None => Err(Refusal::not_found().into()),
    }
}
