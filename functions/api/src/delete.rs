use crate::request::Request;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::ids::UserId;
use lifecycle::StepError;

impl Api {
    /// Deletes a generation, also while it runs: its workers stop, and everything that was kept of it is removed. A second time
    /// there is nothing to delete.
    pub(crate) async fn delete(&self, user: &UserId, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        self.eraser.delete(user, &request.generation_id()?).await?;
        Ok(answer::empty())
    }
}
