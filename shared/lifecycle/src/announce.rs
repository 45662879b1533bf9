use crate::push_all;
use domain::generation::{Conclusion, Overall};
use domain::ids::ConnectionId;
use domain::stage::Stage;
use domain::variant::Variant;
use domain::wire::server::ServerMessage;
use ports::{Clock, Generations, Push, Recorded, StoreError, Variants};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Tells everyone who listens that something has ended.
#[derive(Clone)]
pub struct Announcer {
    /// To see whether all variants have ended, and to conclude once.
    pub generations: Arc<dyn Generations>,
    /// To note that a variant was told of.
    pub variants: Arc<dyn Variants>,
    /// To tell.
    pub push: Arc<dyn Push>,
    /// For the time of the conclusion.
    pub clock: Arc<dyn Clock>,
}

impl Announcer {
    /// Tells the end of a variant that is recorded as ended, and of the generation if this was its last; then notes that
    /// it was told. Until that note the sweep will tell it again, so a worker that dies in between loses nothing; a
    /// client may then hear of an end twice.
    ///
    /// # Errors
    /// The store's, after which the sweep takes over.
    pub async fn tell(&self, variant: &Variant) -> Result<(), StoreError> {
        if let Some(message) = ServerMessage::ended(variant) {
            push_all(&*self.push, &variant.listeners, &message).await;
        }
        if let Some(recorded) = self.generations.generation(&variant.key.generation_id).await?
            && recorded.all_ended()
        {
            self.conclude(variant.key.variant_index, &recorded).await?;
        }
        self.variants.told(&variant.key).await
    }

    /// All have ended. Several workers may see that at once: the one whose conclusion is recorded tells it.
    async fn conclude(&self, variant_index: u8, recorded: &Recorded) -> Result<(), StoreError> {
        let id = &recorded.generation.id;
        let variants = recorded.readable();
        let status = Overall::of(&variants);
        let mine = Conclusion { status, ended_at_ms: self.clock.now_ms(), told_by: variant_index };
        let Some(conclusion) = self.generations.conclude(id, mine).await? else { return Ok(()) };
        if conclusion.told_by != variant_index {
            return Ok(());
        }
        let listeners: BTreeSet<&ConnectionId> = variants.iter().flat_map(|variant| &variant.listeners).collect();
        let listeners: Vec<ConnectionId> = listeners.into_iter().cloned().collect();
        push_all(&*self.push, &listeners, &ServerMessage::done(id, conclusion.status)).await;
        if let Some(connection) = &recorded.generation.closes
            && let Err(error) = self.push.close(connection).await
        {
            tracing::warn!(%connection, %error, "close_failed");
        }
        tracing::info!(stage = %Stage::Done, generation_id = %id, status = status.name());
        Ok(())
    }
}
