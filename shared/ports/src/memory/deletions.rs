use super::MemoryTable;
use crate::{Deletions, StoreError};
use async_trait::async_trait;
use domain::deletion::Deletion;
use domain::ids::{ConnectionId, GenerationId, UserId, VariantKey};
#[cfg(test)]
use domain::{chunk::Chunk, ids::AttemptKey};
use std::collections::BTreeSet;

impl MemoryTable {
    /// What the table still holds of a generation, in words: its records, its chunks, its use of uploads, its deletion's note.
    #[must_use]
    pub fn holds(&self, id: &GenerationId) -> Vec<String> {
        let state = self.lock();
        let record = state.generations.contains_key(id).then(|| "its record".to_owned());
        let variants = state.variants.keys().filter(|key| key.generation_id == *id).map(|key| format!("variant {key}"));
        let chunks = state.chunks.keys().filter(|(key, _)| key.variant.generation_id == *id);
        let uploads = state.uploads.iter().filter(|(_, user)| user == id).map(|(upload, _)| format!("use of {upload}"));
        let note = state.deletions.contains_key(id).then(|| "the note of its deletion".to_owned());
        let chunks = chunks.map(|(key, seq)| format!("chunk {seq} of {}, attempt {}", key.variant, key.attempt));
        record.into_iter().chain(variants).chain(chunks).chain(uploads).chain(note).collect()
    }
}

#[cfg(test)]
impl MemoryTable {
    /// Puts chunks back, for a version that is broken on purpose.
    pub(crate) fn keep_chunks(&self, key: &AttemptKey, chunks: Vec<Chunk>) {
        self.lock().chunks.extend(chunks.into_iter().map(|chunk| ((key.clone(), chunk.seq), chunk)));
    }

    /// Puts a note back, for a version that is broken on purpose.
    pub(crate) fn keep_note(&self, deletion: &Deletion) {
        self.lock().deletions.insert(deletion.generation_id.clone(), deletion.clone());
    }
}

#[async_trait]
impl Deletions for MemoryTable {
    async fn take_away(
        &self,
        id: &GenerationId,
        of: Option<&UserId>,
        now_ms: u64,
    ) -> Result<Option<Deletion>, StoreError> {
        let mut state = self.lock();
        let Some(generation) = state.generations.get(id).filter(|one| of.is_none_or(|user| one.user == *user)).cloned()
        else {
            return Ok(None);
        };
        state.generations.remove(id);
        let running: Vec<_> = state.variants.values().filter(|variant| variant.key.generation_id == *id).collect();
        let aside: Vec<_> = running.iter().filter_map(|variant| variant.reserved.map(|aside| (aside, aside))).collect();
        if !aside.is_empty() {
            let after = state.counted(&generation.user).settle(&aside, now_ms);
            state.count(&generation.user, &after);
        }
        let keys: Vec<VariantKey> = state.variants.keys().filter(|key| key.generation_id == *id).cloned().collect();
        let variants: Vec<_> = keys.iter().filter_map(|key| state.variants.remove(key)).collect();
        let listeners: BTreeSet<ConnectionId> =
            variants.iter().flat_map(|variant| variant.listeners.iter().cloned()).collect();
        let deletion = Deletion {
            generation_id: id.clone(),
            deleted_at_ms: now_ms,
            due_ms: now_ms,
            attempts: variants.iter().map(|variant| (variant.key.variant_index, variant.attempt)).collect(),
            uploads: generation.uploads,
            listeners: listeners.into_iter().collect(),
            closes: generation.closes,
        };
        state.deletions.insert(id.clone(), deletion.clone());
        Ok(Some(deletion))
    }

    async fn remove_chunks(&self, deletion: &Deletion) -> Result<(), StoreError> {
        let keys: BTreeSet<_> = deletion.attempt_keys().into_iter().collect();
        self.lock().chunks.retain(|(key, _), _| !keys.contains(key));
        Ok(())
    }

    async fn give_up_upload(&self, id: &GenerationId, upload: &str) -> Result<bool, StoreError> {
        let mut state = self.lock();
        state.uploads.remove(&(upload.to_owned(), id.clone()));
        Ok(!state.uploads.iter().any(|(used, _)| used == upload))
    }

    async fn left_of(&self, deletion: &Deletion) -> Result<(), StoreError> {
        if let Some(note) = self.lock().deletions.get_mut(&deletion.generation_id) {
            *note = deletion.clone();
        }
        Ok(())
    }

    async fn forget_deletion(&self, id: &GenerationId) -> Result<(), StoreError> {
        self.lock().deletions.remove(id);
        Ok(())
    }

    async fn deletions_due(&self, now_ms: u64, limit: u32) -> Result<Vec<Deletion>, StoreError> {
        let state = self.lock();
        let mut due: Vec<&Deletion> = state.deletions.values().filter(|deletion| deletion.due_ms < now_ms).collect();
        due.sort_by_key(|deletion| deletion.due_ms);
        Ok(due.into_iter().take(limit as usize).cloned().collect())
    }

    async fn accepted_before(&self, accepted_ms: u64, limit: u32) -> Result<Vec<GenerationId>, StoreError> {
        let state = self.lock();
        let mut old: Vec<_> = state.generations.values().filter(|one| one.created_at_ms < accepted_ms).collect();
        old.sort_by_key(|generation| generation.created_at_ms);
        Ok(old.into_iter().take(limit as usize).map(|generation| generation.id.clone()).collect())
    }
}
