use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::models::Model;
use serde_json::{Value, json};

/// What the API is, for programs. Tests hold it against the route table and against real answers.
pub(crate) const OPENAPI: &str = include_str!("openapi.json");

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Api {
    pub(crate) fn config(&self) -> ApiGatewayV2httpResponse {
        let about = &self.about;
        answer::data(
            200,
            &json!({
                "webSocketUrl": about.websocket_url,
                "modelSource": about.origin,
                "auth": about.authentication,
                "demo": about.origin == "demo",
                "models": about.offer.line_up(),
                "version": VERSION,
            }),
        )
    }

    /// The line-up, and every model that a request may choose. What is not known of a model is null.
    pub(crate) fn models(&self) -> ApiGatewayV2httpResponse {
        let describe = |ids: &[String]| ids.iter().map(|id| self.model(id)).collect::<Vec<Value>>();
        let offer = &self.about.offer;
        answer::data(200, &json!({"models": describe(offer.line_up()), "allowed": describe(offer.allowed())}))
    }

    fn model(&self, id: &str) -> Value {
        let catalogue = &self.about.catalogue;
        let known: Option<&Model> = catalogue.get(id);
        json!({
            "id": id,
            "family": catalogue.shape(id).family,
            "maxTokens": catalogue.shape(id).output_tokens,
            "maxOutputTokens": known.and_then(|model| model.max_output_tokens),
            "price": known.and_then(|model| model.price),
            "shutdownDate": known.and_then(|model| model.shutdown_date),
            "successor": known.and_then(|model| model.successor.as_ref()),
            "note": known.and_then(|model| model.note.as_ref()),
        })
    }
}

/// What the screenshot-to-code frontend's settings ask: this server shows models no screenshots of their pages.
pub(crate) fn capabilities() -> ApiGatewayV2httpResponse {
    answer::json(200, &json!({"screenshot_preview": false}))
}
