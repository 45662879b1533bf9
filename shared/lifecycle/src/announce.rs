use crate::{Purse, Reached, push_all};
use domain::generation::{Conclusion, Outcome, Overall};
use domain::ids::ConnectionId;
use domain::limits::TELL_MS_MAX;
use domain::share::Share;
use domain::stage::Stage;
use domain::usage::Totals;
use domain::variant::Variant;
use domain::wire::server::ServerMessage;
use futures_util::future::join_all;
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
    /// To count what was spent.
    pub purse: Purse,
    /// For the time of the conclusion.
    pub clock: Arc<dyn Clock>,
}

impl Announcer {
    /// Tells the end of a variant that is recorded as ended, and of the generation if this was its last; then notes that
    /// it was told. Until that note the sweep will tell it again, so neither a worker that dies in between nor a push with
    /// an unknown outcome leaves a client waiting; a client may then hear of an end twice. The generation's end comes behind
    /// the end of each variant, also of one whose worker has recorded it and is still telling it.
    ///
    /// # Errors
    /// The store's, after which the sweep takes over.
    pub async fn tell(&self, variant: &Variant) -> Result<(), StoreError> {
        let mut heard = match ServerMessage::ended(variant) {
            Some(message) => self.heard(&self.admitted(variant).await?, &message).await,
            None => true,
        };
        if let Some(recorded) = self.generations.generation(&variant.key.generation_id).await? {
            if recorded.all_ended() {
                heard &= self.conclude(variant.key.variant_index, &recorded).await?;
            }
            // Until this is done the sweep comes back, so that a place is given back whoever dies.
            self.purse.settle(&recorded.generation.user, variant).await?;
        }
        let given_up = self.clock.now_ms().saturating_sub(variant.lease_until_ms) > TELL_MS_MAX;
        if heard || given_up { self.variants.told(&variant.key).await } else { Ok(()) }
    }

    /// Who of those that listen may: a guest as long as their link is live.
    async fn admitted(&self, variant: &Variant) -> Result<Vec<ConnectionId>, StoreError> {
        if variant.guests.is_empty() {
            return Ok(variant.listeners.clone());
        }
        let recorded = self.generations.generation(&variant.key.generation_id).await?;
        let links = recorded.map(|recorded| recorded.generation.shares).unwrap_or_default();
        Ok(self.admitted_by(variant, &links))
    }

    /// The same, where the links are known.
    fn admitted_by(&self, variant: &Variant, links: &[Share]) -> Vec<ConnectionId> {
        let out: Vec<&ConnectionId> = variant.shut_out(links, self.clock.now_ms() / 1_000).collect();
        variant.listeners.iter().filter(|listener| !out.contains(listener)).cloned().collect()
    }

    /// Whether everyone has the message, or is gone.
    async fn heard(&self, listeners: &[ConnectionId], message: &ServerMessage) -> bool {
        let reached = push_all(&*self.push, listeners, message).await;
        reached.iter().all(|(_, reached)| *reached != Reached::Unknown)
    }

    /// All have ended. Several workers may see that at once: the one whose conclusion is recorded tells it.
    /// Returns whether everyone who had to hear it from here has heard it.
    async fn conclude(&self, variant_index: u8, recorded: &Recorded) -> Result<bool, StoreError> {
        let id = &recorded.generation.id;
        let variants = recorded.readable();
        let status = Overall::of(&variants);
        let mine = Conclusion {
            status,
            ended_at_ms: self.clock.now_ms(),
            told_by: variant_index,
            totals: Totals::of(&variants),
            outcomes: recorded
                .variants
                .iter()
                .map(|variant| variant.as_ref().map(Outcome::of).unwrap_or_default())
                .collect(),
        };
        let Some(conclusion) = self.generations.conclude(id, mine).await? else { return Ok(true) };
        if conclusion.told_by != variant_index {
            return Ok(true);
        }
        let shares = &recorded.generation.shares;
        let mut heard = self.tell_what_others_still_tell(variant_index, &variants, shares).await;
        let listeners: BTreeSet<ConnectionId> =
            variants.iter().flat_map(|variant| self.admitted_by(variant, shares)).collect();
        let listeners: Vec<ConnectionId> = listeners.into_iter().collect();
        heard &= self.heard(&listeners, &ServerMessage::done(id, conclusion.status)).await;
        if let Some(connection) = &recorded.generation.closes
            && let Err(error) = self.push.close(connection).await
        {
            heard = false;
            tracing::warn!(%connection, %error, "close_failed");
        }
        tracing::info!(
            stage = %Stage::Done, generation_id = %id, status = status.name(), listeners = listeners.len()
        );
        Ok(heard)
    }

    /// Tells the ends of which nobody has noted yet that they were told: their workers may be at it, or dead. What closes the
    /// connection must not overtake them.
    async fn tell_what_others_still_tell(&self, variant_index: u8, variants: &[Variant], links: &[Share]) -> bool {
        let untold = variants.iter().filter(|variant| variant.key.variant_index != variant_index && !variant.told);
        let telling =
            untold.filter_map(|variant| Some((self.admitted_by(variant, links), ServerMessage::ended(variant)?)));
        join_all(telling.map(async |(listeners, message)| self.heard(&listeners, &message).await))
            .await
            .into_iter()
            .all(|heard| heard)
    }
}

#[cfg(test)]
mod tests;
