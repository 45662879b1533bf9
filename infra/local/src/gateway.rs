//! What stands where API Gateway stands: the WebSocket stage `/generate-code` and the HTTP API, on the public port.
//!
//! It differs from API Gateway only where a page of AWS's documentation is cited, and in one thing that it relaxes by
//! default: the sizes of what browsers send, so that any existing client works on one machine.

mod event;
mod http;
mod pace;
mod registry;
mod server;
mod socket;

pub use pace::Stage;
pub use registry::{Posted, Registry};
pub use server::serve;

use crate::functions::Functions;
use axum::Router;
use axum::routing::any;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The WebSocket stage's name. The screenshot-to-code frontend connects to `/generate-code`, and API Gateway routes nothing
/// beyond the stage, so the stage has that name.
pub const STAGE: &str = "generate-code";

/// What the gateway's handlers share.
#[derive(Clone)]
pub struct Gateway {
    /// What it calls.
    pub functions: Functions,
    /// The open connections.
    pub registry: Registry,
    /// How often its clients may speak.
    pub stage: Stage,
    /// Whether browsers' sizes are held to API Gateway's.
    pub aws_limits: bool,
    /// Tells connections to close.
    pub stop: CancellationToken,
    /// Connections that are open.
    pub open: TaskTracker,
}

/// The public port's routes.
pub fn router(gateway: Gateway) -> Router {
    let routes = http::Routes::new();
    Router::new()
        .route(&format!("/{STAGE}"), any(socket::upgrade))
        .fallback(http::serve)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state((gateway, routes))
}
