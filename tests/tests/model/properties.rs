//! The promise, as properties of every reachable state.
//!
//! "Eventually" is said of states at rest instead of by `Property::eventually`: the checker follows only the first path
//! to a state and would overlook a second one on which nothing ever came of it. Every action is progress (`next_state`
//! asserts it), so every path is finite, and one on which all that must happen does happen ends in a state at rest.

use crate::client::Client;
use crate::design::Quartet;
use crate::state::{Ending, State, Status, Worker};
use stateright::Property;

pub const ONE_ATTEMPT: &str = "what is shown is of one attempt, in order and without a gap";
pub const DURABLE: &str = "what is shown is durable";
pub const COMPLETED: &str = "completed means that raw answer, page and all chunks of that attempt exist";
pub const AS_RECORDED: &str = "a finished client shows exactly what is recorded of the attempt that ended";
pub const END_IS_FINAL: &str = "an ended variant never changes";
pub const NONE_MISSED: &str = "a subscriber misses no chunk";
/// Only of a connection that is new: one that already listens and resumes may get a chunk both ways, and ignores one.
pub const NONE_TWICE: &str = "a new subscriber gets no chunk both live and by replay";
pub const CANCEL_HEARD: &str = "no chunk is recorded after a cancel was requested";
/// Raw answer or page. What a worker had heard and not yet saved dies with it, and is asked for again.
pub const PAID_ONCE: &str = "an answer that reached S3 is not paid for again";
pub const ASKED: &str = "no attempt asks the model that may only finish";
pub const TOLD: &str = "told means that the end was sent to everyone who listens";
pub const ENDED: &str = "eventually ended, and told";
pub const FINISHED: &str = "eventually every client is finished";
pub const ZOMBIE: &str = "sometimes a zombie and its successor both live";
pub const CANCELLED: &str = "sometimes cancelled";
pub const REUSED: &str = "sometimes completed with an earlier attempt's answer";

pub fn properties() -> Vec<Property<Quartet>> {
    vec![
        Property::always(ONE_ATTEMPT, |_, state| one_attempt(state)),
        Property::always(DURABLE, |_, state| durable(state)),
        Property::always(COMPLETED, completed),
        Property::always(AS_RECORDED, |_, state| as_recorded(state)),
        Property::always(END_IS_FINAL, |_, state: &State| !state.noted.end_undone),
        Property::always(NONE_MISSED, |_, state: &State| state.noted.missed.is_empty()),
        Property::always(NONE_TWICE, |_, state: &State| state.noted.twice.is_empty()),
        Property::always(CANCEL_HEARD, |_, state: &State| !state.noted.deaf),
        Property::always(PAID_ONCE, |_, state: &State| !state.noted.paid_again),
        Property::always(ASKED, |_, state: &State| !state.noted.asked_too_often),
        Property::always(TOLD, |_, state: &State| {
            !state.variant.told || state.variant.listeners.without(state.noted.end_sent).is_empty()
        }),
        Property::always(ENDED, |quartet: &Quartet, state: &State| {
            !quartet.is_at_rest(state) || state.variant.status.has_ended() && state.variant.told
        }),
        Property::always(FINISHED, |quartet: &Quartet, state: &State| {
            let mut clients = state.clients.iter().take(usize::from(quartet.bounds.clients));
            !quartet.is_at_rest(state) || clients.all(Client::is_finished)
        }),
        Property::sometimes(ZOMBIE, |_, state: &State| {
            state.workers.iter().filter(|worker| Worker::is_alive(worker)).count() > 1
        }),
        Property::sometimes(CANCELLED, |_, state: &State| state.variant.status == Status::Ended(Ending::Cancelled)),
        Property::sometimes(REUSED, |_, state: &State| {
            state.variant.status == Status::Ended(Ending::Completed) && state.reused.has(state.variant.attempt)
        }),
    ]
}

/// The prefix that is shown has no gap by its making; its chunks have to agree.
fn one_attempt(state: &State) -> bool {
    state.clients.iter().all(|browser| browser.shown().windows(2).all(|pair| pair[0] == pair[1]))
}

fn durable(state: &State) -> bool {
    let is_stored = |(seq, attempt): (usize, &u8)| seq < usize::from(state.stored(*attempt));
    state.clients.iter().all(|browser| browser.shown().iter().enumerate().all(is_stored))
}

fn completed(quartet: &Quartet, state: &State) -> bool {
    let attempt = state.variant.attempt;
    state.variant.status != Status::Ended(Ending::Completed)
        || state.raw.has(attempt) && state.pages.has(attempt) && state.stored(attempt) == quartet.total(state, attempt)
}

/// Also of a variant that failed or was cancelled: its partial text is shown to the last recorded chunk.
fn as_recorded(state: &State) -> bool {
    let attempt = state.variant.attempt;
    let shows_all = |shown: &[u8]| {
        shown.len() == usize::from(state.stored(attempt)) && shown.iter().all(|of_attempt| *of_attempt == attempt)
    };
    let mut finished = state.clients.iter().filter(|browser| browser.is_finished());
    finished.all(|browser| state.variant.status.has_ended() && shows_all(browser.shown()))
}
