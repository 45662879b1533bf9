//! Pictures in place of a page's placeholders. The page is saved before: whatever happens here, there is one.
//!
//! Each picture lies in S3 under its attempt before the page names it. A successor finds those of the attempts before it under
//! the same numbers and uses them: they are paid for.

use crate::Worker;
use crate::attempt::Interruption;
use crate::claim::stop_at_ms;
use crate::finish::Finish;
use crate::hold::{Held, Standing};
use boot::Invocation;
use domain::checks::Finding;
use domain::error::{ErrorCode, Failure};
use domain::ids::AttemptKey;
use domain::keys;
use domain::limits::{PICTURES_AT_ONCE, PICTURES_MAX, PICTURES_MS_MAX};
use domain::pictures::{Placeholders, Wanted, find, path, replace};
use domain::progress::Agent;
use domain::request::hex_sha256;
use domain::retry::{AfterFailure, after_failure};
use domain::stage::Stage;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use ports::{Drawn, ModelError, Object, PictureRequest, Pictures, StoreError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// What draws pictures.
#[derive(Clone)]
pub struct Illustrator {
    /// The provider.
    pub pictures: Arc<dyn Pictures>,
    /// Its model.
    pub model: String,
}

/// What is to be drawn for a page, and who draws it.
pub(crate) struct Commission {
    illustrator: Illustrator,
    placeholders: Placeholders,
}

/// What has come of it.
pub(crate) struct Gallery {
    /// Each picture's address, in the order in which they were wanted, or why there is none.
    pictures: Vec<Result<String, Failure>>,
    /// What they cost together, if that is known.
    pub(crate) cost_usd: Option<f64>,
}

/// What is stored with a picture, for a successor.
#[derive(Serialize, Deserialize)]
struct Note {
    /// The SHA-256 of what it shows.
    shows: String,
    /// What it cost, if that is known.
    cost_usd: Option<f64>,
}

impl Gallery {
    /// The page with the pictures that there are.
    pub(crate) fn hang(&self, page: &str, commission: &Commission) -> String {
        let addresses: Vec<Option<String>> =
            self.pictures.iter().map(|picture| picture.as_ref().ok().cloned()).collect();
        replace(page, &commission.placeholders, &addresses)
    }

    /// What to say of those that there are not.
    pub(crate) fn missing(&self, commission: &Commission) -> Option<Finding> {
        let failures: Vec<&Failure> = self.pictures.iter().filter_map(|picture| picture.as_ref().err()).collect();
        let reason = failures.first().map(|failure| failure.message.as_str());
        Finding::pictures_missing(failures.len(), reason, commission.placeholders.left_out)
    }
}

/// A picture's address, or why there is none, and what it cost, if that is known.
type Outcome = (Result<String, Failure>, Option<f64>);

impl Worker {
    /// What is to be drawn for a page, if anything is.
    pub(crate) fn commission(&self, page: &str, finish: Finish<'_>) -> Option<Commission> {
        let illustrator = self.illustrator.clone().filter(|_| finish.wants_pictures)?;
        let placeholders = find(page, PICTURES_MAX);
        (!placeholders.wanted.is_empty()).then_some(Commission { illustrator, placeholders })
    }

    /// Has the pictures drawn, side by side, while the lease is kept. One that fails or is late leaves its placeholder.
    pub(crate) async fn illustrate(
        &self,
        held: &mut Held,
        commission: &Commission,
        invocation: &Invocation,
    ) -> Result<Result<Gallery, Interruption>, StoreError> {
        held.step(Agent::Images).await;
        let key = held.key().clone();
        let left_ms = stop_at_ms(invocation).saturating_sub(self.clock.now_ms()).min(PICTURES_MS_MAX);
        let end = Instant::now() + Duration::from_millis(left_ms);
        let wanted = (1..).zip(&commission.placeholders.wanted);
        let drawing: Vec<BoxFuture<'_, Outcome>> = wanted
            .map(|(number, wanted)| self.picture(&commission.illustrator, &key, number, wanted, end).boxed())
            .collect();
        let mut drawing = std::pin::pin!(stream::iter(drawing).buffered(PICTURES_AT_ONCE).collect::<Vec<_>>());
        loop {
            let wait_ms = held.heartbeat_due_ms().saturating_sub(self.clock.now_ms()).max(1);
            tokio::select! {
                biased;
                drawn = &mut drawing => {
                    let cost_usd = drawn.iter().map(|(_, cost_usd)| *cost_usd).sum();
                    let pictures = drawn.into_iter().map(|(picture, _)| picture).collect();
                    return Ok(Ok(Gallery { pictures, cost_usd }));
                }
                () = invocation.stop.come() => return Ok(Err(Interruption::OutOfTime)),
                () = sleep(Duration::from_millis(wait_ms)) => {}
            }
            match held.beat_while(invocation).await? {
                Standing::Held => {}
                Standing::Cancelled => return Ok(Err(Interruption::Cancelled)),
                Standing::Lost => return Ok(Err(Interruption::Lost)),
            }
        }
    }

    /// One picture's address, and what it cost, if that is known.
    async fn picture(
        &self,
        illustrator: &Illustrator,
        key: &AttemptKey,
        number: u32,
        wanted: &Wanted,
        end: Instant,
    ) -> Outcome {
        let shows = hex_sha256(format!("{}\n{}", wanted.shape.size(), wanted.description).as_bytes());
        let made = timeout_at(end, async {
            if let Some(cost_usd) = self.use_again(key, number, &shows).await.map_err(|error| unkept(&error))? {
                return Ok(cost_usd);
            }
            let Drawn { bytes, format, usage } = self.draw(illustrator, wanted).await?;
            let cost_usd = usage.and_then(|usage| self.catalogue.cost_usd(&illustrator.model, usage));
            let note = serde_json::to_string(&Note { shows, cost_usd }).ok();
            let object = Object { bytes, content_type: format.media_type().to_owned(), note };
            self.keep_picture(key, number, object, false).await.map_err(|error| unkept(&error))?;
            Ok(cost_usd)
        });
        let late = || Failure::new(ErrorCode::StreamStalled, "There was no time left for it.");
        match made.await.unwrap_or_else(|_| Err(late())) {
            Ok(cost_usd) => (Ok(path(key, number)), cost_usd),
            Err(failure) => {
                tracing::warn!(variant = %key.variant, number, code = ?failure.code, reason = failure.message, "no_picture");
                let cost_usd = if may_be_paid_for(failure.code) { None } else { Some(0.0) };
                (Err(failure), cost_usd)
            }
        }
    }

    /// Takes over what an attempt before this one had drawn, if it shows the same. Returns what that cost, as far as it is known.
    async fn use_again(&self, key: &AttemptKey, number: u32, shows: &str) -> Result<Option<Option<f64>>, StoreError> {
        for attempt in (1..key.attempt).rev() {
            let earlier = AttemptKey { variant: key.variant.clone(), attempt };
            let Some(object) = self.objects.get(&keys::picture(&earlier, number)).await? else { continue };
            let note: Option<Note> = object.note.as_deref().and_then(|note| serde_json::from_str(note).ok());
            if let Some(note) = note.filter(|note| note.shows == shows) {
                self.keep_picture(key, number, object, true).await?;
                return Ok(Some(note.cost_usd));
            }
        }
        Ok(None)
    }

    /// Asks for a picture, again where that can help.
    async fn draw(&self, illustrator: &Illustrator, wanted: &Wanted) -> Result<Drawn, Failure> {
        let request = PictureRequest {
            model: illustrator.model.clone(),
            description: wanted.description.clone(),
            shape: wanted.shape,
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let ModelError { failure, retry_after_ms } = match illustrator.pictures.draw(&request).await {
                Ok(drawn) => return Ok(drawn),
                // It may be drawing still, and is paid for that.
                Err(error) if error.failure.code == ErrorCode::StreamStalled => return Err(error.failure),
                Err(error) => error,
            };
            match after_failure(tries, failure, retry_after_ms, self.ids.jitter()) {
                AfterFailure::GiveUp(failure) => return Err(failure),
                AfterFailure::TryAgain { pause_ms } => sleep(Duration::from_millis(pause_ms)).await,
            }
        }
    }

    async fn keep_picture(&self, key: &AttemptKey, number: u32, object: Object, again: bool) -> Result<(), StoreError> {
        let bytes = object.bytes.len();
        self.objects.put(&keys::picture(key, number), object).await?;
        tracing::info!(
            stage = %Stage::PictureSaved,
            generation_id = %key.variant.generation_id,
            variant = key.variant.variant_index,
            attempt = key.attempt,
            picture = number,
            bytes,
            again
        );
        Ok(())
    }
}

/// A picture that cannot be read or stored is one that is not there; the page is.
fn unkept(error: &StoreError) -> Failure {
    tracing::warn!(%error, "picture_not_kept");
    Failure::new(ErrorCode::Unavailable, "The store did not take it.")
}

/// Whether a picture that there is not may have cost something.
const fn may_be_paid_for(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::StreamStalled | ErrorCode::StreamInterrupted | ErrorCode::ProviderFailed | ErrorCode::Unavailable
    )
}
