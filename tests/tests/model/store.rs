//! The table's calls that change a variant, each one atomic step with its condition, as `ports::Variants` promises
//! them. An answer that is lost after its effect changes nothing more: the store knows its own writes again.

use crate::design::Quartet;
use crate::state::{ClaimRule, Ending, Seen, Set, State, Status, Step, Variant, Worker};

/// What became of a chunk that was to be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    Recorded,
    Changed,
    Lost,
}

/// What a heartbeat brings back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    Held,
    Lost,
}

impl Quartet {
    /// Whether a worker may claim the variant, its lease having run out.
    pub const fn claim_rule(&self, variant: &Variant) -> ClaimRule {
        match variant.status {
            Status::Ended(_) => ClaimRule::Ended,
            Status::Queued | Status::Running if variant.attempt >= self.bounds.attempts => ClaimRule::Exhausted,
            Status::Queued | Status::Running => ClaimRule::Free,
        }
    }

    /// Whether the worker of `attempt` may write. The lease plays no part: one that has run out fences nobody out
    /// until somebody else has claimed.
    pub fn is_held_by(&self, state: &State, attempt: u8) -> bool {
        self.design.unfenced || state.variant.status == Status::Running && state.variant.attempt == attempt
    }

    /// An event reaches a worker: the first invoke, one that is delivered again, the sweep's, or the same process
    /// after it has given an attempt back. Whoever holds the variant becomes a zombie.
    pub fn claim(&self, state: &mut State) {
        let variant = &mut state.variant;
        variant.status = Status::Running;
        variant.attempt += 1;
        let (attempt, listeners) = (variant.attempt, variant.listeners);
        let step = if variant.cancel_requested { Step::End(Ending::Cancelled) } else { Step::Look };
        *state.worker_mut(attempt) =
            Worker { step, seen: Seen { is_current: true, listeners }, replayed: Set::default() };
    }

    pub fn append(&self, state: &mut State, attempt: u8) -> Appended {
        if !self.is_held_by(state, attempt) {
            return Appended::Lost;
        }
        if !state.worker(attempt).seen.is_current && !self.design.ignore_signals {
            Self::see(state, attempt);
            return Appended::Changed;
        }
        let unknown = state.variant.listeners.without(state.worker(attempt).seen.listeners);
        state.noted.missed = state.noted.missed.union(unknown);
        state.noted.deaf |= state.variant.cancel_requested;
        state.chunks[usize::from(attempt) - 1] += 1;
        Appended::Recorded
    }

    pub fn heartbeat(&self, state: &mut State, attempt: u8) -> Beat {
        if !self.is_held_by(state, attempt) {
            return Beat::Lost;
        }
        Self::see(state, attempt);
        Beat::Held
    }

    /// The record comes back to the worker.
    fn see(state: &mut State, attempt: u8) {
        let listeners = state.variant.listeners;
        state.worker_mut(attempt).seen = Seen { is_current: true, listeners };
    }

    pub fn release(&self, state: &mut State, attempt: u8) {
        if self.is_held_by(state, attempt) {
            state.variant.status = Status::Queued;
        }
    }

    /// Ends the variant; `false` if the attempt is no longer the caller's.
    pub fn end(&self, state: &mut State, attempt: u8, ending: Ending) -> bool {
        if !self.is_held_by(state, attempt) {
            return false;
        }
        // Only without a fence the attempt can be another than the current one.
        let is_other = state.variant.status != Status::Ended(ending) || state.variant.attempt != attempt;
        state.noted.end_undone |= state.variant.status.has_ended() && is_other;
        state.variant.status = Status::Ended(ending);
        state.variant.attempt = attempt;
        Self::see(state, attempt);
        true
    }

    /// The sweep's end of a variant that nobody holds: the record is still as the sweep has seen it.
    pub const fn end_abandoned(state: &mut State) {
        let ending = if state.variant.cancel_requested { Ending::Cancelled } else { Ending::Failed };
        state.variant.status = Status::Ended(ending);
    }

    /// Adds a listener and makes what workers know of the listeners old news. Returns whether it is a new one.
    pub fn subscribe(state: &mut State, client: u8) -> bool {
        let is_new = !state.variant.listeners.has(client);
        state.variant.listeners.add(client);
        Self::signal(state);
        is_new
    }

    /// Removes a listener. The number of signals may stay in the model: reading again would bring nothing that is
    /// pushed to.
    pub fn unsubscribe(state: &mut State, client: u8) {
        state.variant.listeners.remove(client);
        state.noted.end_sent.remove(client);
        for worker in &mut state.workers {
            worker.seen.listeners.remove(client);
            worker.replayed.remove(client);
        }
    }

    pub fn request_cancel(state: &mut State) {
        state.variant.cancel_requested = true;
        Self::signal(state);
    }

    fn signal(state: &mut State) {
        for worker in &mut state.workers {
            worker.seen.is_current = false;
        }
    }
}
