//! The same checks over a system with one rule broken: they have to notice.

use crate::programs::{idle_program, programs, with};
use crate::stack::kills;
use crate::worker::{TAKEOVER, a_killed_worker};
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_that_saved_nothing_is_found() {
    let folder = with("variant", &programs().join("unsaving-variant"));
    let lost = a_killed_worker(folder.path(), TAKEOVER).await.unwrap_err();
    assert!(lost.starts_with("shown and lost"), "{lost}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_stack_that_saved_nothing_is_found() {
    let folder = with("variant", &programs().join("unsaving-variant"));
    let lost = kills(2, &["--bootstraps", folder.path().to_str().unwrap()]).await.unwrap_err();
    assert!(lost.starts_with("shown and lost"), "{lost}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_without_a_sweep_is_found() {
    let place = TempDir::new().unwrap();
    let folder = with("sweep", &idle_program(place.path()));
    let silent = a_killed_worker(folder.path(), TAKEOVER).await.unwrap_err();
    assert!(silent.starts_with("nobody took over"), "{silent}");
}
