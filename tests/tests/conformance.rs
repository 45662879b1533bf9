//! The AWS adapters over the local stack, held to the same words as the in-memory versions.

use aws::{Bucket, Table};
use end_to_end::start;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn the_dynamodb_table_conforms() {
    let (_place, stack) = start().await;
    let boot = boot::Boot::new(stack.settings().clone());
    let table: Arc<Table> = boot.table();
    ports::conformance::table(&*table).await;
    ports::conformance::design_systems(&*table).await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_s3_bucket_conforms() {
    let (_place, stack) = start().await;
    let boot = boot::Boot::new(stack.settings().clone());
    let bucket: Arc<Bucket> = boot.bucket();
    ports::conformance::objects(&*bucket).await;
    stack.stop().await;
}
