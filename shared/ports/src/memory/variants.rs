use super::{MemoryTable, State};
use crate::{Appended, Beat, Claim, Ended, Hold, StoreError, Variants};
use async_trait::async_trait;
use domain::chunk::Chunk;
use domain::ids::{AttemptKey, ConnectionId, Holder, VariantKey};
use domain::share::ShareId;
use domain::variant::{Account, ClaimRule, Ending, Guest, Status, Variant};

impl State {
    fn held(&mut self, hold: &Hold) -> Option<&mut Variant> {
        self.variants.get_mut(&hold.key.variant).filter(|variant| variant.is_held_by(hold.key.attempt, &hold.holder))
    }
}

#[async_trait]
impl Variants for MemoryTable {
    async fn claim(&self, key: &VariantKey, holder: &Holder, now_ms: u64, lease_ms: u64) -> Result<Claim, StoreError> {
        let mut state = self.lock();
        let Some(variant) = state.variants.get_mut(key) else { return Ok(Claim::Missing) };
        if variant.is_held_by(variant.attempt, holder) {
            return Ok(Claim::Taken(variant.clone()));
        }
        match variant.claim_rule(now_ms) {
            ClaimRule::Free => {
                variant.status = Status::Running;
                variant.attempt += 1;
                variant.claims += 1;
                variant.holder = Some(holder.clone());
                variant.lease_until_ms = now_ms + lease_ms;
                variant.next_seq = 0;
                Ok(Claim::Taken(variant.clone()))
            }
            rule @ (ClaimRule::Held | ClaimRule::Ended | ClaimRule::Exhausted) => {
                Ok(Claim::Refused(rule, variant.clone()))
            }
        }
    }

    async fn append(
        &self,
        hold: &Hold,
        chunk: &Chunk,
        signals: u32,
        lease_until_ms: Option<u64>,
    ) -> Result<Appended, StoreError> {
        let mut state = self.lock();
        let Some(variant) = state.held(hold) else { return Ok(Appended::Lost) };
        if variant.next_seq == chunk.seq + 1 {
            return Ok(Appended::Recorded);
        }
        if variant.next_seq != chunk.seq {
            return Err(StoreError::Corrupt(format!(
                "chunk {} of {} after {}",
                chunk.seq, hold.key.variant, variant.next_seq
            )));
        }
        if variant.signals != signals {
            return Ok(Appended::Changed(variant.clone()));
        }
        variant.next_seq += 1;
        variant.lease_until_ms = lease_until_ms.unwrap_or(variant.lease_until_ms);
        state.chunks.insert((hold.key.clone(), chunk.seq), chunk.clone());
        Ok(Appended::Recorded)
    }

    async fn heartbeat(&self, hold: &Hold, lease_until_ms: u64) -> Result<Beat, StoreError> {
        let mut state = self.lock();
        Ok(state.held(hold).map_or(Beat::Lost, |variant| {
            variant.lease_until_ms = lease_until_ms;
            Beat::Held(variant.clone())
        }))
    }

    async fn note(&self, hold: &Hold, account: &Account) -> Result<Beat, StoreError> {
        let mut state = self.lock();
        Ok(state.held(hold).map_or(Beat::Lost, |variant| {
            variant.account = account.clone();
            Beat::Held(variant.clone())
        }))
    }

    async fn release(&self, hold: &Hold, due_ms: u64, counts: bool) -> Result<(), StoreError> {
        if let Some(variant) = self.lock().held(hold) {
            variant.status = Status::Queued;
            variant.lease_until_ms = due_ms;
            variant.claims -= u32::from(!counts);
        }
        Ok(())
    }

    async fn end(&self, hold: &Hold, ending: &Ending, lease_until_ms: u64) -> Result<Ended, StoreError> {
        let mut state = self.lock();
        let Some(variant) = state.variants.get_mut(&hold.key.variant) else { return Ok(Ended::Lost) };
        let mine = variant.attempt == hold.key.attempt && variant.holder.as_ref() == Some(&hold.holder);
        if mine && variant.status == Status::Running {
            variant.status = ending.clone().into();
            variant.lease_until_ms = lease_until_ms;
        }
        Ok(if mine && variant.status.has_ended() { Ended::Recorded(variant.clone()) } else { Ended::Lost })
    }

    async fn end_abandoned(
        &self,
        seen: &Variant,
        ending: &Ending,
        lease_until_ms: u64,
    ) -> Result<Option<Variant>, StoreError> {
        let mut state = self.lock();
        let unchanged = |now: &&mut Variant| {
            !now.status.has_ended() && now.attempt == seen.attempt && now.lease_until_ms == seen.lease_until_ms
        };
        Ok(state.variants.get_mut(&seen.key).filter(unchanged).map(|variant| {
            variant.status = ending.clone().into();
            variant.lease_until_ms = lease_until_ms;
            variant.clone()
        }))
    }

    async fn told(&self, key: &VariantKey) -> Result<(), StoreError> {
        if let Some(variant) = self.lock().variants.get_mut(key) {
            variant.told = true;
        }
        Ok(())
    }

    async fn subscribe(
        &self,
        key: &VariantKey,
        connection: &ConnectionId,
        link: Option<&ShareId>,
    ) -> Result<Option<Variant>, StoreError> {
        let mut state = self.lock();
        Ok(state.variants.get_mut(key).map(|variant| {
            if !variant.listeners.contains(connection) {
                variant.listeners.push(connection.clone());
                variant.listeners.sort();
            }
            variant.guests.retain(|guest| guest.connection != *connection);
            variant.guests.extend(link.map(|link| Guest { connection: connection.clone(), link: link.clone() }));
            variant.guests.sort();
            variant.signals += 1;
            variant.clone()
        }))
    }

    async fn unsubscribe(&self, key: &VariantKey, connection: &ConnectionId) -> Result<(), StoreError> {
        if let Some(variant) = self.lock().variants.get_mut(key) {
            variant.listeners.retain(|listener| listener != connection);
            variant.guests.retain(|guest| guest.connection != *connection);
            variant.signals += 1;
        }
        Ok(())
    }

    async fn request_cancel(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        let mut state = self.lock();
        Ok(state.variants.get_mut(key).map(|variant| {
            if !variant.status.has_ended() {
                variant.cancel_requested = true;
                variant.signals += 1;
            }
            variant.clone()
        }))
    }

    async fn variant(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        Ok(self.lock().variants.get(key).cloned())
    }

    async fn chunks(&self, key: &AttemptKey, after: Option<u32>, limit: u32) -> Result<Vec<Chunk>, StoreError> {
        let state = self.lock();
        let first = after.map_or(0, |seq| seq.saturating_add(1));
        Ok(state
            .chunks
            .range((key.clone(), first)..=(key.clone(), u32::MAX))
            .take(limit as usize)
            .map(|(_, chunk)| chunk.clone())
            .filter(|chunk| after != Some(chunk.seq))
            .collect())
    }

    async fn due(&self, now_ms: u64, limit: u32) -> Result<Vec<VariantKey>, StoreError> {
        let state = self.lock();
        let mut due: Vec<&Variant> =
            state.variants.values().filter(|variant| !variant.told && variant.lease_until_ms < now_ms).collect();
        due.sort_by_key(|variant| variant.lease_until_ms);
        Ok(due.into_iter().take(limit as usize).map(|variant| variant.key.clone()).collect())
    }
}
