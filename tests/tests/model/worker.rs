//! The worker: one effect a step, in the order of `functions/variant`. Between any two steps everything else may
//! happen, and after any of them the worker may be gone.

use crate::client::Message;
use crate::design::Quartet;
use crate::state::{Ending, Seen, Set, State, Status, Step, Worker};
use crate::store::{Appended, Beat};

impl Quartet {
    /// Chunks of an attempt that has all its text: what was answered before goes out as one `setCode`.
    pub const fn total(&self, state: &State, attempt: u8) -> u8 {
        if state.reused.has(attempt) { 1 } else { self.bounds.chunks }
    }

    /// Whether the worker waits for the model, which may break off until the last chunk's text has come.
    pub const fn is_asking(&self, state: &State, attempt: u8) -> bool {
        let waits =
            matches!((state.worker(attempt).step, self.design.push_first), (Step::Append, false) | (Step::Push, true));
        waits && self.is_unfinished(state, attempt)
    }

    const fn is_unfinished(&self, state: &State, attempt: u8) -> bool {
        let is_whole = state.raw.has(attempt) || state.reused.has(attempt);
        !is_whole && state.stored(attempt) < self.bounds.chunks
    }

    /// Whether the model may finish while chunks of its answer are still to be written: its answer is saved at once,
    /// beside the writing.
    pub const fn may_finish(&self, state: &State, attempt: u8) -> bool {
        let writes = matches!(state.worker(attempt).step, Step::Append | Step::Push);
        writes && !self.design.raw_late && self.is_unfinished(state, attempt)
    }

    /// See [`Quartet::may_finish`].
    pub const fn finish(&self, state: &mut State, attempt: u8) {
        Self::put(&mut state.raw, attempt, self.design.one_key);
    }

    /// The worker's next effect.
    pub fn step(&self, state: &mut State, attempt: u8) {
        match state.worker(attempt).step {
            Step::Unclaimed | Step::Gone => {}
            Step::Look => self.look(state, attempt),
            Step::Append => self.write(state, attempt),
            Step::Push => {
                self.push(state, attempt);
                let next = if self.design.push_first { Step::Append } else { self.after_chunk(state, attempt) };
                Self::go(state, attempt, next);
            }
            Step::Release => {
                self.release(state, attempt);
                Self::go(state, attempt, Step::Gone);
            }
            Step::SaveRaw => {
                Self::put(&mut state.raw, attempt, self.design.one_key);
                Self::go(state, attempt, if self.design.raw_late { Step::End(Ending::Completed) } else { Step::Beat });
            }
            Step::Beat => self.beat_before_page(state, attempt),
            Step::SavePage => {
                Self::put(&mut state.pages, attempt, self.design.one_key);
                Self::go(state, attempt, self.after_page());
            }
            Step::End(ending) => self.end_and_go(state, attempt, ending),
            Step::Tell => {
                self.tell(state, attempt);
                Self::go(state, attempt, if self.design.told_first { Step::Gone } else { Step::Told });
            }
            Step::Told => {
                state.variant.told = true;
                Self::go(state, attempt, if self.design.told_first { Step::Tell } else { Step::Gone });
            }
        }
    }

    /// `earlier_answer`: what is paid for is used; only without it the model is asked.
    fn look(&self, state: &mut State, attempt: u8) {
        if (1..attempt).any(|earlier| state.raw.has(earlier)) {
            state.reused.add(attempt);
        } else if attempt > self.bounds.asking && !self.design.ask_always {
            Self::go(state, attempt, Step::End(Ending::Failed));
            return;
        } else {
            state.noted.asked_too_often |= attempt > self.bounds.asking;
            // A page comes from a whole answer, whether or not its raw text was saved.
            state.noted.paid_again |= (1..attempt).any(|earlier| state.pages.has(earlier));
        }
        Self::go(state, attempt, if self.design.push_first { Step::Push } else { Step::Append });
    }

    /// `Held::write`: append; what has changed is looked at before the next try.
    fn write(&self, state: &mut State, attempt: u8) {
        match self.append(state, attempt) {
            Appended::Recorded => {
                let next = if self.design.push_first { self.after_chunk(state, attempt) } else { Step::Push };
                Self::go(state, attempt, next);
            }
            Appended::Changed => Self::obey(state, attempt),
            Appended::Lost => Self::go(state, attempt, Step::Gone),
        }
    }

    /// A heartbeat while the model is silent or a pause lasts.
    pub fn beat(&self, state: &mut State, attempt: u8) {
        match self.heartbeat(state, attempt) {
            Beat::Held => Self::obey(state, attempt),
            Beat::Lost => Self::go(state, attempt, Step::Gone),
        }
    }

