//! Turns: how many tests use the browser at the same time.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// With more tabs than this, two cores make every one of them so slow that what a person would see is gone before a test has
/// looked, and all of them together are done no earlier.
const AT_ONCE: usize = 3;

static FREE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));

thread_local! {
    /// The turn of the test that runs on this thread.
    static OWN: RefCell<Weak<Turn>> = const { RefCell::new(Weak::new()) };
}

/// Leave to use the browser. It ends with its last clone.
pub(super) struct Turn(#[expect(dead_code, reason = "held, not used")] OwnedSemaphorePermit);

/// Waits for the turn of the test that runs on this thread. A test that has it already does not wait: two that wanted a second
/// one would wait for each other.
pub(super) async fn turn() -> Arc<Turn> {
    if let Some(own) = OWN.with_borrow(Weak::upgrade) {
        return own;
    }
    // The semaphore is never closed.
    let turn = Arc::new(Turn(FREE.clone().acquire_owned().await.unwrap()));
    OWN.set(Arc::downgrade(&turn));
    turn
}
