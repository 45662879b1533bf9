//! Everything that one state of the world consists of: the record, the objects, the workers, the browsers.

use crate::client::Client;

/// The most attempts, chunks of an attempt and browsers that a state has room for.
pub const ROOM: usize = 3;
/// See [`ROOM`].
pub const CLIENTS: usize = 2;

/// A set of small numbers (attempts, or clients), as bits: states are hashed by the million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Set(pub u8);

impl Set {
    pub const fn only(member: u8) -> Self {
        Self(1 << member)
    }

    pub const fn has(self, member: u8) -> bool {
        self.0 & (1 << member) != 0
    }

    pub const fn add(&mut self, member: u8) {
        self.0 |= 1 << member;
    }

    pub const fn remove(&mut self, member: u8) {
        self.0 &= !(1 << member);
    }

    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn members(self) -> impl Iterator<Item = u8> {
        (0..8).filter(move |member| self.has(*member))
    }
}

/// How a variant ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    Completed,
    Failed,
    Cancelled,
}

/// Where a variant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    Queued,
    Running,
    Ended(Ending),
}

impl Status {
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Ended(_))
    }
}

/// The variant's record. Three of its fields are not here: the holder, because a claim that is taken has an attempt
/// number of its own; `next_seq`, because it is the number of chunks stored under the attempt; and the lease's end,
/// because time may pass at any moment, so that a claim or a sweep simply finds the lease run out or does not come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    pub status: Status,
    /// The current attempt; 0 when nobody has claimed.
    pub attempt: u8,
    pub listeners: Set,
    pub cancel_requested: bool,
    pub told: bool,
}

/// What a claim finds. `Held` is missing: a claim that comes before the lease has run out changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimRule {
    Free,
    Ended,
    Exhausted,
}

/// The next effect of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Step {
    /// Nobody has claimed this attempt yet.
    #[default]
    Unclaimed,
    /// Looks for the raw answer of an earlier attempt; asks the model if there is none.
    Look,
    /// Records its next chunk.
    Append,
    /// Pushes the chunk that it has just recorded.
    Push,
    /// The model broke off, or the time is up: gives the attempt back.
    Release,
    SaveRaw,
    /// The heartbeat between raw answer and page.
    Beat,
    SavePage,
    End(Ending),
    /// Pushes the end and `done`.
    Tell,
    Told,
    /// It has returned, or it has crashed: nobody can tell the difference.
    Gone,
}

/// What a worker last read of the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    /// Whether `signals` still is what the worker has read. The numbers only ever grow and are only ever compared for
    /// equality, so one bit says it all.
    pub is_current: bool,
    pub listeners: Set,
}

/// The worker of one attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Worker {
    pub step: Step,
    pub seen: Seen,
    /// Ghost: to whom a replay has sent the chunk that this worker is about to push.
    pub replayed: Set,
}

impl Worker {
    pub const GONE: Self =
        Self { step: Step::Gone, seen: Seen { is_current: false, listeners: Set(0) }, replayed: Set(0) };

    pub const fn is_alive(&self) -> bool {
        !matches!(self.step, Step::Unclaimed | Step::Gone)
    }
}

/// Ghosts: what happened and must not have. No rule of the protocol reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Noted {
    /// An ended variant was changed.
    pub end_undone: bool,
    /// A chunk was recorded that these listeners get neither live nor by replay.
    pub missed: Set,
    /// These listeners got a chunk both live and by the replay that they subscribed with.
    pub twice: Set,
    /// The model was asked although an answer was already in S3.
    pub paid_again: bool,
    /// The model was asked by an attempt that may only finish.
    pub asked_too_often: bool,
    /// A chunk was recorded after the cancel.
    pub deaf: bool,
    /// To whose present connection the end was sent.
    pub end_sent: Set,
}

/// One state of the world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The variant's record in the table.
    pub variant: Variant,
    /// How many chunks are stored under each attempt.
    pub chunks: [u8; ROOM],
    /// Attempts whose raw answer S3 returns under its key.
    pub raw: Set,
    /// Attempts whose page S3 returns under its key.
    pub pages: Set,
    /// Attempts that finished from the raw answer of an earlier one.
    pub reused: Set,
    /// The worker of each attempt.
    pub workers: [Worker; ROOM],
    /// The browsers.
    pub clients: [Client; CLIENTS],
    /// What must not have happened.
    pub noted: Noted,
}

impl State {
    pub const fn worker(&self, attempt: u8) -> &Worker {
        &self.workers[attempt as usize - 1]
    }

    pub const fn worker_mut(&mut self, attempt: u8) -> &mut Worker {
        &mut self.workers[attempt as usize - 1]
    }

    /// Chunks stored under an attempt; attempt 0 has none.
    pub const fn stored(&self, attempt: u8) -> u8 {
        if attempt == 0 { 0 } else { self.chunks[attempt as usize - 1] }
    }

    /// Grows with every action, which makes every path finite: what is not done now is done later, or never will be.
    pub fn progress(&self) -> u32 {
        const EFFECT: u32 = 64;
        let steps = |(worker, chunks): (&Worker, &u8)| match worker.step {
            Step::Unclaimed => 0,
            Step::Look => 1,
            Step::Append => 2 + 2 * u32::from(*chunks),
            Step::Push => 1 + 2 * u32::from(*chunks),
            Step::Release | Step::SaveRaw => 20,
            Step::Beat => 22,
            Step::SavePage => 23,
            Step::End(_) => 24,
            Step::Tell => 25,
            Step::Told => 26,
            Step::Gone => 27,
        };
        let workers: u32 = self.workers.iter().zip(&self.chunks).map(steps).sum();
        let record = u32::from(self.variant.status.has_ended())
            + u32::from(self.variant.told)
            + u32::from(self.variant.cancel_requested)
            // Saved while chunks are still being written, or as a step of its own: the object counts, not the step.
            + self.raw.0.count_ones();
        let clients: u32 = self.clients.iter().map(Client::spent).sum();
        let under_way: u32 = self.clients.iter().map(|client| client.under_way.len()).sum();
        let stale = self.workers.iter().filter(|worker| worker.is_alive() && !worker.seen.is_current).count();
        // Fewer messages under way and fewer workers with old news are progress too, but less than any effect.
        EFFECT * (1 + workers + record + clients) - under_way - u32::try_from(stale).unwrap_or(u32::MAX)
    }
}
