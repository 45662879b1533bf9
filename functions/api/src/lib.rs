//! The HTTP API: recovery, history, start, cancel, health, and the web page.
//!
//! - [`Route`]: the route table.
//! - `generations`: one generation, and a user's list of them.
//! - `variants`: a variant's page and its chunks.
//! - `start`: begin and stop without a socket.
//! - `about`: health, configuration, the line-up, and what the screenshot-to-code frontend asks when it loads.
//! - `files`: the page.

mod about;
mod answer;
mod files;
mod generations;
mod request;
mod route;
mod start;
mod variants;

pub use route::Route;

use async_trait::async_trait;
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use boot::{Boot, Function, FunctionError, Invocation, Settings};
use domain::error::{ErrorCode, Refusal};
use domain::ids::UserId;
use domain::models::{Catalogue, Offer};
use lifecycle::{Starter, StepError};
use ports::{Generations, Objects, Variants};
use request::Request;
use std::sync::Arc;

/// What the page is told about the server.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// Where browsers connect, if not at the page's own host.
    pub websocket_url: Option<String>,
    /// Where pages come from.
    pub origin: &'static str,
    /// The models on offer.
    pub offer: Arc<Offer>,
    /// What is known of them.
    pub catalogue: Arc<Catalogue>,
}

/// The handler and all that it may touch.
#[derive(Clone)]
pub struct Api {
    /// What was accepted.
    pub generations: Arc<dyn Generations>,
    /// Chunks, and asking to stop.
    pub variants: Arc<dyn Variants>,
    /// Pages.
    pub objects: Arc<dyn Objects>,
    /// To accept.
    pub starter: Starter,
    /// What the page is told.
    pub about: About,
}

impl Api {
    /// The handler over AWS.
    #[must_use]
    pub fn from_boot(boot: &Boot) -> Self {
        let table = boot.table();
        let bucket = boot.bucket();
        let Settings { websocket_url, origin, offer, catalogue, .. } = &boot.settings;
        Self {
            generations: table.clone(),
            variants: table.clone(),
            objects: bucket.clone(),
            starter: Starter {
                generations: table,
                objects: bucket,
                invoke: boot.workers(),
                clock: boot.clock.clone(),
                ids: boot.ids.clone(),
                offer: offer.clone(),
            },
            about: About {
                websocket_url: websocket_url.clone(),
                origin: origin.name(),
                offer: offer.clone(),
                catalogue: catalogue.clone(),
            },
        }
    }

    async fn route(&self, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let user = &UserId::anonymous();
        match request.route {
            Route::Health | Route::ApiHealth => Ok(about::health()),
            Route::Config => Ok(self.config()),
            Route::Models => Ok(self.models()),
            Route::List => self.list(user, request).await,
            Route::Start => self.start(user, request).await,
            Route::Read => self.read(user, request).await,
            Route::Cancel => self.cancel(user, request).await,
            Route::Page => self.page(user, request).await,
            Route::Chunks => self.chunks(user, request).await,
            Route::DesignSystems => Ok(about::design_systems()),
            Route::Capabilities => Ok(about::capabilities()),
            Route::File => Ok(files::serve(&request.method, &request.path)?),
        }
    }
}

#[async_trait]
impl Function for Api {
    type Event = ApiGatewayV2httpRequest;
    type Answer = ApiGatewayV2httpResponse;

    async fn handle(&self, event: Self::Event, _invocation: &Invocation) -> Result<Self::Answer, FunctionError> {
        let answered = match Request::read(event) {
            Ok(request) => self.route(&request).await,
            Err(refusal) => Err(refusal.into()),
        };
        Ok(answered.unwrap_or_else(|error| {
            if let StepError::Store(cause) = &error {
                tracing::error!(%cause, "step_failed");
            }
            answer::refused(&error.refusal())
        }))
    }
}

/// A path, query or body that cannot be read.
fn malformed(message: &str) -> Refusal {
    Refusal::general(ErrorCode::InvalidField, message)
}
