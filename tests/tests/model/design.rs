//! What is checked: the design with its switches, and how far its world reaches.

use crate::state::CLIENTS;

/// The order of effects and the rules of the client. The default is the design that is built; every switch takes one
/// of its rules away, so that a test can show what that rule is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Design {
    /// The table takes writes of an attempt that is no longer the caller's.
    pub unfenced: bool,
    /// A chunk is pushed before it is recorded.
    pub push_first: bool,
    /// The variant is ended before its page is in S3.
    pub end_first: bool,
    /// The raw answer is saved after the page instead of before it.
    pub raw_late: bool,
    /// The client knows a chunk by its `seq` alone.
    pub seq_only: bool,
    /// `variantComplete` and `variantError` do not say which attempt they end.
    pub nameless_end: bool,
    /// Raw answer and page of every attempt have the same key.
    pub one_key: bool,
    /// Nothing looks after a variant that fell silent.
    pub no_sweep: bool,
    /// A client cannot ask for what it misses.
    pub no_recover: bool,
    /// `append` does not compare `signals`.
    pub ignore_signals: bool,
    /// A replay reads first and subscribes afterwards.
    pub read_first: bool,
    /// The end is noted as told before it is told.
    pub told_first: bool,
    /// A worker asks the model however often it was asked before.
    pub ask_always: bool,
    /// A chunk is pushed to whoever listens at the push, not to whom its writer knew when it was recorded.
    pub late_listeners: bool,
}

/// How much of the world is explored. Within these bounds every interleaving is.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Chunks of one whole answer.
    pub chunks: u8,
    /// `CLAIMS_MAX`.
    pub attempts: u8,
    /// `ATTEMPTS_MAX`: later attempts may only finish what was answered.
    pub asking: u8,
    /// Browsers.
    pub clients: u8,
    /// Whether the first browser has listened from the start. Every other one comes when it likes.
    pub listens: bool,
    /// How often each browser may resume while things are under way; its last resort comes on top.
    pub asks: [u8; CLIENTS],
    /// How often each browser may forget everything and come back on a new connection.
    pub reloads: [u8; CLIENTS],
    /// Whether somebody may ask to cancel.
    pub cancel: bool,
}

/// One design within its bounds: what the checker explores.
#[derive(Clone, Copy, Debug)]
pub struct Quartet {
    /// The rules.
    pub design: Design,
    /// The reach.
    pub bounds: Bounds,
}
