//! AWS's own protocols on loopback: DynamoDB on one port; S3, Lambda's Invoke, `@connections` and the demo model on
//! another. DynamoDB has a port and a thread of its own because its writes wait for the disk.

mod bucket;
mod connections;
mod cors;
mod dynamodb;
mod invoke;

pub use bucket::BucketServer;
pub use dynamodb::TableServer;

use crate::demo;
use crate::functions::Functions;
use crate::gateway::Registry;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;

/// The second port's routes: Lambda and `@connections` by their paths, the demo model by its own, S3 for all else.
pub fn router(functions: Functions, registry: Registry, bucket: BucketServer) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke::invoke).with_state(functions))
        .merge(connections::router(registry))
        .nest(demo::BASE, demo::router())
        .fallback_service(bucket.into_router())
        .layer(DefaultBodyLimit::disable())
}
