//! The HTTP API: recovery, history, start, cancel, health, and the web page.
//!
//! - [`Route`]: the route table.
//! - `generations`: one generation.
//! - `history`: what is read off a user's generations: the list, versions, the tally; and picking a winner.
//! - `variants`: a variant's page and its chunks.
//! - `pictures`: what was drawn for a variant's page.
//! - `start`: begin and stop without a socket.
//! - `delete`: remove everything of one.
//! - `uploads`: permit what is too large for a message.
//! - `share`: links that show a generation to others.
//! - [`Access`]: who each route is for.
//! - `health`: whether the parts that a generation needs answer.
//! - `about`: configuration, the line-up.
//! - `design_systems`, `screenshot`, `export`: what the screenshot-to-code frontend asks beside its generations.
//! - `files`: the page.

mod about;
mod access;
mod answer;
mod archive;
mod delete;
mod design_systems;
mod event;
mod export;
mod files;
mod generations;
mod health;
mod history;
mod pictures;
mod request;
mod route;
mod screenshot;
mod share;
mod start;
mod uploads;
mod variants;

pub use access::Access;
pub use event::HttpEvent;
pub use health::Health;
pub use route::Route;

use async_trait::async_trait;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use boot::{Authentication, Boot, Function, FunctionError, Invocation, SettingError, Settings};
use domain::error::{ErrorCode, Refusal};
use domain::identity::Viewer;
use domain::ids::GenerationId;
use domain::models::{Catalogue, Offer};
use lifecycle::{Eraser, Starter, StepError};
use ports::{Authenticator, DesignSystems, Fetch, Generations, Objects, ProviderKey, Recorded, Screenshots, Variants};
use request::Request;
use std::sync::Arc;

/// What the page is told about the server.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// Where browsers connect, if not at the page's own host.
    pub websocket_url: Option<String>,
    /// How people say who they are.
    pub authentication: &'static str,
    /// The origin that browsers upload to.
    pub upload_origin: String,
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
    /// Who is asking.
    pub authenticator: Arc<dyn Authenticator>,
    /// What was accepted.
    pub generations: Arc<dyn Generations>,
    /// Chunks, and asking to stop.
    pub variants: Arc<dyn Variants>,
    /// Pages.
    pub objects: Arc<dyn Objects>,
    /// Design systems.
    pub design_systems: Arc<dyn DesignSystems>,
    /// The web, for the pictures of an export.
    pub web: Arc<dyn Fetch>,
    /// Pictures of pages on the web, if a service is set.
    pub screenshots: Option<Arc<dyn Screenshots>>,
    /// To accept.
    pub starter: Starter,
    /// Whether the provider's key is there.
    pub provider_key: Arc<dyn ProviderKey>,
    /// The last answer to `/health`.
    pub health: Health,
    /// To delete.
    pub eraser: Eraser,
    /// What the page is told.
    pub about: About,
}

impl Api {
    /// The handler over AWS.
    ///
    /// # Errors
    /// [`SettingError`] if a setting cannot be used.
    pub fn from_boot(boot: &Boot) -> Result<Self, SettingError> {
        let table = boot.table();
        let bucket = boot.bucket();
        let Settings { websocket_url, authentication, origin, offer, catalogue, .. } = &boot.settings;
        Ok(Self {
            authenticator: boot.authenticator()?,
            generations: table.clone(),
            variants: table.clone(),
            objects: bucket.clone(),
            design_systems: table.clone(),
            web: boot.web()?,
            screenshots: boot.screenshots()?.map(|service| service as Arc<dyn Screenshots>),
            eraser: Eraser { deletions: table.clone(), objects: bucket.clone(), clock: boot.clock.clone() },
            starter: Starter {
                generations: table,
                objects: bucket.clone(),
                uploads: bucket,
                invoke: boot.workers(),
                clock: boot.clock.clone(),
                ids: boot.ids.clone(),
                offer: offer.clone(),
                purse: boot.purse(),
            },
            provider_key: boot.provider_key(),
            health: Health::default(),
            about: About {
                websocket_url: websocket_url.clone(),
                authentication: authentication.as_ref().map_or("none", Authentication::name),
                upload_origin: boot.settings.upload_origin(),
                origin: origin.name(),
                offer: offer.clone(),
                catalogue: catalogue.clone(),
            },
        })
    }

