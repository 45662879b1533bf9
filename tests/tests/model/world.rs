//! Who may do what in which state, and what must happen sooner or later.

use crate::client::{Client, Message};
use crate::design::{Design, Quartet};
use crate::properties::properties;
use crate::state::{CLIENTS, ClaimRule, Noted, ROOM, Set, State, Status, Step, Variant, Worker};
use stateright::{Model, Property};

/// Something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A worker is invoked and claims: for the first time, again, or by the sweep.
    Invoke,
    /// The worker of an attempt does its next step.
    Step(u8),
    /// It sends a heartbeat while it waits.
    Beat(u8),
    /// Its model breaks off.
    BreakOff(u8),
    /// Its model finishes, and what it answered is saved.
    Finish(u8),
    /// Its invocation's time is nearly up.
    OutOfTime(u8),
    /// The sweep ends a variant that nobody will take up any more.
    SweepEnds,
    /// The sweep tells an end whose worker died before everyone was told.
    SweepTells,
    /// Somebody asks to cancel.
    Cancel,
    /// A message reaches a browser.
    Deliver(u8, Message),
    /// A browser resumes: it has just come, its socket was lost, it sees a gap, it has heard nothing for long.
    Resume(u8),
    /// The second half of a resume under `read_first`.
    SubscribeLate(u8),
    /// A browser that has not heard the end asks once more, after the end.
    ResumeLast(u8),
    /// A browser forgets everything.
    Reload(u8),
}

impl Quartet {
    fn attempts(&self) -> impl Iterator<Item = u8> {
        1..=self.bounds.attempts
    }

    fn clients(&self) -> impl Iterator<Item = u8> {
        0..self.bounds.clients
    }

    /// What the sweep does once the lease has run out, as `domain::sweep::decide` says. A lease runs out at any time:
    /// its holder may have crashed, or be slow.
    fn sweep(&self, state: &State) -> Option<Action> {
        match self.claim_rule(&state.variant) {
            _ if self.design.no_sweep => None,
            ClaimRule::Free => Some(Action::Invoke),
            ClaimRule::Exhausted => Some(Action::SweepEnds),
            ClaimRule::Ended => (!state.variant.told).then_some(Action::SweepTells),
        }
    }

    fn may_resume_last(&self, browser: &Client, variant: &Variant) -> bool {
        let may_ask = !self.design.no_recover && browser.read.is_none() && !browser.asked_last;
        may_ask && variant.told && !browser.is_finished()
    }

    /// Whether nothing is left that has to happen. The sweep comes, a browser that has not heard the end asks for it,
    /// and what answers that ask arrives. Everything else may happen or not: a worker that takes no further step has
    /// crashed, a message that does not arrive is lost, an event is delivered again or is not.
    pub fn is_at_rest(&self, state: &State) -> bool {
        let is_waited_for = |browser: &Client| {
            let is_answered = browser.asked_last && !browser.under_way.is_empty();
            is_answered || browser.read.is_some() || self.may_resume_last(browser, &state.variant)
        };
        self.sweep(state).is_none() && !state.clients.iter().any(is_waited_for)
    }

    fn worker_actions(&self, state: &State, attempt: u8, actions: &mut Vec<Action>) {
        let worker = state.worker(attempt);
        if !worker.is_alive() {
            return;
        }
        actions.push(Action::Step(attempt));
        if !worker.seen.is_current && matches!(worker.step, Step::Append | Step::Release) {
            actions.push(Action::Beat(attempt));
        }
        if self.may_finish(state, attempt) {
            actions.push(Action::Finish(attempt));
        }
        if self.is_asking(state, attempt) {
            actions.push(Action::BreakOff(attempt));
            // Before the last attempt that asks it is the same as breaking off.
            if attempt == self.bounds.asking {
                actions.push(Action::OutOfTime(attempt));
            }
        }
    }

    fn table_actions(&self, state: &State, actions: &mut Vec<Action>) {
        let variant = &state.variant;
        match self.sweep(state) {
            Some(action) => actions.push(action),
            // Without a sweep an event may still come.
            None if self.claim_rule(variant) == ClaimRule::Free => actions.push(Action::Invoke),
            None => {}
        }
        // The invoke never came, and invoking again did not help.
        if variant.attempt == 0 && !variant.status.has_ended() && !self.design.no_sweep {
            actions.push(Action::SweepEnds);
        }
        if self.bounds.cancel && !variant.cancel_requested && !variant.status.has_ended() {
            actions.push(Action::Cancel);
        }
    }

    fn client_actions(&self, state: &State, client: u8, actions: &mut Vec<Action>) {
        let browser = &state.clients[usize::from(client)];
        actions.extend(browser.under_way.messages().map(|message| Action::Deliver(client, message)));
        if browser.read.is_some() {
            actions.push(Action::SubscribeLate(client));
        } else if browser.asks < self.bounds.asks[usize::from(client)]
            && !browser.is_finished()
            && !browser.asked_last
            && !self.design.no_recover
        {
            actions.push(Action::Resume(client));
        }
        if self.may_resume_last(browser, &state.variant) {
            actions.push(Action::ResumeLast(client));
        }
        let is_blank = browser.attempt == 0 && !browser.done && !state.variant.listeners.has(client);
        if browser.reloads < self.bounds.reloads[usize::from(client)] && !is_blank {
            actions.push(Action::Reload(client));
        }
    }

    fn act(&self, state: &mut State, action: Action) {
        match action {
            Action::Invoke => self.claim(state),
            Action::Step(attempt) => self.step(state, attempt),
            Action::Beat(attempt) => self.beat(state, attempt),
            Action::BreakOff(attempt) => self.break_off(state, attempt),
            Action::Finish(attempt) => self.finish(state, attempt),
            Action::OutOfTime(attempt) => state.worker_mut(attempt).step = Step::Release,
            Action::SweepEnds => Self::end_abandoned(state),
            Action::SweepTells => {
                self.announce(state, state.variant.listeners);
                state.variant.told = true;
            }
            Action::Cancel => Self::request_cancel(state),
            Action::Deliver(client, message) => self.deliver(state, client, message),
            Action::Resume(client) => {
                state.clients[usize::from(client)].asks += 1;
                self.resume(state, client);
            }
            Action::SubscribeLate(client) => Self::subscribe_late(state, client),
            Action::ResumeLast(client) => {
                state.clients[usize::from(client)].asked_last = true;
                self.resume(state, client);
            }
            Action::Reload(client) => Self::reload(state, client),
        }
    }
}

impl Model for Quartet {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            variant: Variant {
                status: Status::Queued,
                attempt: 0,
                listeners: if self.bounds.listens { Set::only(0) } else { Set::default() },
                cancel_requested: false,
                told: false,
            },
            chunks: [0; ROOM],
            raw: Set::default(),
            pages: Set::default(),
            reused: Set::default(),
            workers: [Worker::default(); ROOM],
            clients: [(); CLIENTS].map(|()| Client::default()),
            noted: Noted::default(),
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.table_actions(state, actions);
        for attempt in self.attempts() {
            self.worker_actions(state, attempt, actions);
        }
        for client in self.clients() {
            self.client_actions(state, client, actions);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        self.act(&mut next, action);
        self.settle(&mut next);
        // Mutations may put effects in another order and are not held to it.
        if self.design == Design::default() {
            assert!(next.progress() > state.progress(), "{action:?} is no progress:\n{state:?}\n{next:?}");
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties()
    }
}
