//! Waiting for what has to come, and never longer than is bearable.

use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The longest that anything is waited for. A test that hits it has failed.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Looks until there is something to see. `None` if that takes too long.
pub async fn look_for<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return Some(seen);
        }
        if began.elapsed() > PATIENCE {
            return None;
        }
        sleep(LOOK_EVERY).await;
    }
}

/// The same, where it ends the test if that takes too long.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    look_for(look).await.unwrap_or_else(|| panic!("not within {PATIENCE:?}: {what}"))
}
