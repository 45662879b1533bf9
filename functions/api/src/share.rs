use crate::generations::timestamp;
use crate::request::Request;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::{ErrorCode, Refusal};
use domain::ids::{UserId, VariantKey};
use domain::limits::SHARES_MAX;
use domain::share::{Share, ShareId, lifetime_s};
use domain::wire::server::{generation_url, page_url};
use lifecycle::{StepError, owned};
use ports::Shared;
use serde_json::{Map, Value, json};

/// Links that show a generation to others. Their tokens are said once, when they are made: what is kept opens nothing.
impl Api {
    pub(crate) async fn share(&self, user: &UserId, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let id = request.generation_id()?;
        let asked = if request.body.is_empty() { Map::new() } else { request.object()? };
        let lifetime_s = lifetime_s(&asked)?;
        let recorded = owned(&*self.generations, user, &id).await?;
        let now_ms = self.starter.clock.now_ms();
        let token = self.starter.ids.share_token(&id);
        let expires_at_s = lifetime_s.map(|seconds| now_ms / 1_000 + seconds);
        let new = Share { generation: id.clone(), id: token.id(), created_at_ms: now_ms, expires_at_s };
        match self.generations.share(&new, SHARES_MAX, now_ms / 1_000).await? {
            Shared::Added => {}
            Shared::TooMany => {
                let message = format!("This generation has {SHARES_MAX} links already. Revoke one first.");
                return Err(Refusal::general(ErrorCode::TooLarge, message).into());
            }
            // Deleted in the meantime.
            Shared::Missing => return Err(Refusal::not_found().into()),
        }
        let behind = |path: String| format!("{path}?share={}", token.as_str());
        let pages: Vec<String> = (0..)
            .zip(&recorded.variants)
            .map(|(variant_index, _)| behind(page_url(&VariantKey { generation_id: id.clone(), variant_index })))
            .collect();
        let mut data = describe(&new);
        data["token"] = json!(token.as_str());
        data["url"] = json!(behind(generation_url(&id)));
        data["pages"] = json!(pages);
        Ok(answer::data(201, &data))
    }

    pub(crate) async fn list_shares(
        &self,
        user: &UserId,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        let recorded = owned(&*self.generations, user, &request.generation_id()?).await?;
        let now_s = self.starter.clock.now_ms() / 1_000;
        let live = recorded.generation.shares.iter().filter(|share| share.is_live(now_s));
        Ok(answer::data(200, &json!({"shares": live.map(describe).collect::<Vec<Value>>()})))
    }

    pub(crate) async fn unshare(
        &self,
        user: &UserId,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        let share = request.share_id();
        let recorded = owned(&*self.generations, user, &request.generation_id()?).await?;
        let known = recorded.generation.shares.iter().find(|known| Some(&known.id) == share.as_ref());
        self.generations.unshare(known.ok_or_else(no_such_share)?).await?;
        Ok(answer::empty())
    }
}

fn describe(share: &Share) -> Value {
    json!({
        "id": share.id.as_str(),
        "created_at": timestamp(share.created_at_ms),
        "expires_at": share.expires_at_s.map(|seconds| timestamp(seconds.saturating_mul(1_000))),
    })
}

fn no_such_share() -> Refusal {
    Refusal {
        code: ErrorCode::NotFound,
        field: Some("share".to_owned()),
        message: "The generation has no link with this id.".to_owned(),
    }
}

impl Request {
    fn share_id(&self) -> Option<ShareId> {
        self.path_parameter("share").and_then(ShareId::parse)
    }
}
