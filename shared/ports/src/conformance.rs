//! What every implementation of a port has to pass: the words of the traits, as checks. Each check makes ids of its own,
//! so that a suite can run against a store that already holds something.

mod authenticator;
#[cfg(test)]
mod broken;
mod chance;
mod connections;
mod deletions;
mod design_systems;
mod generations;
mod invoke;
mod model;
mod objects;
mod pictures;
mod provider_key;
mod push;
mod quotas;
mod uploads;
mod variants;

use crate::{
    Authenticator, Connections, Deletions, DesignSystems, Generations, NewGeneration, Objects, Quotas, Uploads,
    Variants,
};
use domain::generation::Generation;
use domain::ids::{GenerationId, UserId, VariantKey};
use domain::variant::Variant;
use std::sync::atomic::{AtomicU64, Ordering};

pub use authenticator::Tokens;
pub use chance::{clock, ids};
pub use invoke::{Deliveries, invoke};
pub use model::{Cast, model};
pub use pictures::pictures;
pub use provider_key::provider_key;
pub use push::{Listeners, push};
pub use uploads::Client;

/// When the suites' stories play: after any clock, so that the sweep of a store that has one finds nothing of theirs due.
const NOW_MS: u64 = 4_000_000_000_000;

/// Runs every check of the table's ports. Panics with the first guarantee that does not hold.
pub async fn table<T: Generations + Variants + Connections>(table: &T) {
    generations::check(table).await;
    variants::check(table).await;
    connections::check(table).await;
}

/// Runs every check of taking generations away. Panics with the first guarantee that does not hold.
pub async fn deletions<T: Generations + Variants>(table: &T, deletions: &dyn Deletions) {
    deletions::check(table, deletions).await;
}

/// Runs every check of what is counted. Panics with the first guarantee that does not hold.
pub async fn quotas<T: Generations + Variants + Deletions>(table: &T, quotas: &dyn Quotas) {
    quotas::check(table, quotas).await;
}

/// Runs every check of the design systems' port. Panics with the first guarantee that does not hold.
pub async fn design_systems(table: &dyn DesignSystems) {
    design_systems::check(table).await;
}

/// Runs every check of the authenticator's port. Panics with the first guarantee that does not hold.
pub async fn authenticator(authenticator: &dyn Authenticator, tokens: &Tokens) {
    authenticator::check(authenticator, tokens).await;
}

/// Runs every check of the bucket's port. Panics with the first guarantee that does not hold.
pub async fn objects(bucket: &dyn Objects) {
    objects::check(bucket).await;
}

/// Runs every check of the uploads' port. `now_ms` is the store's own time. Panics with the first guarantee that does not
/// hold.
pub async fn uploads(uploads: &dyn Uploads, client: &dyn Client, now_ms: u64) {
    uploads::check(uploads, client, now_ms).await;
}

/// A new generation's record with `count` variants, under an id that this process has not used.
#[must_use]
pub fn new_generation(user: &UserId, created_at_ms: u64, count: u8) -> NewGeneration {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let id = GenerationId::parse(&format!("00000000-0000-4000-8000-{number:012x}"))
        .unwrap_or_else(|error| panic!("{error}"));
    let variants = (0..count).map(|variant_index| queued(&id, variant_index, created_at_ms)).collect();
    NewGeneration {
        generation: Generation {
            id,
            user: user.clone(),
            created_at_ms,
            title: "a page".to_owned(),
            models: vec!["m".to_owned(); usize::from(count)],
            uploads: Vec::new(),
            closes: None,
            shares: Vec::new(),
            conclusion: None,
            lineage: None,
            winner: None,
        },
        variants,
        request_key: None,
        counted: None,
    }
}

fn queued(id: &GenerationId, variant_index: u8, created_at_ms: u64) -> Variant {
    let key = VariantKey { generation_id: id.clone(), variant_index };
    Variant::queued(key, "m", created_at_ms, created_at_ms + 1_000)
}

#[cfg(test)]
mod tests {
    use super::Client;
    use crate::Permit;
    use crate::memory::{MemoryKey, MemoryObjects, MemoryTable};
    use async_trait::async_trait;

    /// The bucket's own time.
    const UPLOADED_MS: u64 = 1_795_255_200_000;

    #[async_trait]
    impl Client for MemoryObjects {
        async fn put(&self, permit: &Permit, content_type: &str, bytes: Vec<u8>) -> bool {
            self.put_permitted(&permit.url, content_type, bytes, UPLOADED_MS)
        }
    }

    #[tokio::test]
    async fn the_uploads_in_memory_conform() {
        let bucket = MemoryObjects::default();
        super::uploads(&bucket, &bucket, UPLOADED_MS).await;
    }

    #[tokio::test]
    async fn the_memory_table_conforms() {
        super::table(&MemoryTable::default()).await;
    }

    #[tokio::test]
    async fn the_memory_table_takes_generations_away() {
        let table = MemoryTable::default();
        super::deletions(&table, &table).await;
    }

    #[tokio::test]
    async fn the_memory_table_counts() {
        let table = MemoryTable::default();
        super::quotas(&table, &table).await;
    }

    #[tokio::test]
    async fn the_memory_design_systems_conform() {
        super::design_systems(&MemoryTable::default()).await;
    }

    #[tokio::test]
    async fn the_memory_key_conforms() {
        let absent = MemoryKey::default();
        absent.remove();
        super::provider_key(&MemoryKey::default(), &absent).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a key that is not there is absent")]
    async fn a_key_that_is_always_there_does_not_conform() {
        super::provider_key(&MemoryKey::default(), &MemoryKey::default()).await;
    }

    #[tokio::test]
    async fn the_memory_bucket_conforms() {
        super::objects(&MemoryObjects::default()).await;
    }
}
