//! What each rule is for: without it the checker finds a way to break the promise. A property that no mutation breaks
//! would prove nothing.

use crate::design::{Bounds, Design, Quartet};
use crate::properties::{
    AS_RECORDED, ASKED, CANCEL_HEARD, COMPLETED, DURABLE, END_IS_FINAL, ENDED, FINISHED, NONE_MISSED, NONE_TWICE,
    ONE_ATTEMPT, PAID_ONCE, TOLD,
};
use stateright::{Checker, HasDiscoveries, Model};

/// Two of everything are enough for every counterexample. The design itself holds within these bounds.
pub const SMALL: Bounds = Bounds {
    chunks: 2,
    attempts: 2,
    asking: 2,
    clients: 2,
    listens: true,
    asks: [1, 1],
    reloads: [0, 0],
    cancel: true,
};

/// Asserts that without the rule the property does not hold, and prints a way there.
fn breaks(design: Design, property: &'static str) {
    breaks_within(design, property, SMALL);
}

fn breaks_within(design: Design, property: &'static str, bounds: Bounds) {
    // One thread makes the search, and so the path that it finds, the same every time.
    let checker = Quartet { design, bounds }
        .checker()
        .threads(1)
        .finish_when(HasDiscoveries::AllOf([property].into()))
        .spawn_bfs()
        .join();
    let Some(path) = checker.discovery(property) else {
        panic!("{design:?} was expected to break \"{property}\"; {} states hold", checker.unique_state_count());
    };
    println!("{property}: broken after {} states by {:?}", checker.unique_state_count(), path.into_actions());
}

#[test]
fn without_the_fence_a_zombie_changes_what_has_ended() {
    breaks(Design { unfenced: true, ..Design::default() }, END_IS_FINAL);
}

#[test]
fn without_the_fence_a_client_shows_another_text_than_is_recorded() {
    breaks(Design { unfenced: true, ..Design::default() }, AS_RECORDED);
}

#[test]
fn a_push_before_the_record_shows_what_a_crash_loses() {
    breaks(Design { push_first: true, ..Design::default() }, DURABLE);
}

#[test]
fn an_end_before_the_page_is_a_completion_without_a_page() {
    breaks(Design { end_first: true, ..Design::default() }, COMPLETED);
}

#[test]
fn a_raw_answer_saved_after_the_page_is_paid_for_twice() {
    breaks(Design { raw_late: true, ..Design::default() }, PAID_ONCE);
}

#[test]
fn a_claim_beyond_the_last_attempt_that_asks_is_one_more_bill() {
    breaks_within(Design { ask_always: true, ..Design::default() }, ASKED, Bounds { asking: 1, ..SMALL });
}

#[test]
fn a_cursor_of_seq_alone_mixes_the_texts_of_two_attempts() {
    breaks(Design { seq_only: true, ..Design::default() }, ONE_ATTEMPT);
}

#[test]
fn an_end_that_does_not_name_its_attempt_finishes_the_wrong_text() {
    breaks(Design { nameless_end: true, ..Design::default() }, AS_RECORDED);
}

#[test]
fn one_key_for_all_attempts_lets_a_zombie_replace_the_recorded_page() {
    breaks(Design { one_key: true, ..Design::default() }, COMPLETED);
}

#[test]
fn without_the_sweep_a_crash_is_silence() {
    breaks(Design { no_sweep: true, ..Design::default() }, ENDED);
}

#[test]
fn without_recovery_a_lost_push_is_never_made_good() {
    breaks(Design { no_recover: true, ..Design::default() }, FINISHED);
}

#[test]
fn an_append_that_ignores_signals_makes_a_subscriber_miss_a_chunk() {
    breaks(Design { ignore_signals: true, ..Design::default() }, NONE_MISSED);
}

#[test]
fn an_append_that_ignores_signals_does_not_hear_the_cancel() {
    breaks(Design { ignore_signals: true, ..Design::default() }, CANCEL_HEARD);
}

#[test]
fn a_replay_that_reads_before_it_subscribes_misses_what_comes_in_between() {
    breaks(Design { read_first: true, ..Design::default() }, NONE_MISSED);
}

#[test]
fn a_push_to_whoever_listens_by_then_sends_a_chunk_twice() {
    breaks(Design { late_listeners: true, ..Design::default() }, NONE_TWICE);
}

#[test]
fn an_end_noted_as_told_before_it_is_told_is_told_to_nobody_after_a_crash() {
    breaks(Design { told_first: true, ..Design::default() }, TOLD);
}
