//! The AWS adapters over the local stack, held to the same words as the in-memory versions.

#[path = "conformance/keys.rs"]
mod keys;
#[path = "conformance/provider.rs"]
mod provider;
#[path = "conformance/sockets.rs"]
mod sockets;
#[path = "conformance/workers.rs"]
mod workers;

use async_trait::async_trait;
use aws::{Bucket, Table};
use boot::SystemClock;
use end_to_end::{Http, start};
use ports::{Clock, Permit};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn the_dynamodb_table_conforms() {
    let (_place, stack) = start().await;
    let boot = boot::Boot::new(stack.settings().clone());
    let table: Arc<Table> = boot.table();
    ports::conformance::table(&*table).await;
    ports::conformance::deletions(&*table, &*table).await;
    ports::conformance::quotas(&*table, &*table).await;
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

struct Browser(Http);

#[async_trait]
impl ports::conformance::Client for Browser {
    async fn put(&self, permit: &Permit, content_type: &str, bytes: Vec<u8>) -> bool {
        let headers: Vec<(&str, &str)> = permit
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), if name == "content-type" { content_type } else { value }))
            .collect();
        self.0.put(&permit.url, &headers, bytes).await == 200
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_to_s3_conform() {
    let (_place, stack) = start().await;
    let boot = boot::Boot::new(stack.settings().clone());
    let bucket: Arc<Bucket> = boot.bucket();
    let browser = Browser(Http::to(stack.addresses().public));
    ports::conformance::uploads(&*bucket, &browser, SystemClock.now_ms()).await;
    stack.stop().await;
}
