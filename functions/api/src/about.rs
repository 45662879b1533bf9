use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::models::{known, output_tokens};
use serde_json::{Value, json};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whether the function answers, and which version does.
pub(crate) fn health() -> ApiGatewayV2httpResponse {
    answer::data(200, &json!({"status": "ok", "version": VERSION}))
}

impl Api {
    pub(crate) fn config(&self) -> ApiGatewayV2httpResponse {
        let about = &self.about;
        answer::data(
            200,
            &json!({
                "webSocketUrl": about.websocket_url,
                "modelSource": about.origin,
                "demo": about.origin == "demo",
                "models": about.line_up,
                "version": VERSION,
            }),
        )
    }

    pub(crate) fn models(&self) -> ApiGatewayV2httpResponse {
        let models: Vec<Value> = self
            .about
            .line_up
            .iter()
            .map(|id| json!({"id": id, "maxTokens": output_tokens(id), "price": known(id).map(|model| model.price)}))
            .collect();
        answer::data(200, &json!({"models": models}))
    }
}

/// What the screenshot-to-code frontend's settings ask: this server shows models no screenshots of their pages.
pub(crate) fn capabilities() -> ApiGatewayV2httpResponse {
    answer::json(200, &json!({"screenshot_preview": false}))
}
