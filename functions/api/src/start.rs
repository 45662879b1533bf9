use crate::request::Request;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::Refusal;
use domain::ids::UserId;
use domain::limits::NAME_BYTES_MAX;
use domain::request::StartRequest;
use domain::request::notice::add_notices;
use domain::request::reference::Reference;
use domain::wire::server::generation_url;
use http::{HeaderValue, header};
use lifecycle::{Started, StepError, owned};
use serde_json::json;

impl Api {
    /// Starts a generation that nobody follows live; its `Location` is where it is read.
    pub(crate) async fn start(&self, user: &UserId, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let object = request.object()?;
        let mut start = match Reference::read(&object)? {
            Some(reference) => self.starter.referenced(user, &reference).await?,
            None => StartRequest::read(&object)?,
        };
        if let Some(key) = &request.idempotency_key {
            if key.is_empty() || key.len() > NAME_BYTES_MAX {
                let message = format!("An idempotency key has 1 to {NAME_BYTES_MAX} bytes.");
                return Err(Refusal::field("Idempotency-Key", message).into());
            }
            start.request_id = Some(key.clone());
        }
        let id = match self.starter.record(user, &start, None, false).await? {
            Started::New(generation) => {
                self.starter.invoke_workers(&generation).await;
                generation.id
            }
            Started::Attached(id) => id,
        };
        let url = generation_url(&id);
        let mut data = json!({"id": id, "url": url});
        add_notices(&mut data, &start.notices());
        let mut accepted = answer::data(202, &data);
        if let Ok(location) = HeaderValue::from_str(&url) {
            accepted.headers.insert(header::LOCATION, location);
        }
        Ok(accepted)
    }

    /// Asks every variant to stop, or the one that the query names.
    pub(crate) async fn cancel(&self, user: &UserId, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let recorded = owned(&*self.generations, user, &request.generation_id()?).await?;
        let index = request.number("variantIndex")?.map(|index| u8::try_from(index).unwrap_or(u8::MAX));
        lifecycle::cancel(&*self.variants, &recorded, index).await?;
        Ok(answer::data(202, &json!({"id": recorded.generation.id})))
    }
}
