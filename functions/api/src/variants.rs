use crate::request::{Request, no_such_variant};
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::chunk::assemble;
use domain::error::{ErrorCode, Refusal};
use domain::identity::Viewer;
use domain::ids::{AttemptKey, VariantKey};
use domain::keys;
use domain::limits::CHUNKS_PAGE;
use domain::pictures::shown_by;
use domain::variant::{Status, Variant};
use lifecycle::StepError;
use ports::StoreError;
use serde_json::json;

impl Api {
    /// A variant's page; while there is none, the text so far. `Quartet-Status` says which it is.
    pub(crate) async fn page(&self, viewer: &Viewer, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let variant = self.variant(viewer, request).await?;
        let html = match &variant.status {
            Status::Completed(_) => self.stored_page(&variant).await?,
            Status::Queued | Status::Running | Status::Failed(_) | Status::Cancelled => {
                Some(self.text_so_far(&variant).await?).filter(|text| !text.is_empty())
            }
        };
        match html {
            Some(html) => {
                let html = match &viewer.share {
                    Some(token) => shown_by(&html, token),
                    None => html,
                };
                Ok(answer::page(html, variant.status.name()))
            }
            None => Err(Refusal::general(
                ErrorCode::NotFound,
                format!("This variant is {} and has no text yet.", variant.status.name()),
            )
            .into()),
        }
    }

    /// The chunks of an attempt after a number: `?attempt=&after=`, both optional. `ended` says that no more will come
    /// after those in the answer.
    pub(crate) async fn chunks(
        &self,
        viewer: &Viewer,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        let variant = self.variant(viewer, request).await?;
        let attempt = request.number("attempt")?.unwrap_or(variant.attempt);
        if attempt > variant.attempt {
            return Err(Refusal::field("attempt", "There has been no such attempt.").into());
        }
        let key = AttemptKey { variant: variant.key.clone(), attempt };
        let chunks = self.variants.chunks(&key, request.number("after")?, CHUNKS_PAGE).await?;
        let over = attempt < variant.attempt || variant.status.has_ended();
        let ended = over && chunks.len() < CHUNKS_PAGE as usize;
        Ok(answer::data(200, &json!({"attempt": attempt, "chunks": chunks, "ended": ended})))
    }

    /// A completed variant's page from S3.
    pub(crate) async fn stored_page(&self, variant: &Variant) -> Result<Option<String>, StoreError> {
        let key = keys::page(&variant.attempt_key());
        let Some(object) = self.objects.get(&key).await? else {
            return Err(StoreError::Corrupt(format!("object {key} is missing")));
        };
        String::from_utf8(object.bytes).map(Some).map_err(|_| StoreError::Corrupt(format!("object {key} is not text")))
    }

    /// The text of the last attempt that wrote any.
    async fn text_so_far(&self, variant: &Variant) -> Result<String, StoreError> {
        for attempt in (1..=variant.attempt).rev() {
            let text = self.text_of(&AttemptKey { variant: variant.key.clone(), attempt }).await?;
            if !text.is_empty() {
                return Ok(text);
            }
        }
        Ok(String::new())
    }

    async fn text_of(&self, key: &AttemptKey) -> Result<String, StoreError> {
        let (mut chunks, mut after) = (Vec::new(), None);
        loop {
            let more = self.variants.chunks(key, after, CHUNKS_PAGE).await?;
            after = more.last().map(|chunk| chunk.seq);
            let last = more.len() < CHUNKS_PAGE as usize;
            chunks.extend(more);
            if last {
                return Ok(assemble(&chunks));
            }
        }
    }

    async fn variant(&self, viewer: &Viewer, request: &Request) -> Result<Variant, StepError> {
        let generation_id = request.generation_id()?;
        let variant_index = request.variant_index()?;
        self.visible(viewer, &generation_id).await?;
        let key = VariantKey { generation_id, variant_index };
        self.variants.variant(&key).await?.ok_or_else(|| no_such_variant().into())
    }
}
