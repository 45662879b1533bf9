use crate::StepError;
use domain::error::Refusal;
use domain::stage::Stage;
use futures_util::future::try_join_all;
use ports::{Recorded, Variants};

/// Asks one variant, or all, to stop. Their workers end them; what has ended stays as it is.
///
/// # Errors
/// [`StepError::Refused`] if there is no such variant, or the store's error.
pub async fn cancel(variants: &dyn Variants, recorded: &Recorded, variant_index: Option<u8>) -> Result<(), StepError> {
    let all = recorded.readable();
    let asked: Vec<_> =
        all.iter().filter(|variant| variant_index.is_none_or(|index| variant.key.variant_index == index)).collect();
    if let (true, Some(_)) = (asked.is_empty(), variant_index) {
        return Err(Refusal::field("variantIndex", "The generation has no variant with this index.").into());
    }
    try_join_all(asked.into_iter().filter(|variant| !variant.status.has_ended()).map(async |variant| {
        tracing::info!(
            stage = %Stage::CancelRequested,
            generation_id = %variant.key.generation_id,
            variant = variant.key.variant_index
        );
        variants.request_cancel(&variant.key).await
    }))
    .await?;
    Ok(())
}
