//! A browser: the rules of `assembly.js`, and of `quartet.js` for when it is finished. What has been sent to it and has
//! not arrived is kept here too: each message on its own, so that worker and replay interleave in every order.

use crate::state::{Ending, ROOM};

/// A message to one browser. `nextSeq`, which the frame of an end carries, is added when it arrives: it is the number
/// of chunks of an attempt that nobody writes to any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    Chunk { attempt: u8, seq: u8 },
    Complete { attempt: u8 },
    Error { attempt: u8 },
    Done,
}

impl Message {
    const CHUNKS: u8 = (ROOM * ROOM) as u8;
    const ENDS: u8 = ROOM as u8 + 1;

    pub fn ended(attempt: u8, ending: Ending) -> Self {
        match ending {
            Ending::Completed => Self::Complete { attempt },
            Ending::Failed | Ending::Cancelled => Self::Error { attempt },
        }
    }

    const fn bit(self) -> u32 {
        1 << match self {
            Self::Chunk { attempt, seq } => (attempt - 1) * ROOM as u8 + seq,
            Self::Complete { attempt } => Self::CHUNKS + attempt,
            Self::Error { attempt } => Self::CHUNKS + Self::ENDS + attempt,
            Self::Done => Self::CHUNKS + 2 * Self::ENDS,
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        let room = ROOM as u8;
        let chunks = (1..=room).flat_map(move |attempt| (0..room).map(move |seq| Self::Chunk { attempt, seq }));
        let ends = (0..=room).flat_map(|attempt| [Self::Complete { attempt }, Self::Error { attempt }]);
        chunks.chain(ends).chain([Self::Done])
    }
}

/// The messages that have been sent and have not arrived. The same message twice is one: the second changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UnderWay(u32);

impl UnderWay {
    pub const fn add(&mut self, message: Message) {
        self.0 |= message.bit();
    }

    pub const fn remove(&mut self, message: Message) {
        self.0 &= !message.bit();
    }

    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn messages(self) -> impl Iterator<Item = Message> {
        Message::all().filter(move |message| self.0 & message.bit() != 0)
    }
}

/// What a client knows of the variant's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Heard {
    pub completed: bool,
    /// `nextSeq`: how many chunks there are.
    pub total: u8,
}

/// One browser, on its present connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Client {
    /// The attempt whose text it holds; 0 before the first message.
    pub attempt: u8,
    /// For each `seq` the attempt of the chunk that is held, or 0: applied ones and early ones.
    pub held: [u8; ROOM],
    pub ending: Option<Heard>,
    pub done: bool,
    pub under_way: UnderWay,
    /// How often it has resumed for no particular reason.
    pub asks: u8,
    /// How often it has been reloaded.
    pub reloads: u8,
    /// Whether it has asked after everything was over. That ask is answered: the network does not fail for ever.
    pub asked_last: bool,
    /// Only under `read_first`: the attempt and the number of chunks that a replay found before it subscribes.
    pub read: Option<(u8, u8)>,
}

impl Client {
    /// `#expected`: the number of chunks applied, which is what is shown.
    pub fn expected(&self) -> u8 {
        self.held.iter().take_while(|attempt| **attempt != 0).count() as u8
    }

    /// The attempts of the chunks on the screen, in order.
    pub fn shown(&self) -> &[u8] {
        &self.held[..usize::from(self.expected())]
    }

    fn has_early(&self) -> bool {
        self.held.iter().filter(|attempt| **attempt != 0).count() > usize::from(self.expected())
    }

    /// `#isMissingText`.
    fn is_missing_text(&self) -> bool {
        self.has_early() || self.ending.is_some_and(|heard| self.expected() < heard.total)
    }

    /// `#finished`: `done` has come, and the variant has ended with nothing of its text missing.
    pub fn is_finished(&self) -> bool {
        self.done && self.ending.is_some() && !self.is_missing_text()
    }

    /// `accept`; `total` is the `nextSeq` of an end. Under `seq_only` and `nameless_end` the message has no attempt.
    pub fn accept(&mut self, message: Message, total: u8, seq_only: bool, nameless_end: bool) {
        if self.is_finished() {
            return;
        }
        match message {
            Message::Chunk { attempt, seq } => {
                if seq_only {
                    self.attempt = self.attempt.max(1);
                } else if !self.is_of(attempt) {
                    return;
                }
                let held = &mut self.held[usize::from(seq)];
                if *held == 0 {
                    *held = attempt;
                }
            }
            Message::Complete { attempt } => {
                self.end(attempt, Heard { completed: true, total }, seq_only || nameless_end);
            }
            Message::Error { attempt } => {
                self.end(attempt, Heard { completed: false, total }, seq_only || nameless_end);
            }
            Message::Done => self.done = true,
        }
    }

    fn end(&mut self, attempt: u8, heard: Heard, nameless: bool) {
        if nameless || self.is_of(attempt) {
            self.ending.get_or_insert(heard);
        }
    }

    /// Whether a message of this attempt counts; one of a newer attempt starts the text anew (`#startAttempt`).
    fn is_of(&mut self, attempt: u8) -> bool {
        if attempt > self.attempt {
            self.attempt = attempt;
            self.held = [0; ROOM];
            self.ending = None;
        }
        attempt == self.attempt
    }

    /// What has been done with this browser that can be done only so often, as a measure of progress.
    pub fn spent(&self) -> u32 {
        // A reload takes back what came before it on the old connection, so it counts for more.
        u32::from(self.asks) + 2 * u32::from(self.reloads) + u32::from(self.asked_last)
    }
}
