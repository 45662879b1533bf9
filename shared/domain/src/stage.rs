//! The stages of a generation's way, under the names that logs use. One line is written as each is reached, with
//! `generation_id` and `variant` where they are known, so that a generation can be followed across functions. The table of
//! what each means is [`STAGES`]; `docs/troubleshooting.md` shows it.

mod table;

pub use table::{Row, STAGES};

use std::fmt;

/// A stage that has been reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A connection was accepted.
    Connected,
    /// A connection ended, with the code that the gateway reports.
    Disconnected,
    /// A request was read and is valid.
    ParamsRead,
    /// A request was refused.
    Refused,
    /// The request is in S3 under its generation's id.
    RequestSaved,
    /// The generation and its variants are in the table.
    GenerationSaved,
    /// The client was told the ids.
    StatusSent,
    /// A worker was invoked for a variant.
    JobEnqueued,
    /// A worker holds the variant.
    VariantClaimed,
    /// The provider has accepted the request.
    ModelAsked,
    /// Another model answers than was asked for.
    Substituted,
    /// The first chunk is durable and pushed.
    FirstChunk,
    /// The model's whole answer is in S3.
    RawSaved,
    /// The page is in S3.
    PageSaved,
    /// A picture for the page is in S3.
    PictureSaved,
    /// The variant is recorded as completed.
    Completed,
    /// The variant is recorded as failed.
    Failed,
    /// The variant is recorded as cancelled.
    Cancelled,
    /// Another attempt follows.
    Retried,
    /// The worker stops and gives the variant back.
    HandedOver,
    /// The worker found that the attempt is no longer its own.
    LeaseLost,
    /// A connection follows a generation again.
    Resumed,
    /// Somebody asked to stop.
    CancelRequested,
    /// Somebody deleted the generation, or it was kept for as long as it is to be kept.
    Deleted,
    /// What was left of it has been removed.
    Erased,
    /// The sweep took up a variant that had fallen silent.
    Swept,
    /// Everyone was told that the generation has ended.
    Done,
}

impl Stage {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The stage of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        STAGES.iter().find(|row| row.name == name).map(|row| row.stage)
    }

    /// What its line holds, and what it means.
    #[must_use]
    pub const fn row(self) -> &'static Row {
        // The table is in the order of the enum; a test holds it to that.
        &STAGES[self as usize]
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
