//! What a request goes back to: the page that it changes, or the request that it repeats.

use super::fields::Fields;
use crate::error::{ErrorCode, Refusal};
use crate::ids::GenerationId;
use crate::limits::{NAME_BYTES_MAX, VARIANTS_MAX};

/// The generation that a request goes back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Which one.
    pub generation_id: GenerationId,
    /// The variant whose page is to be changed; `None` if the request is the same once more.
    pub variant_index: Option<u8>,
}

impl Parent {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let id = fields.text("generationId", NAME_BYTES_MAX)?.unwrap_or_default();
        let index = fields.count("variantIndex", 0, 0, VARIANTS_MAX - 1)?;
        Ok(Self {
            generation_id: GenerationId::parse(&id).map_err(|_| no_parent(fields.path("generationId")))?,
            variant_index: Some(index),
        })
    }

    /// The field that names the generation, for a refusal.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        if self.variant_index.is_some() { "parent.generationId" } else { super::repeat::FIELD }
    }
}

/// The generation that this field names does not exist, or is another user's: the same answer for both, and for an id that
/// is none.
#[must_use]
pub fn no_parent(field: impl Into<String>) -> Refusal {
    Refusal {
        code: ErrorCode::NotFound,
        field: Some(field.into()),
        message: "There is no generation with this id to go back to.".to_owned(),
    }
}
