use super::promise::check;
use super::scenario::{FAULTS, Faults, Scenario};
use end_to_end::Breakage::{NoPages, NoRawAnswers, NothingDue, NothingSaved};
use end_to_end::{Ports, World};
use futures_util::FutureExt;
use ports::fault::{Fault, Harm};
use std::panic::AssertUnwindSafe;

/// Faults from here on would hit only the last recovery; a scenario without faults makes this many calls.
async fn calls() -> Vec<&'static str> {
    let mut scenario = Scenario::new(Faults::at(&[]), |_, ports| ports);
    scenario.run().await;
    check(&scenario).await;
    scenario.faults.names()
}

/// Runs one scenario, checks the promise, and says which faults broke it.
async fn holds_with(faults: &[(usize, Fault)], change: impl Fn(&World, Ports) -> Ports) -> Result<(), String> {
    let mut scenario = Scenario::new(Faults::at(faults), change);
    let outcome = AssertUnwindSafe(async {
        scenario.run().await;
        check(&scenario).await;
    })
    .catch_unwind()
    .await;
    outcome.map_err(|panic| {
        let what = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default();
        format!("{faults:?}: {what}")
    })
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_a_fault_at_every_call() {
    let calls = calls().await;
    println!("{} calls: {}", calls.len(), calls.join(" "));
    for place in 0..calls.len() {
        for fault in FAULTS {
            holds_with(&[(place, fault)], |_, ports| ports).await.unwrap();
        }
    }
}

/// Every pair whose first fault is at a call with this remainder; the shares run side by side.
async fn every_pair(share: usize) {
    let calls = calls().await;
    let mut pairs = 0;
    for first in (0..calls.len()).filter(|first| first % SHARES == share) {
        // A fault makes the scenario longer: the second may hit what only the first made happen.
        for second in first + 1..calls.len() + 12 {
            for (one, other) in FAULTS.into_iter().flat_map(|one| FAULTS.map(|other| (one, other))) {
                pairs += 1;
                holds_with(&[(first, one), (second, other)], |_, ports| ports).await.unwrap();
            }
        }
    }
    println!("{pairs} pairs over {} calls", calls.len());
}

const SHARES: usize = 4;

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_first_share() {
    every_pair(0).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_second_share() {
    every_pair(1).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_third_share() {
    every_pair(2).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_fourth_share() {
    every_pair(3).await;
}

#[tokio::test(start_paused = true)]
async fn a_chunk_that_is_shown_but_not_saved_is_found() {
    let broken = holds_with(&[], |_, ports| NothingSaved.breaks(ports));
    assert!(broken.await.unwrap_err().contains("shown"));
}

#[tokio::test(start_paused = true)]
async fn a_completed_variant_without_its_page_is_found() {
    let broken = holds_with(&[], |_, ports| NoPages.breaks(ports));
    assert!(broken.await.unwrap_err().contains("the page is in S3"));
}

#[tokio::test(start_paused = true)]
async fn a_completed_variant_without_its_raw_answer_is_found() {
    let broken = holds_with(&[], |_, ports| NoRawAnswers.breaks(ports));
    assert!(broken.await.unwrap_err().contains("the raw answer is in S3"));
}

#[tokio::test(start_paused = true)]
async fn a_system_without_its_sweep_is_found() {
    let mut found = 0;
    for place in 0..calls().await.len() {
        let faults = [(place, Fault::Before(Harm::Crash))];
        let broken = holds_with(&faults, |_, ports| NothingDue.breaks(ports));
        found += usize::from(broken.await.is_err());
    }
    assert!(found > 0);
}
