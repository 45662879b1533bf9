//! Deliberately broken ports: each breaks one rule, and each proof has to notice. A proof that cannot fail proves nothing.

use crate::Ports;
use async_trait::async_trait;
use domain::chunk::Chunk;
use domain::ids::{AttemptKey, ConnectionId, Holder, VariantKey};
use domain::share::ShareId;
use domain::variant::{Account, Ending, Variant};
use ports::{Appended, Beat, Claim, Ended, Hold, Object, Objects, StoreError, Variants};
use std::sync::Arc;

/// A rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakage {
    /// Chunks are called durable and are not: what "saved before shown" forbids.
    NothingSaved,
    /// The sweep never finds anything: there is no backstop.
    NothingDue,
    /// Pages are called stored and are not.
    NoPages,
    /// Raw answers are called stored and are not.
    NoRawAnswers,
}

impl Breakage {
    /// The ports, broken in this way.
    #[must_use]
    pub fn breaks(self, ports: Ports) -> Ports {
        Ports {
            variants: self.breaks_variants(ports.variants.clone()),
            objects: Arc::new(BrokenObjects { inner: ports.objects.clone(), how: self }),
            ..ports
        }
    }

    /// One of them.
    #[must_use]
    pub fn breaks_variants(self, inner: Arc<dyn Variants>) -> Arc<dyn Variants> {
        Arc::new(BrokenVariants { inner, how: self })
    }
}

struct BrokenObjects {
    inner: Arc<dyn Objects>,
    how: Breakage,
}

#[async_trait]
impl Objects for BrokenObjects {
    async fn put(&self, key: &str, object: Object) -> Result<(), StoreError> {
        let forgotten = match self.how {
            Breakage::NoPages => key.ends_with("index.html"),
            Breakage::NoRawAnswers => key.ends_with("raw.txt"),
            Breakage::NothingSaved | Breakage::NothingDue => false,
        };
        if forgotten { Ok(()) } else { self.inner.put(key, object).await }
    }

    async fn get(&self, key: &str) -> Result<Option<Object>, StoreError> {
        self.inner.get(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.inner.list(prefix).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.inner.remove(key).await
    }
}

struct BrokenVariants {
    inner: Arc<dyn Variants>,
    how: Breakage,
}

#[async_trait]
impl Variants for BrokenVariants {
    async fn append(
        &self,
        hold: &Hold,
        chunk: &Chunk,
        signals: u32,
        lease_until_ms: Option<u64>,
    ) -> Result<Appended, StoreError> {
        if self.how == Breakage::NothingSaved {
            return Ok(Appended::Recorded);
        }
        self.inner.append(hold, chunk, signals, lease_until_ms).await
    }

    async fn due(&self, now_ms: u64, limit: u32) -> Result<Vec<VariantKey>, StoreError> {
        if self.how == Breakage::NothingDue {
            return Ok(Vec::new());
        }
        self.inner.due(now_ms, limit).await
    }

    async fn claim(&self, key: &VariantKey, holder: &Holder, now_ms: u64, lease_ms: u64) -> Result<Claim, StoreError> {
        self.inner.claim(key, holder, now_ms, lease_ms).await
    }

    async fn heartbeat(&self, hold: &Hold, lease_until_ms: u64) -> Result<Beat, StoreError> {
        self.inner.heartbeat(hold, lease_until_ms).await
    }

    async fn note(&self, hold: &Hold, account: &Account) -> Result<Beat, StoreError> {
        self.inner.note(hold, account).await
    }

    async fn release(&self, hold: &Hold, due_ms: u64, counts: bool) -> Result<(), StoreError> {
        self.inner.release(hold, due_ms, counts).await
    }

    async fn end(&self, hold: &Hold, ending: &Ending, lease_until_ms: u64) -> Result<Ended, StoreError> {
        self.inner.end(hold, ending, lease_until_ms).await
    }

    async fn end_abandoned(
        &self,
        seen: &Variant,
        ending: &Ending,
        lease_until_ms: u64,
    ) -> Result<Option<Variant>, StoreError> {
        self.inner.end_abandoned(seen, ending, lease_until_ms).await
    }

    async fn told(&self, key: &VariantKey) -> Result<(), StoreError> {
        self.inner.told(key).await
    }

    async fn subscribe(
        &self,
        key: &VariantKey,
        connection: &ConnectionId,
        link: Option<&ShareId>,
    ) -> Result<Option<Variant>, StoreError> {
        self.inner.subscribe(key, connection, link).await
    }

    async fn unsubscribe(&self, key: &VariantKey, connection: &ConnectionId) -> Result<(), StoreError> {
        self.inner.unsubscribe(key, connection).await
    }

    async fn request_cancel(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        self.inner.request_cancel(key).await
    }

    async fn variant(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        self.inner.variant(key).await
    }

    async fn chunks(&self, key: &AttemptKey, after: Option<u32>, limit: u32) -> Result<Vec<Chunk>, StoreError> {
        self.inner.chunks(key, after, limit).await
    }
}