    fn beat_before_page(&self, state: &mut State, attempt: u8) {
        self.beat(state, attempt);
        if state.worker(attempt).step == Step::Beat {
            let ends = self.design.end_first;
            Self::go(state, attempt, if ends { Step::End(Ending::Completed) } else { Step::SavePage });
        }
    }

    /// Stops if the record that was just read asks for it.
    fn obey(state: &mut State, attempt: u8) {
        if state.variant.cancel_requested {
            Self::go(state, attempt, Step::End(Ending::Cancelled));
        }
    }

    /// The model broke off: another attempt, if there may be one. The pause before it is the step `Release`.
    pub fn break_off(&self, state: &mut State, attempt: u8) {
        let may_retry = attempt < self.bounds.asking;
        Self::go(state, attempt, if may_retry { Step::Release } else { Step::End(Ending::Failed) });
    }

    fn after_chunk(&self, state: &State, attempt: u8) -> Step {
        if state.stored(attempt) < self.total(state, attempt) {
            if self.design.push_first { Step::Push } else { Step::Append }
        } else if self.design.raw_late || state.raw.has(attempt) {
            Step::Beat
        } else {
            Step::SaveRaw
        }
    }

    const fn after_page(&self) -> Step {
        if self.design.end_first {
            Step::Tell
        } else if self.design.raw_late {
            Step::SaveRaw
        } else {
            Step::End(Ending::Completed)
        }
    }

    /// Puts an object. S3 knows nothing of leases: a zombie may put at any time, but only under its own key.
    const fn put(keys: &mut Set, attempt: u8, one_key: bool) {
        if one_key {
            keys.0 = 0;
        }
        keys.add(attempt);
    }

    /// `end_first` puts the page only now.
    fn end_and_go(&self, state: &mut State, attempt: u8, ending: Ending) {
        let next = if !self.end(state, attempt, ending) {
            Step::Gone
        } else if self.design.end_first && ending == Ending::Completed {
            Step::SavePage
        } else if self.design.told_first {
            Step::Told
        } else {
            Step::Tell
        };
        Self::go(state, attempt, next);
    }

    /// Goes on to a step, and forgets what no later step reads: states that differ only in that are one.
    fn go(state: &mut State, attempt: u8, next: Step) {
        let worker = state.worker_mut(attempt);
        worker.step = next;
        match next {
            Step::Gone => *worker = Worker::GONE,
            // From here on nothing reads who listened, until the end brings the record back.
            Step::SaveRaw | Step::Beat | Step::SavePage | Step::End(_) => worker.seen = Seen::default(),
            Step::Unclaimed | Step::Look | Step::Append | Step::Push | Step::Release | Step::Tell | Step::Told => {}
        }
        worker.replayed = if next == Step::Push { worker.replayed } else { Set::default() };
    }

    /// Sends workers home that have lost their attempt and whose next call the fence refuses: attempts only grow and an
    /// end is final, so all that such a worker can still do is to find that out.
    pub fn settle(&self, state: &mut State) {
        for attempt in 1..=self.bounds.attempts {
            let is_fenced =
                matches!(state.worker(attempt).step, Step::Append | Step::Beat | Step::End(_) | Step::Release);
            if is_fenced && !self.is_held_by(state, attempt) {
                Self::go(state, attempt, Step::Gone);
            }
        }
    }

    /// Pushes the chunk to everyone who listened when it was recorded.
    fn push(&self, state: &mut State, attempt: u8) {
        let worker = *state.worker(attempt);
        let seq = state.stored(attempt) - u8::from(!self.design.push_first);
        let listeners = if self.design.late_listeners { state.variant.listeners } else { worker.seen.listeners };
        for client in listeners.members() {
            if worker.replayed.has(client) {
                state.noted.twice.add(client);
            }
            self.send(state, client, Message::Chunk { attempt, seq });
        }
    }

    /// `Announcer::tell`: the end to those who listened when it was recorded, `done` to those who listen now.
    fn tell(&self, state: &mut State, attempt: u8) {
        let listeners = state.worker(attempt).seen.listeners;
        self.announce(state, listeners);
    }

    /// See [`Quartet::tell`]; the sweep tells those who listen when it looks.
    pub fn announce(&self, state: &mut State, listeners: Set) {
        let Status::Ended(ending) = state.variant.status else { return };
        for client in listeners.members() {
            self.send(state, client, Message::ended(state.variant.attempt, ending));
            state.noted.end_sent.add(client);
        }
        for client in state.variant.listeners.members() {
            self.send(state, client, Message::Done);
        }
    }
}
