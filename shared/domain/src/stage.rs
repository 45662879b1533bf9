//! The stages of a generation's way, under the names that logs use. One line is written as each is reached, with
//! `generation_id` and `variant` where they are known, so that a generation can be followed across functions.

use std::fmt;

/// A stage that has been reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The sweep took up a variant that had fallen silent.
    Swept,
    /// Everyone was told that the generation has ended.
    Done,
}

impl Stage {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::ParamsRead => "params_read",
            Self::Refused => "refused",
            Self::RequestSaved => "request_saved",
            Self::GenerationSaved => "generation_saved",
            Self::StatusSent => "status_sent",
            Self::JobEnqueued => "job_enqueued",
            Self::VariantClaimed => "variant_claimed",
            Self::ModelAsked => "model_asked",
            Self::Substituted => "substituted",
            Self::FirstChunk => "first_chunk",
            Self::RawSaved => "raw_saved",
            Self::PageSaved => "page_saved",
            Self::PictureSaved => "picture_saved",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Retried => "retried",
            Self::HandedOver => "handed_over",
            Self::LeaseLost => "lease_lost",
            Self::Resumed => "resumed",
            Self::CancelRequested => "cancel_requested",
            Self::Swept => "swept",
            Self::Done => "done",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
