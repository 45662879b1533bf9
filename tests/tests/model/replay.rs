//! What happens at a browser: messages arrive or are lost, it resumes, it is reloaded.

use crate::client::{Client, Message};
use crate::design::Quartet;
use crate::state::{State, Status, Step};

impl Quartet {
    /// A message is under way, unless it would change nothing, now and later.
    pub fn send(&self, state: &mut State, client: u8, message: Message) {
        state.clients[usize::from(client)].under_way.add(message);
        self.drop_idle(state, client);
    }

    /// Forgets messages that the browser would ignore: they are of an attempt that it has left, or it has them. It
    /// would ignore them later as well, so their arrival is no event worth exploring.
    pub fn drop_idle(&self, state: &mut State, client: u8) {
        let browser = &state.clients[usize::from(client)];
        let mut under_way = browser.under_way;
        for message in browser.under_way.messages() {
            let mut after = browser.clone();
            self.accept(state, &mut after, message);
            if after == *browser {
                under_way.remove(message);
            }
        }
        state.clients[usize::from(client)].under_way = under_way;
    }

    /// `Assembly.accept`, with the `nextSeq` that the frame of an end carries.
    pub fn accept(&self, state: &State, browser: &mut Client, message: Message) {
        let total = match message {
            Message::Complete { attempt } | Message::Error { attempt } => state.stored(attempt),
            Message::Chunk { .. } | Message::Done => 0,
        };
        browser.accept(message, total, self.design.seq_only, self.design.nameless_end);
    }

    pub fn deliver(&self, state: &mut State, client: u8, message: Message) {
        let mut browser = state.clients[usize::from(client)].clone();
        browser.under_way.remove(message);
        self.accept(state, &mut browser, message);
        state.clients[usize::from(client)] = browser;
        self.drop_idle(state, client);
    }

    /// `Replayer::replay` with the browser's own cursor: subscribes, then sends what was recorded after the cursor when
    /// it subscribed. What the store returns for an attempt's numbers never changes, so reading it is part of the step;
    /// each message is under way on its own.
    pub fn resume(&self, state: &mut State, client: u8) {
        if self.design.read_first {
            let attempt = state.variant.attempt;
            state.clients[usize::from(client)].read = Some((attempt, state.stored(attempt)));
            self.replay(state, client, false);
        } else {
            let is_new = Self::subscribe(state, client);
            self.replay(state, client, is_new);
        }
    }

    /// The late half of a replay under `read_first`: whatever was recorded in between reaches this listener in no way.
    pub fn subscribe_late(state: &mut State, client: u8) {
        let attempt = state.variant.attempt;
        let found = state.clients[usize::from(client)].read.take().filter(|(of_attempt, _)| *of_attempt == attempt);
        let replayed = found.map_or(0, |(_, next_seq)| next_seq);
        if Self::subscribe(state, client) && state.stored(attempt) > replayed {
            state.noted.missed.add(client);
        }
    }

    fn replay(&self, state: &mut State, client: u8, is_new: bool) {
        let browser = &state.clients[usize::from(client)];
        let attempt = state.variant.attempt;
        // A cursor of an earlier attempt is of another text.
        let first = if browser.attempt == attempt { browser.expected() } else { 0 };
        let next_seq = state.stored(attempt);
        for seq in first..next_seq {
            self.send(state, client, Message::Chunk { attempt, seq });
        }
        if is_new && first < next_seq && state.worker(attempt).step == Step::Push {
            state.worker_mut(attempt).replayed.add(client);
        }
        if let Status::Ended(ending) = state.variant.status {
            self.send(state, client, Message::ended(attempt, ending));
            self.send(state, client, Message::Done);
            state.noted.end_sent.add(client);
        }
    }

    /// The browser forgets everything. Its old connection is gone, and with it what was under way to it; the new one
    /// listens only once it has resumed.
    pub fn reload(state: &mut State, client: u8) {
        Self::unsubscribe(state, client);
        let browser = &mut state.clients[usize::from(client)];
        *browser = Client { asks: browser.asks, reloads: browser.reloads + 1, ..Client::default() };
    }
}
