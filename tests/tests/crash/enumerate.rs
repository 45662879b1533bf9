use super::promise::check;
use super::scenario::{FAULTS, Faults, Scenario, Story};
use end_to_end::Breakage::{NoPages, NoRawAnswers, NothingDue, NothingSaved};
use end_to_end::{Ports, World};
use futures_util::FutureExt;
use ports::fault::{Fault, Harm};
use std::panic::AssertUnwindSafe;

/// Faults from here on would hit only the last recovery; a scenario without faults makes this many calls.
async fn calls(story: Story) -> Vec<&'static str> {
    let mut scenario = Scenario::new(story, Faults::at(&[]), |_, ports| ports);
    scenario.run().await;
    check(&scenario).await;
    scenario.faults.names()
}

/// Runs one scenario, checks the promise, and says which faults broke it.
async fn holds_with(
    story: Story,
    faults: &[(usize, Fault)],
    change: impl Fn(&World, Ports) -> Ports,
) -> Result<(), String> {
    let mut scenario = Scenario::new(story, Faults::at(faults), change);
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
        format!("{story:?} {faults:?}: {what}")
    })
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_a_fault_at_every_call() {
    for story in [Story::Asks, Story::Cancels, Story::AsksOverHttp, Story::AsksForWhatIsGone, Story::AsksTwice] {
        let calls = calls(story).await;
        println!("{story:?} makes {} calls: {}", calls.len(), calls.join(" "));
        for place in 0..calls.len() {
            for fault in FAULTS {
                holds_with(story, &[(place, fault)], |_, ports| ports).await.unwrap();
            }
        }
    }
}

/// Every pair whose first fault is at a call with this remainder; the shares run side by side.
async fn every_pair(story: Story, share: usize, shares: usize) {
    let calls = calls(story).await;
    let mut pairs = 0;
    for first in (0..calls.len()).filter(|first| first % shares == share) {
        // A fault makes the scenario longer: the second may hit what only the first made happen.
        for second in first + 1..calls.len() + 12 {
            for (one, other) in FAULTS.into_iter().flat_map(|one| FAULTS.map(|other| (one, other))) {
                pairs += 1;
                holds_with(story, &[(first, one), (second, other)], |_, ports| ports).await.unwrap();
            }
        }
    }
    println!("{story:?}: {pairs} pairs over {} calls", calls.len());
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_first_half() {
    every_pair(Story::Asks, 0, 2).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_second_half() {
    every_pair(Story::Asks, 1, 2).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_around_a_cancel() {
    every_pair(Story::Cancels, 0, 1).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_over_http() {
    every_pair(Story::AsksOverHttp, 0, 1).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_around_a_continuation_first_third() {
    every_pair(Story::AsksTwice, 0, 3).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_around_a_continuation_second_third() {
    every_pair(Story::AsksTwice, 1, 3).await;
}

#[tokio::test(start_paused = true)]
async fn the_promise_holds_with_every_pair_of_faults_around_a_continuation_last_third() {
    every_pair(Story::AsksTwice, 2, 3).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_first_part_is_saved_is_never_asked_for_from_its_start_again() {
    let calls = calls(Story::AsksTwice).await;
    let asked = calls.iter().position(|call| *call == "ask").unwrap();
    let saved = asked + calls[asked..].iter().position(|call| *call == "put").unwrap();
    for (place, call) in calls.iter().enumerate().skip(saved) {
        for fault in FAULTS {
            // Before the first part is in S3, nothing is saved.
            if place == saved && fault == Fault::Before(Harm::Crash) {
                continue;
            }
            let mut scenario = Scenario::new(Story::AsksTwice, Faults::at(&[(place, fault)]), |_, ports| ports);
            scenario.run().await;
            assert_eq!(scenario.world.model.begun(), 1, "{fault:?} at {call} ({place})");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_chunk_that_is_shown_but_not_saved_is_found() {
    let broken = holds_with(Story::Asks, &[], |_, ports| NothingSaved.breaks(ports));
    assert!(broken.await.unwrap_err().contains("shown"));
}

#[tokio::test(start_paused = true)]
async fn a_completed_variant_without_its_page_is_found() {
    let broken = holds_with(Story::Asks, &[], |_, ports| NoPages.breaks(ports));
    assert!(broken.await.unwrap_err().contains("the page is in S3"));
}

#[tokio::test(start_paused = true)]
async fn a_completed_variant_without_its_raw_answer_is_found() {
    let broken = holds_with(Story::Asks, &[], |_, ports| NoRawAnswers.breaks(ports));
    assert!(broken.await.unwrap_err().contains("the raw answer is in S3"));
}

#[tokio::test(start_paused = true)]
async fn a_system_without_its_sweep_is_found() {
    let mut found = 0;
    for place in 0..calls(Story::Asks).await.len() {
        let faults = [(place, Fault::Before(Harm::Crash))];
        let broken = holds_with(Story::Asks, &faults, |_, ports| NothingDue.breaks(ports));
        found += usize::from(broken.await.is_err());
    }
    assert!(found > 0);
}
