use crate::{Purse, StepError};
use domain::error::{ErrorCode, Refusal};
use domain::generation::{Generation, title};
use domain::ids::{ConnectionId, GenerationId, UserId, VariantKey};
use domain::keys;
use domain::limits::{CLAIM_GRACE_MS, COUNT_TRIES_MAX, REQUEST_TTL_S};
use domain::models::Offer;
use domain::quota::Reserved;
use domain::request::{GenerationRequest, StartRequest};
use domain::stage::Stage;
use domain::variant::Variant;
use domain::wire::invoke::WorkerEvent;
use futures_util::future::join_all;
use ports::{
    Clock, Created, Generations, Ids, Invoke, NewGeneration, Object, Objects, RequestKey, StoreError, Uploads,
};
use std::sync::Arc;

/// Accepts requests.
#[derive(Clone)]
pub struct Starter {
    /// Where the generation is recorded.
    pub generations: Arc<dyn Generations>,
    /// Where the request is stored.
    pub objects: Arc<dyn Objects>,
    /// What clients uploaded before.
    pub uploads: Arc<dyn Uploads>,
    /// What starts the workers.
    pub invoke: Arc<dyn Invoke>,
    /// When.
    pub clock: Arc<dyn Clock>,
    /// Under which id.
    pub ids: Arc<dyn Ids>,
    /// What may be spent.
    pub purse: Purse,
    /// The models that answer, and that a request may choose from.
    pub offer: Arc<Offer>,
}

/// A request that was accepted.
#[derive(Clone, Debug, PartialEq)]
pub enum Started {
    /// It is recorded; its workers have yet to be invoked, so that the client hears of it before they do.
    New(Generation),
    /// The same request was accepted before, as this generation; it has its workers.
    Attached(GenerationId),
}

impl Starter {
    /// Stores the request, then records the generation with its variants in one transaction. `listener` follows it from
    /// the start and, if `closes`, is closed at its end.
    ///
    /// # Errors
    /// [`StepError::Refused`] for a model that is not on offer, a parent that the user may not see, an upload that is none of
    /// the user's images, or a reused idempotency key; the store's error, after
    /// which the generation may be recorded (the sweep then brings it to its end, and the same key finds it).
    pub async fn record(
        &self,
        user: &UserId,
        start: &StartRequest,
        listener: Option<&ConnectionId>,
        closes: bool,
    ) -> Result<Started, StepError> {
        let models = self.offer.choose(start.models.as_deref(), start.variants)?;
        let lineage = match &start.parent {
            Some(parent) => Some(self.lineage(user, parent).await?),
            None => None,
        };
        let request = self.with_uploads(user, &start.request).await?;
        let aside = self.purse.expected(&request, &models);
        let key = self.request_key(start);
        let counted = match self.purse.count(user, &aside).await {
            Ok(counted) => counted,
            // A resend is of what was counted already.
            Err(StepError::Exceeded(exceeded)) => {
                return match self.known(user, key.as_ref()).await? {
                    Some(created) => self.recorded_before(created).await,
                    None => Err(StepError::Exceeded(exceeded)),
                };
            }
            Err(error) => return Err(error),
        };
        let id = self.ids.generation_id();
        tracing::info!(
            stage = %Stage::ParamsRead,
            generation_id = %id,
            variants = start.variants,
            stack = start.request.stack.name(),
            prompt_bytes = start.request.prompt.text.len(),
            images = start.request.prompt.images.len()
        );
        let bytes = serde_json::to_vec(&request).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let object = Object { bytes, content_type: "application/json".to_owned(), note: None };
        self.objects.put(&keys::request(&id), object).await?;
        tracing::info!(stage = %Stage::RequestSaved, generation_id = %id);

        let mut new = self.new_generation(user, start, id, models, listener, closes);
        new.generation.lineage = lineage;
        new.generation.uploads = made_from(user, start, &request);
        for (variant, aside) in new.variants.iter_mut().zip(&aside) {
            variant.reserved = counted.map(|_| *aside);
        }
        (new.request_key, new.counted) = (key, counted);
        match self.create(&mut new, &aside).await? {
            Created::New => {
                tracing::info!(stage = %Stage::GenerationSaved, generation_id = %new.generation.id);
                Ok(Started::New(new.generation))
            }
            created @ (Created::Same(_) | Created::Conflict | Created::Busy) => self.recorded_before(created).await,
        }
    }

