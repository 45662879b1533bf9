use domain::ids::{DesignSystemId, GenerationId, Holder, UploadId};
use domain::share::ShareToken;
use ports::Ids;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names in order, and dice that always fall the same.
#[derive(Default)]
pub struct CountingIds(AtomicU64);

impl Ids for CountingIds {
    fn generation_id(&self) -> GenerationId {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        GenerationId::parse(&format!("00000000-0000-4000-8000-{number:012x}")).unwrap()
    }

    fn design_system_id(&self) -> DesignSystemId {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        DesignSystemId::parse(&format!("00000000-0000-4000-9000-{number:012x}")).unwrap()
    }

    fn upload_id(&self) -> UploadId {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        UploadId::parse(&format!("00000000-0000-4000-8000-{number:012x}")).unwrap()
    }

    fn share_token(&self, generation: &GenerationId) -> ShareToken {
        ShareToken::new(generation, &format!("{:064x}", self.0.fetch_add(1, Ordering::SeqCst)))
    }

    fn holder(&self) -> Holder {
        Holder(format!("holder-{}", self.0.fetch_add(1, Ordering::SeqCst)))
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
