//! Time, names and Lambda's queue that are the same in every run of a test.

use async_trait::async_trait;
use domain::ids::{DesignSystemId, GenerationId, Holder, UploadId};
use domain::share::ShareToken;
use domain::wire::invoke::WorkerEvent;
use ports::{Clock, Ids, Invoke, StoreError};

pub(crate) const ID: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";
pub(crate) const NOW_MS: u64 = 1_795_255_200_000;

pub(crate) struct Fixed;

impl Clock for Fixed {
    fn now_ms(&self) -> u64 {
        NOW_MS
    }
}

impl Ids for Fixed {
    fn generation_id(&self) -> GenerationId {
        GenerationId::parse(ID).unwrap()
    }

    fn design_system_id(&self) -> DesignSystemId {
        DesignSystemId::parse(ID).unwrap()
    }

    fn upload_id(&self) -> UploadId {
        UploadId::parse(ID).unwrap()
    }

    fn share_token(&self, generation: &GenerationId) -> ShareToken {
        ShareToken::new(generation, &"0".repeat(64))
    }

    fn holder(&self) -> Holder {
        Holder("holder".to_owned())
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

#[async_trait]
impl Invoke for Fixed {
    async fn start(&self, _event: &WorkerEvent) -> Result<(), StoreError> {
        Ok(())
    }
}
