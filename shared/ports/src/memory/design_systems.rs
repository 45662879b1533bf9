use super::MemoryTable;
use crate::{DesignSystems, StoreError};
use async_trait::async_trait;
use domain::design_system::{DesignSystem, DesignSystemChange};
use domain::ids::{DesignSystemId, UserId};

#[async_trait]
impl DesignSystems for MemoryTable {
    async fn design_systems(&self, user: &UserId) -> Result<Vec<DesignSystem>, StoreError> {
        let state = self.lock();
        let mut mine: Vec<DesignSystem> =
            state.design_systems.iter().filter(|((owner, _), _)| owner == user).map(|(_, one)| one.clone()).collect();
        mine.sort_by(|a, b| (a.created_at_ms, &a.id).cmp(&(b.created_at_ms, &b.id)));
        Ok(mine)
    }

    async fn add_design_system(&self, user: &UserId, new: &DesignSystem, count_max: u32) -> Result<bool, StoreError> {
        let mut state = self.lock();
        if state.design_systems.keys().filter(|(owner, _)| owner == user).count() >= count_max as usize {
            return Ok(false);
        }
        state.design_systems.insert((user.clone(), new.id.clone()), new.clone());
        Ok(true)
    }

    async fn change_design_system(
        &self,
        user: &UserId,
        id: &DesignSystemId,
        change: &DesignSystemChange,
        now_ms: u64,
    ) -> Result<Option<DesignSystem>, StoreError> {
        let mut state = self.lock();
        Ok(state.design_systems.get_mut(&(user.clone(), id.clone())).map(|one| {
            one.updated_at_ms = now_ms;
            if let Some(name) = &change.name {
                one.name.clone_from(name);
            }
            if let Some(content) = &change.content {
                one.content.clone_from(content);
            }
            one.clone()
        }))
    }

    async fn remove_design_system(&self, user: &UserId, id: &DesignSystemId) -> Result<bool, StoreError> {
        Ok(self.lock().design_systems.remove(&(user.clone(), id.clone())).is_some())
    }
}
