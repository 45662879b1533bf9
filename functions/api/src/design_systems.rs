use crate::generations::timestamp;
use crate::request::{Request, no_such_design_system};
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::design_system::{DesignSystem, DesignSystemChange, NewDesignSystem};
use domain::error::Refusal;
use domain::ids::UserId;
use domain::limits::DESIGN_SYSTEMS_MAX;
use lifecycle::StepError;
use serde_json::{Value, json};

/// Answers are bare, as the screenshot-to-code frontend reads them.
impl Api {
    pub(crate) async fn list_design_systems(&self, user: &UserId) -> Result<ApiGatewayV2httpResponse, StepError> {
        let kept: Vec<Value> = self.design_systems.design_systems(user).await?.iter().map(describe).collect();
        Ok(answer::json(200, &json!(kept)))
    }

    pub(crate) async fn add_design_system(
        &self,
        user: &UserId,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        let NewDesignSystem { name, content } = NewDesignSystem::read(&request.object()?)?;
        let now_ms = self.starter.clock.now_ms();
        let id = self.starter.ids.design_system_id();
        let new = DesignSystem { id, name, content, created_at_ms: now_ms, updated_at_ms: now_ms };
        if self.design_systems.add_design_system(user, &new, DESIGN_SYSTEMS_MAX).await? {
            Ok(answer::json(200, &describe(&new)))
        } else {
            let message = format!("There are {DESIGN_SYSTEMS_MAX} design systems already. Delete one first.");
            Err(Refusal { field: None, ..Refusal::too_large("", message) }.into())
        }
    }

    pub(crate) async fn change_design_system(
        &self,
        user: &UserId,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        let id = request.design_system_id()?;
        let change = DesignSystemChange::read(&request.object()?)?;
        let now_ms = self.starter.clock.now_ms();
        match self.design_systems.change_design_system(user, &id, &change, now_ms).await? {
            Some(changed) => Ok(answer::json(200, &describe(&changed))),
            None => Err(no_such_design_system().into()),
        }
    }

    pub(crate) async fn remove_design_system(
        &self,
        user: &UserId,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        if self.design_systems.remove_design_system(user, &request.design_system_id()?).await? {
            Ok(answer::empty())
        } else {
            Err(no_such_design_system().into())
        }
    }
}

fn describe(kept: &DesignSystem) -> Value {
    json!({
        "id": kept.id,
        "name": kept.name,
        "content": kept.content,
        "createdAt": timestamp(kept.created_at_ms),
        "updatedAt": timestamp(kept.updated_at_ms),
    })
}
