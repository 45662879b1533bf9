use crate::StepError;
use domain::deletion::Deletion;
use domain::error::Refusal;
use domain::ids::{GenerationId, UserId};
use domain::keys;
use domain::limits::DELETION_WAIT_MS_MAX;
use domain::stage::Stage;
use futures_util::future::try_join_all;
use ports::{Clock, Deletions, Objects, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Objects that are removed side by side.
const SIDE_BY_SIDE: usize = 16;

/// Deletes generations, and removes what is left of them.
#[derive(Clone)]
pub struct Eraser {
    /// Records, chunks, and the notes of what is left.
    pub deletions: Arc<dyn Deletions>,
    /// Requests, answers, pages, pictures, uploads.
    pub objects: Arc<dyn Objects>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

impl Eraser {
    /// Deletes a user's generation: nobody sees it from here on, and its workers can write no more. Then removes what is left; what
    /// cannot be removed now, the sweep removes.
    ///
    /// # Errors
    /// [`StepError::Refused`] if there is none or it is another's; the store's error, after which it may be deleted.
    pub async fn delete(&self, user: &UserId, id: &GenerationId) -> Result<(), StepError> {
        let Some(deletion) = self.take_away(id, Some(user)).await? else { return Err(Refusal::not_found().into()) };
        match timeout(Duration::from_millis(DELETION_WAIT_MS_MAX), self.pass(&deletion)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(generation_id = %id, %error, "erasing_left_to_the_sweep"),
            Err(_) => tracing::warn!(generation_id = %id, "erasing_left_to_the_sweep"),
        }
        Ok(())
    }

    /// Takes a generation from everyone who could read it or write for it; `None` if there is none, or it is not this user's.
    ///
    /// # Errors
    /// The store's, after which it may have happened.
    pub async fn take_away(&self, id: &GenerationId, of: Option<&UserId>) -> Result<Option<Deletion>, StoreError> {
        let taken = self.deletions.take_away(id, of, self.clock.now_ms()).await?;
        if taken.is_some() {
            tracing::info!(stage = %Stage::Deleted, generation_id = %id, by_its_owner = of.is_some());
        }
        Ok(taken)
    }

    /// Removes whatever there is of it, and notes when to look again. Any number of these may run side by side.
    ///
    /// # Errors
    /// The store's; the note stays due.
    pub async fn pass(&self, deletion: &Deletion) -> Result<(), StoreError> {
        let id = &deletion.generation_id;
        self.deletions.remove_chunks(deletion).await?;
        let objects = self.remove_below(&keys::generation(id)).await?;
        for upload in &deletion.uploads {
            // Another generation of the same user may be made from it, or be changed from a page that was.
            if self.deletions.give_up_upload(id, upload).await? {
                self.objects.remove(upload).await?;
            }
        }
        tracing::info!(stage = %Stage::Erased, generation_id = %id, objects);
        match deletion.after_pass(self.clock.now_ms()) {
            Some(left) => self.deletions.left_of(&left).await,
            None => self.deletions.forget_deletion(id).await,
        }
    }

    /// Removes every object whose key begins so; how many there were.
    async fn remove_below(&self, prefix: &str) -> Result<usize, StoreError> {
        let mut removed = 0;
        loop {
            let keys = self.objects.list(prefix).await?;
            if keys.is_empty() {
                return Ok(removed);
            }
            removed += keys.len();
            for some in keys.chunks(SIDE_BY_SIDE) {
                try_join_all(some.iter().map(|key| self.objects.remove(key))).await?;
            }
        }
    }
}
