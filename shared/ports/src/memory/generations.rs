use super::{MemoryTable, State};
use crate::{Created, Generations, HistoryPage, NewGeneration, Recorded, RequestKey, Shared, StoreError};
use async_trait::async_trait;
use domain::generation::{Conclusion, Generation};
use domain::ids::{GenerationId, UserId};
use domain::share::Share;

impl State {
    fn accepted_as(&self, user: &UserId, key: &RequestKey) -> Option<Created> {
        let (existing, earlier) = self.requests.get(&(user.clone(), key.request_id.clone()))?;
        let same = earlier.fingerprint == key.fingerprint;
        Some(if same { Created::Same(existing.clone()) } else { Created::Conflict })
    }
}

#[async_trait]
impl Generations for MemoryTable {
    async fn create(&self, new: &NewGeneration) -> Result<Created, StoreError> {
        let mut state = self.lock();
        let id = &new.generation.id;
        if let Some(key) = &new.request_key
            && let Some(known) = state.accepted_as(&new.generation.user, key)
        {
            return Ok(known);
        }
        if state.generations.contains_key(id) {
            return Ok(Created::Conflict);
        }
        if let Some(counted) = &new.counted
            && !state.count(&new.generation.user, counted)
        {
            return Ok(Created::Busy);
        }
        if let Some(key) = &new.request_key {
            let name = (new.generation.user.clone(), key.request_id.clone());
            state.requests.insert(name, (id.clone(), key.clone()));
        }
        state.generations.insert(id.clone(), new.generation.clone());
        state.uploads.extend(new.generation.uploads.iter().map(|upload| (upload.clone(), id.clone())));
        for variant in &new.variants {
            state.variants.insert(variant.key.clone(), variant.clone());
        }
        Ok(Created::New)
    }

    async fn accepted_as(&self, user: &UserId, key: &RequestKey) -> Result<Option<Created>, StoreError> {
        Ok(self.lock().accepted_as(user, key))
    }

    async fn generation(&self, id: &GenerationId) -> Result<Option<Recorded>, StoreError> {
        let state = self.lock();
        Ok(state.generations.get(id).map(|generation| Recorded {
            generation: generation.clone(),
            variants: state
                .variants
                .values()
                .filter(|variant| variant.key.generation_id == *id)
                .cloned()
                .map(Ok)
                .collect(),
        }))
    }

    async fn history(&self, user: &UserId, before: Option<&str>, limit: u32) -> Result<HistoryPage, StoreError> {
        let state = self.lock();
        let mut mine: Vec<&Generation> = state.generations.values().filter(|one| one.user == *user).collect();
        mine.sort_by_key(|generation| std::cmp::Reverse(place(generation)));
        let known = before.filter(|before| mine.iter().any(|generation| place(generation) == **before));
        let rest: Vec<&Generation> =
            mine.into_iter().filter(|one| known.is_none_or(|before| *place(one) < *before)).collect();
        let items: Vec<Generation> = rest.iter().take(limit as usize).copied().cloned().collect();
        let next = if rest.len() > items.len() { items.last().map(place) } else { None };
        Ok(HistoryPage { items, next })
    }

    async fn share(&self, share: &Share, count_max: u32, now_s: u64) -> Result<Shared, StoreError> {
        let mut state = self.lock();
        let Some(generation) = state.generations.get_mut(&share.generation) else { return Ok(Shared::Missing) };
        generation.shares.retain(|one| one.is_live(now_s));
        if generation.shares.contains(share) {
            return Ok(Shared::Added);
        }
        if generation.shares.len() >= count_max as usize {
            return Ok(Shared::TooMany);
        }
        generation.shares.push(share.clone());
        generation.shares.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Shared::Added)
    }

    async fn unshare(&self, share: &Share) -> Result<(), StoreError> {
        if let Some(generation) = self.lock().generations.get_mut(&share.generation) {
            generation.shares.retain(|one| one != share);
        }
        Ok(())
    }

    async fn conclude(&self, id: &GenerationId, conclusion: Conclusion) -> Result<Option<Conclusion>, StoreError> {
        let mut state = self.lock();
        Ok(state.generations.get_mut(id).map(|generation| generation.conclusion.get_or_insert(conclusion).clone()))
    }

    async fn pick(&self, id: &GenerationId, winner: Option<u8>) -> Result<bool, StoreError> {
        let mut state = self.lock();
        Ok(state.generations.get_mut(id).map(|generation| generation.winner = winner).is_some())
    }
}

/// A generation's place in its user's history, which sorts by time.
fn place(generation: &Generation) -> String {
    format!("{:015}#{}", generation.created_at_ms, generation.id)
}
