//! What each stage's line holds, and what it means when nothing came after it.

use super::Stage;

/// One stage, for those who read logs.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The stage.
    pub stage: Stage,
    /// Its stable name.
    pub name: &'static str,
    /// The function that writes it; `lifecycle`'s steps run in whichever function takes them.
    pub function: &'static str,
    /// The fields of its line, beside the time and the level.
    pub fields: &'static [&'static str],
    /// What is true once it is written.
    pub reached: &'static str,
    /// What it means when it is the last line of a generation or variant, and what follows.
    pub last: &'static str,
}

const fn row(
    stage: Stage,
    name: &'static str,
    function: &'static str,
    fields: &'static [&'static str],
    reached: &'static str,
    last: &'static str,
) -> Row {
    Row { stage, name, function, fields, reached, last }
}

const CONNECTION: &[&str] = &["connection"];
const GENERATION: &[&str] = &["generation_id"];
const VARIANT: &[&str] = &["generation_id", "variant"];
const ATTEMPT: &[&str] = &["generation_id", "variant", "attempt"];
const ENDED: &[&str] =
    &["generation_id", "variant", "attempt", "model", "listeners", "pushes", "pushes_gone", "pushes_failed"];

/// Every stage, in the order of [`Stage`].
#[rustfmt::skip]
pub const STAGES: [Row; 27] = [
    row(Stage::Connected, "connected", "socket", CONNECTION,
        "A connection is being recorded.",
        "The client connected and sent nothing; or recording the connection failed, and the handshake with it."),
    row(Stage::Disconnected, "disconnected", "socket", CONNECTION,
        "A connection has ended, with the gateway's code.",
        "The client is gone. What it followed goes on without it; 4333 cancels."),
    row(Stage::ParamsRead, "params_read", "socket, api", &["generation_id", "variants", "stack", "prompt_bytes", "images"],
        "A request is valid and has an id.",
        "The request could not be put into the bucket. Nothing was promised: the client got an error and may send again."),
    row(Stage::Refused, "refused", "socket", &["connection", "code"],
        "A request was refused, with a code and the field.",
        "The client was told what is wrong with its message; nothing was begun."),
    row(Stage::RequestSaved, "request_saved", "socket, api", GENERATION,
        "The request is in the bucket.",
        "The transaction that records the generation did not come about, or its answer was lost. A resend with the same requestId finds out."),
    row(Stage::GenerationSaved, "generation_saved", "socket, api", GENERATION,
        "The generation and its variants are in the table: it will end, whatever dies.",
        "The function died before it told the client or invoked a worker. The sweep invokes the workers within a minute."),
    row(Stage::StatusSent, "status_sent", "socket", &["generation_id", "connection"],
        "The client was told the ids.",
        "The function died before it invoked a worker, or Lambda did not take the invoke (invoke_failed). The sweep does it."),
    row(Stage::JobEnqueued, "job_enqueued", "socket, api", VARIANT,
        "Lambda has taken the invoke of a worker.",
        "No worker began: concurrency is used up, or the function variant fails at its start (misconfigured). The sweep invokes again."),
    row(Stage::VariantClaimed, "variant_claimed", "variant", &["generation_id", "variant", "attempt", "model", "waited_ms"],
        "A worker holds the variant under a new attempt.",
        "The worker died, or waits for the provider's first word (60 s at most). After its lease the sweep invokes another."),
    row(Stage::ModelAsked, "model_asked", "variant", &["generation_id", "variant", "attempt", "model", "answered_ms"],
        "The provider has accepted the question; from here on it costs money.",
        "The model is silent, or the worker died before its first chunk was recorded. After its lease the sweep invokes another."),
    row(Stage::Substituted, "substituted", "variant", &["generation_id", "variant", "attempt", "asked_for", "model", "reason"],
        "The model that was asked for is gone; its successor is recorded.",
        "The worker died before it asked the successor. The next attempt asks it."),
    row(Stage::FirstChunk, "first_chunk", "variant", &["generation_id", "variant", "attempt", "listeners", "since_accepted_ms"],
        "The first text is in the table and pushed.",
        "The worker died in mid-stream, or the stream stalled. What was shown stays; after its lease the sweep invokes another."),
    row(Stage::RawSaved, "raw_saved", "variant", ATTEMPT,
        "The model's answer, or a part of it, is in the bucket: it is not paid for again.",
        "The worker died before the page was saved. The next attempt finishes the saved answer without asking the model."),
    row(Stage::PageSaved, "page_saved", "variant", &["generation_id", "variant", "attempt", "bytes"],
        "The page is in the bucket.",
        "The worker died before it recorded the end. The next attempt saves the page again and records it."),
    row(Stage::PictureSaved, "picture_saved", "variant", &["generation_id", "variant", "attempt", "picture", "bytes"],
        "A picture for the page is in the bucket.",
        "The worker died while it drew pictures. The next attempt takes over what is drawn."),
    row(Stage::Completed, "completed", "variant",
        &["generation_id", "variant", "attempt", "model", "duration_ms", "page_bytes", "chunks", "listeners", "pushes", "pushes_gone", "pushes_failed"],
        "The variant is recorded as completed.",
        "The worker died before it told everyone, or other variants are still running. The sweep tells it again."),
    row(Stage::Failed, "failed", "variant", ENDED,
        "The variant is recorded as failed, with a code and a reason.",
        "It has ended; the reason says what to do. If others are still running, done comes with the last."),
    row(Stage::Cancelled, "cancelled", "variant", ENDED,
        "The variant is recorded as cancelled; its text so far is kept.",
        "It has ended because somebody asked for that."),
    row(Stage::Retried, "retried", "variant", &["generation_id", "variant", "attempt", "code", "reason", "pause_ms"],
        "The provider did not answer to the end; another attempt follows after a pause.",
        "The pause is not over, or the worker died in it. The sweep starts the next attempt."),
    row(Stage::HandedOver, "handed_over", "variant", ATTEMPT,
        "The worker's time is up, or its process stops; the variant is free.",
        "No successor began. The sweep invokes one; on one machine the next start does."),
    row(Stage::LeaseLost, "lease_lost", "variant", ATTEMPT,
        "The worker found that another has taken its place, and stopped.",
        "The other worker has written nothing yet: look for its variant_claimed."),
    row(Stage::Resumed, "resumed", "socket", &["generation_id", "connection", "cursors"],
        "A client asks for what it misses.",
        "The replay broke off, or the variants are still running and have written nothing since."),
    row(Stage::CancelRequested, "cancel_requested", "socket, api", VARIANT,
        "Somebody asked to stop.",
        "No worker has seen it yet: one sees it with its next chunk or heartbeat (1.5 s), the sweep after the lease."),
    row(Stage::Deleted, "deleted", "api, sweep", &["generation_id", "by_its_owner"],
        "Its records are gone: nobody sees the generation, and its workers can write no more. Without its owner, it was old enough.",
        "The function died before it removed what is left in the bucket. The sweep does it within a minute."),
    row(Stage::Erased, "erased", "api, sweep", &["generation_id", "objects"],
        "Chunks and objects that were there are removed.",
        "All is well. While a worker could still live that was there before, the sweep looks again."),
    row(Stage::Swept, "swept", "sweep", &["generation_id", "variant", "attempt", "was", "action"],
        "The sweep took up a variant that had fallen silent.",
        "The worker that it invoked has not begun, or the end that it told was the last thing to do (action)."),
    row(Stage::Done, "done", "variant, sweep", &["generation_id", "status", "listeners"],
        "Every variant has ended and everyone who listens was told.",
        "All is well: this is the end."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_is_in_the_order_of_the_stages_and_names_are_unique() {
        for row in &STAGES {
            assert_eq!((row.stage.name(), Stage::named(row.name)), (row.name, Some(row.stage)));
        }
        assert_eq!(STAGES.len(), Stage::Done as usize + 1);
        assert_eq!(STAGES.iter().map(|row| row.name).collect::<HashSet<_>>().len(), STAGES.len());
    }

    #[test]
    fn every_line_names_what_it_is_about() {
        for row in &STAGES {
            assert!(row.fields.contains(&"generation_id") || row.fields.contains(&"connection"), "{}", row.name);
            assert!(row.reached.ends_with('.') && row.last.ends_with('.'), "{}", row.name);
        }
    }
}