    /// Creates the generation, on counters that are read again while others change them.
    async fn create(&self, new: &mut NewGeneration, aside: &[Reserved]) -> Result<Created, StepError> {
        for tried in 0..COUNT_TRIES_MAX {
            let created = match self.generations.create(new).await {
                // An unknown outcome is resolved by reading: nobody else writes this id.
                Err(StoreError::Unavailable(_)) if self.generations.generation(&new.generation.id).await?.is_some() => {
                    Created::New
                }
                created => created?,
            };
            if created != Created::Busy {
                return Ok(created);
            }
            self.purse.pause(tried).await;
            new.counted = self.purse.count(&new.generation.user, aside).await?;
        }
        Err(StoreError::Unavailable("too many generations begin at once".to_owned()).into())
    }

    async fn known(&self, user: &UserId, key: Option<&RequestKey>) -> Result<Option<Created>, StoreError> {
        match key {
            Some(key) => self.generations.accepted_as(user, key).await,
            None => Ok(None),
        }
    }

    async fn recorded_before(&self, created: Created) -> Result<Started, StepError> {
        match created {
            Created::Same(id) => self.attached(id).await,
            Created::New | Created::Conflict | Created::Busy => Err(Refusal {
                code: ErrorCode::Conflict,
                field: Some("requestId".to_owned()),
                message: "This requestId was used for another request. Use a new one.".to_owned(),
            }
            .into()),
        }
    }

    fn request_key(&self, start: &StartRequest) -> Option<RequestKey> {
        start.request_id.clone().map(|request_id| RequestKey {
            request_id,
            fingerprint: start.fingerprint(),
            expires_at_s: self.clock.now_ms() / 1_000 + REQUEST_TTL_S,
        })
    }

    /// A key outlives what it stands for, so that a late resend of a request begins nothing that its owner has deleted.
    async fn attached(&self, id: GenerationId) -> Result<Started, StepError> {
        if self.generations.generation(&id).await?.is_some() {
            return Ok(Started::Attached(id));
        }
        Err(Refusal {
            code: ErrorCode::Conflict,
            field: Some("requestId".to_owned()),
            message: "What this requestId stands for was deleted. Use a new one.".to_owned(),
        }
        .into())
    }

    /// Invokes a worker for each variant. A failure is logged: the variants are recorded, and the sweep invokes again.
    pub async fn invoke_workers(&self, generation: &Generation) {
        let keys = (0..)
            .zip(&generation.models)
            .map(|(variant_index, _)| VariantKey { generation_id: generation.id.clone(), variant_index });
        join_all(keys.map(async |variant| {
            let event = WorkerEvent { variant };
            let VariantKey { generation_id, variant_index } = &event.variant;
            match self.invoke.start(&event).await {
                Ok(()) => tracing::info!(stage = %Stage::JobEnqueued, %generation_id, variant = variant_index),
                Err(error) => tracing::error!(%generation_id, variant = variant_index, %error, "invoke_failed"),
            }
        }))
        .await;
    }

    fn new_generation(
        &self,
        user: &UserId,
        start: &StartRequest,
        id: GenerationId,
        models: Vec<String>,
        listener: Option<&ConnectionId>,
        closes: bool,
    ) -> NewGeneration {
        let now_ms = self.clock.now_ms();
        let variant = |(variant_index, model): (u8, &String)| {
            let key = VariantKey { generation_id: id.clone(), variant_index };
            let queued = Variant::queued(key, model, now_ms, now_ms + CLAIM_GRACE_MS);
            Variant { listeners: listener.into_iter().cloned().collect(), ..queued }
        };
        NewGeneration {
            variants: (0..).zip(&models).map(variant).collect(),
            request_key: None,
            counted: None,
            generation: Generation {
                user: user.clone(),
                created_at_ms: now_ms,
                title: title(&start.request.prompt.text),
                models,
                uploads: Vec::new(),
                closes: listener.filter(|_| closes).cloned(),
                shares: Vec::new(),
                conclusion: None,
                lineage: None,
                winner: None,
                id,
            },
        }
    }
}

/// The keys of the uploads that a request was made from: its images, and the request itself.
fn made_from(user: &UserId, start: &StartRequest, stored: &GenerationRequest) -> Vec<String> {
    let mut keys = stored.object_keys();
    keys.extend(start.uploaded_as.as_ref().map(|id| keys::upload(user, id)));
    keys.into_iter().collect()
}