    pub(crate) async fn visible(&self, viewer: &Viewer, id: &GenerationId) -> Result<Recorded, StepError> {
        lifecycle::visible(&*self.generations, viewer, self.starter.clock.now_ms(), id).await
    }

    async fn route(&self, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let user = async || self.user(request).await;
        let viewer = async || self.viewer(request).await;
        match request.route {
            Route::Health | Route::ApiHealth => Ok(self.health().await),
            Route::Config => Ok(self.config()),
            Route::Models => user().await.map(|_| self.models()),
            Route::List => self.list(&user().await?, request).await,
            Route::Start => self.start(&user().await?, request).await,
            Route::Read => self.read(&viewer().await?, request).await,
            Route::Upload => self.permit_upload(&user().await?, request).await,
            Route::Cancel => self.cancel(&user().await?, request).await,
            Route::Share => self.share(&user().await?, request).await,
            Route::Shares => self.list_shares(&user().await?, request).await,
            Route::Unshare => self.unshare(&user().await?, request).await,
            Route::Versions => self.versions(&user().await?, request).await,
            Route::Pick => self.pick(&user().await?, request).await,
            Route::Tally => self.tally(&user().await?).await,
            Route::Delete => self.delete(&user().await?, request).await,
            Route::Page => self.page(&viewer().await?, request).await,
            Route::Picture => self.picture(&viewer().await?, request).await,
            Route::Chunks => self.chunks(&viewer().await?, request).await,
            Route::DesignSystems => self.list_design_systems(&user().await?).await,
            Route::AddDesignSystem => self.add_design_system(&user().await?, request).await,
            Route::ChangeDesignSystem => self.change_design_system(&user().await?, request).await,
            Route::RemoveDesignSystem => self.remove_design_system(&user().await?, request).await,
            Route::OpenApi => Ok(answer::plain(200, "application/json", about::OPENAPI)),
            Route::Capabilities => Ok(about::capabilities()),
            Route::Screenshot => {
                user().await?;
                self.screenshot(request).await
            }
            Route::Export => self.export(&user().await?, request).await,
            Route::File => {
                let About { websocket_url, upload_origin, .. } = &self.about;
                let policy = answer::app_policy(websocket_url.as_deref(), upload_origin, request.host.as_deref());
                Ok(files::serve(request, &policy)?)
            }
        }
    }
}

#[async_trait]
impl Function for Api {
    type Event = HttpEvent;
    type Answer = ApiGatewayV2httpResponse;

    async fn handle(&self, event: Self::Event, _invocation: &Invocation) -> Result<Self::Answer, FunctionError> {
        let request = Request::read(event);
        let of_peers = request.as_ref().is_ok_and(|request| request.route.is_peers());
        let answered = match request {
            Ok(request) => self.route(&request).await,
            Err(refusal) => Err(refusal.into()),
        };
        let has_tls = self.about.websocket_url.as_ref().is_some_and(|url| url.starts_with("wss:"));
        let answer = answered.unwrap_or_else(|error| {
            if let StepError::Store(cause) = &error {
                tracing::error!(%cause, "step_failed");
            }
            let refusal = error.refusal();
            if let StepError::Exceeded(exceeded) = &error {
                return answer::exceeded(&refusal, exceeded, self.starter.clock.now_ms());
            }
            if of_peers { answer::refused_to_peer(&refusal) } else { answer::refused(&refusal) }
        });
        Ok(answer::hardened(answer, has_tls))
    }
}

/// A path, query or body that cannot be read.
fn malformed(message: &str) -> Refusal {
    Refusal::general(ErrorCode::InvalidField, message)
}
