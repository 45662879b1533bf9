//! The event that starts the worker of one variant.

use crate::ids::VariantKey;
use serde::{Deserialize, Serialize};

/// The payload of the asynchronous invoke. It says which variant and nothing else: whatever the worker needs it reads
/// from the store, so that a late or repeated event can do no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerEvent {
    /// The variant to take up.
    #[serde(flatten)]
    pub variant: VariantKey,
}
