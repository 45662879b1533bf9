use super::scenario::{PIECES, Scenario, Story};
use domain::ids::UserId;
use domain::limits::OUTPUT_TOKENS_WANTED;
use end_to_end::promise::{ended_and_stored, recovered, shown_is_durable};
use ports::Quotas;
use std::sync::atomic::Ordering;

/// Holds the promise's five points against the world after its scenario.
pub async fn check(scenario: &Scenario) {
    let id = scenario.generation.as_ref().expect("the browser was acknowledged in the end");
    let heard = scenario.heard();
    shown_is_durable(&scenario.world, &heard).await;
    let variants = ended_and_stored(&scenario.world, id, PIECES).await;
    recovered(&scenario.world, &variants, &heard).await;
    assert_ne!(scenario.read_over_http().await["data"]["status"], "running", "and HTTP says the same");
    paid_once(scenario);
    counted_once(scenario).await;
}

/// Whatever died on the way: what was accepted is counted, and nothing runs any more.
async fn counted_once(scenario: &Scenario) {
    let counted = scenario.world.table.counters(&UserId::anonymous()).await.unwrap();
    for counters in [counted.user, counted.stack] {
        assert_eq!(counters.running, 0, "{counters:?}");
        assert!(counters.tokens < 2 * u64::from(OUTPUT_TOKENS_WANTED), "once: {counters:?}");
    }
}

/// One accepted request is paid for once, unless its worker died or its outcome was lost to a fault.
fn paid_once(scenario: &Scenario) {
    let asked = scenario.world.model.asked().len();
    let faults = scenario.faults.harmful();
    let parts = if scenario.story == Story::AsksTwice { 2 } else { 1 };
    assert!(asked <= parts + faults, "{asked} requests to the model with {faults} faults");
    assert!(scenario.world.model.begun() as usize <= 1 + faults, "the rest is asked for, and not everything again");
    assert!(scenario.faults.worker_crashes.load(Ordering::SeqCst) as usize <= faults);
}
