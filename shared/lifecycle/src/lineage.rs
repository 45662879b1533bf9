//! What a request goes back to: the generation whose page it changes, or whose request it repeats.

use crate::{Starter, StepError, owned};
use domain::error::Refusal;
use domain::generation::Lineage;
use domain::ids::{GenerationId, UserId};
use domain::keys;
use domain::request::parent::{Parent, no_parent};
use domain::request::reference::Reference;
use domain::request::repeat::Repeat;
use domain::request::{GenerationRequest, StartRequest};
use ports::{Objects, Recorded, StoreError};

impl Starter {
    /// The request that a message names.
    ///
    /// # Errors
    /// [`StepError::Refused`] for a reference to nothing, or to what is another user's; the store's error.
    pub async fn referenced(&self, user: &UserId, reference: &Reference) -> Result<StartRequest, StepError> {
        match reference {
            Reference::Upload(reference) => self.uploaded_request(user, reference).await,
            Reference::Repeat(repeat) => self.repeated(user, repeat).await,
        }
    }

    async fn repeated(&self, user: &UserId, repeat: &Repeat) -> Result<StartRequest, StepError> {
        let start = |request| repeat.start(request);
        let id = &repeat.generation_id;
        let parent = Parent { generation_id: id.clone(), variant_index: None };
        self.parent(user, &parent).await?;
        Ok(stored_request(&*self.objects, id).await.map(start)?)
    }

    pub(crate) async fn lineage(&self, user: &UserId, parent: &Parent) -> Result<Lineage, StepError> {
        let Recorded { generation, .. } = self.parent(user, parent).await?;
        if let Some(index) = parent.variant_index
            && usize::from(index) >= generation.models.len()
        {
            return Err(Refusal::field("parent.variantIndex", "The generation has no variant with this index.").into());
        }
        Ok(Lineage {
            root: generation.root().clone(),
            parent: parent.generation_id.clone(),
            variant_index: parent.variant_index,
        })
    }

    async fn parent(&self, user: &UserId, parent: &Parent) -> Result<Recorded, StepError> {
        match owned(&*self.generations, user, &parent.generation_id).await {
            Err(StepError::Refused(_)) => Err(no_parent(parent.field()).into()),
            found => found,
        }
    }
}

/// The request that a generation was made of, as it was accepted.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is missing or malformed; the store's error.
pub async fn stored_request(objects: &dyn Objects, id: &GenerationId) -> Result<GenerationRequest, StoreError> {
    let key = keys::request(id);
    let unreadable = || StoreError::Corrupt(format!("object {key} is missing or malformed"));
    let object = objects.get(&key).await?.ok_or_else(unreadable)?;
    serde_json::from_slice(&object.bytes).map_err(|_| unreadable())
}
