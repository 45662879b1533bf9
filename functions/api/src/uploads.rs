use crate::generations::timestamp;
use crate::request::Request;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::ids::UserId;
use domain::keys;
use domain::upload::Wanted;
use lifecycle::StepError;
use serde_json::{Map, Value, json};

impl Api {
    /// Permits one upload of `{"contentType", "bytes"}`: the answer says where to PUT it, with which headers and until when,
    /// and how a message names it afterwards. Nothing is stored here.
    pub(crate) async fn permit_upload(
        &self,
        user: &UserId,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        let wanted = Wanted::read(&request.object()?)?;
        let id = self.starter.ids.upload_id();
        let now_ms = self.starter.clock.now_ms();
        let permit = self.starter.uploads.permit(&keys::upload(user, &id), wanted, now_ms).await?;
        let headers: Map<String, Value> =
            permit.headers.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        Ok(answer::data(
            201,
            &json!({
                "reference": id.reference(),
                "method": "PUT",
                "url": permit.url,
                "headers": headers,
                "expires_at": timestamp(permit.expires_at_ms),
            }),
        ))
    }
}
