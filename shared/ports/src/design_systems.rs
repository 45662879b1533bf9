use crate::StoreError;
use async_trait::async_trait;
use domain::design_system::{DesignSystem, DesignSystemChange};
use domain::ids::{DesignSystemId, UserId};

/// The design systems that users keep.
#[async_trait]
pub trait DesignSystems: Send + Sync {
    /// A user's design systems, oldest first, as the last write left them (a strongly consistent read).
    async fn design_systems(&self, user: &UserId) -> Result<Vec<DesignSystem>, StoreError>;

    /// Keeps a new one, if the user has fewer than `count_max`; `false` and nothing kept otherwise, however many are
    /// being added at once. Its id has never been used. After [`StoreError::Unavailable`] it may have been kept.
    async fn add_design_system(&self, user: &UserId, new: &DesignSystem, count_max: u32) -> Result<bool, StoreError>;

    /// Changes one and returns what it is now; `None` if the user has none with this id. After
    /// [`StoreError::Unavailable`] it may have been changed; the same call again settles it.
    async fn change_design_system(
        &self,
        user: &UserId,
        id: &DesignSystemId,
        change: &DesignSystemChange,
        now_ms: u64,
    ) -> Result<Option<DesignSystem>, StoreError>;

    /// Removes one; `false` if the user has none with this id. After [`StoreError::Unavailable`] it may be gone.
    async fn remove_design_system(&self, user: &UserId, id: &DesignSystemId) -> Result<bool, StoreError>;
}
