use crate::{Reached, StepError, push_to};
use domain::error::Refusal;
use domain::generation::Overall;
use domain::ids::{AttemptKey, ConnectionId};
use domain::limits::CHUNKS_PAGE;
use domain::share::ShareId;
use domain::stage::Stage;
use domain::variant::Variant;
use domain::wire::client::Cursor;
use domain::wire::server::ServerMessage;
use futures_util::future::join_all;
use ports::{Push, Recorded, StoreError, Variants};
use std::sync::Arc;

/// Brings a connection from its cursors to the present.
#[derive(Clone)]
pub struct Replayer {
    /// To subscribe and to read chunks.
    pub variants: Arc<dyn Variants>,
    /// To send them.
    pub push: Arc<dyn Push>,
}

/// What became of one variant's replay.
enum Replayed {
    /// It has ended and the client has heard so.
    Ended(Variant),
    /// It runs, and its worker pushes the rest.
    Live,
}

impl Replayer {
    /// Subscribes the connection, as a guest if it came by a link, to every variant, unless they have `listeners_max` listeners, then
    /// sends what it misses.
    ///
    /// The subscription comes first: chunks up to the `next_seq` that it returns are read from the store and sent here,
    /// every later one is pushed by the worker, so none is missing. A connection that was not subscribed before gets
    /// none twice; one that was may. The two may interleave on the wire; `seq` orders them.
    ///
    /// # Errors
    /// [`StepError::Refused`] for cursors that point beyond what is stored or at variants that do not exist, before
    /// anything is done; the store's error in the middle, after which the client may ask again.
    pub async fn replay(
        &self,
        connection: &ConnectionId,
        link: Option<&ShareId>,
        recorded: &Recorded,
        cursors: &[Cursor],
        listeners_max: usize,
    ) -> Result<(), StepError> {
        let known = recorded.readable();
        check(&known, cursors, connection, listeners_max)?;
        tracing::info!(
            stage = %Stage::Resumed, generation_id = %recorded.generation.id, %connection, cursors = cursors.len()
        );
        let replays = known.iter().map(|variant| {
            let cursor = cursors.iter().find(|cursor| cursor.variant_index == variant.key.variant_index).copied();
            self.replay_variant(connection, link, variant, cursor)
        });
        let mut ended = Vec::new();
        for replayed in join_all(replays).await {
            match replayed? {
                Replayed::Ended(variant) => ended.push(variant),
                Replayed::Live => {}
            }
        }
        if ended.len() == known.len() {
            let done = ServerMessage::done(&recorded.generation.id, Overall::of(&ended));
            push_to(&*self.push, connection, &done).await;
        }
        Ok(())
    }

    async fn replay_variant(
        &self,
        connection: &ConnectionId,
        link: Option<&ShareId>,
        variant: &Variant,
        cursor: Option<Cursor>,
    ) -> Result<Replayed, StoreError> {
        let Some(now) = self.variants.subscribe(&variant.key, connection, link).await? else {
            return Err(StoreError::Corrupt(format!("variant {} is gone", variant.key)));
        };
        if let Some(message) = ServerMessage::substituted(&now).filter(|_| !now.status.has_ended()) {
            push_to(&*self.push, connection, &message).await;
        }
        let Some(shown) = self.attempt_with_text(&now).await? else { return self.end_of(connection, now).await };
        let upto = if shown.attempt == now.attempt { now.next_seq } else { u32::MAX };
        // A cursor of another attempt is of another text: this one is sent from its start.
        let mut after = cursor.filter(|cursor| cursor.attempt == shown.attempt).map(|cursor| cursor.seq);
        loop {
            let wanted = upto.saturating_sub(after.map_or(0, |seq| seq.saturating_add(1))).min(CHUNKS_PAGE);
            let chunks = if wanted == 0 { Vec::new() } else { self.variants.chunks(&shown, after, wanted).await? };
            for chunk in &chunks {
                let message = ServerMessage::chunk(&now.key, shown.attempt, chunk);
                if push_to(&*self.push, connection, &message).await == Reached::Gone {
                    return Ok(Replayed::Live);
                }
            }
            match chunks.last() {
                Some(last) => after = Some(last.seq),
                // All are sent, or they have expired; then the page in S3 is what remains.
                None => return self.end_of(connection, now).await,
            }
        }
    }

    /// The attempt whose text a client should see: the current one, or, while that has none, the one before.
    async fn attempt_with_text(&self, now: &Variant) -> Result<Option<AttemptKey>, StoreError> {
        if now.next_seq > 0 {
            return Ok(Some(now.attempt_key()));
        }
        for attempt in (1..now.attempt).rev() {
            let earlier = AttemptKey { variant: now.key.clone(), attempt };
            if !self.variants.chunks(&earlier, None, 1).await?.is_empty() {
                return Ok(Some(earlier));
            }
        }
        Ok(None)
    }

    async fn end_of(&self, connection: &ConnectionId, now: Variant) -> Result<Replayed, StoreError> {
        match ServerMessage::ended(&now) {
            Some(message) => {
                push_to(&*self.push, connection, &message).await;
                Ok(Replayed::Ended(now))
            }
            None => Ok(Replayed::Live),
        }
    }
}

fn check(
    known: &[Variant],
    cursors: &[Cursor],
    connection: &ConnectionId,
    listeners_max: usize,
) -> Result<(), Refusal> {
    for (position, cursor) in cursors.iter().enumerate() {
        let path = format!("cursors[{position}]");
        let Some(variant) = known.iter().find(|variant| variant.key.variant_index == cursor.variant_index) else {
            return Err(Refusal::field(
                format!("{path}.variantIndex"),
                "The generation has no variant with this index.",
            ));
        };
        if cursor.attempt > variant.attempt || cursor.attempt == 0 {
            return Err(Refusal::field(format!("{path}.attempt"), "There has been no such attempt."));
        }
        if cursor.attempt == variant.attempt && cursor.seq >= variant.next_seq {
            return Err(Refusal::field(format!("{path}.seq"), "There is no chunk with this number yet."));
        }
    }
    let crowded = |variant: &Variant| {
        variant.listeners.len() >= listeners_max
            && !variant.listeners.contains(connection)
            && !variant.status.has_ended()
    };
    if known.iter().any(crowded) {
        return Err(Refusal::too_large(
            "generationId",
            format!("{listeners_max} connections already follow this generation; close one of them."),
        ));
    }
    Ok(())
}
