//! The model's deltas as chunks: a reader gathers, a writer takes what is due. They run side by side in one task, so
//! that the provider is read while a chunk is being written, and dropping the pump closes the provider's stream.

use crate::Worker;
use crate::attempt::{Interruption, Raw};
use crate::claim::{has_time, stop_at_ms};
use crate::hold::{Held, Standing};
use crate::rest;
use boot::Invocation;
use domain::coalesce::Coalescer;
use domain::error::{ErrorCode, Failure};
use domain::html::Extractor;
use domain::ids::AttemptKey;
use domain::limits::ANSWER_BYTES_MAX;
use domain::stage::Stage;
use domain::variant::{Answer, FINISH_TOO_LONG};
use domain::wire::server::Agent;
use ports::{ModelError, ModelEvent, ModelRequest, StoreError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Tries of saving a whole answer, on top of those of the store's client: it is the only copy of what was paid for.
const SAVE_TRIES: u32 = 5;

/// How the pump ended. Everything that was gathered before has been written, except after an interruption.
pub(crate) enum Pumped {
    /// The model has finished, and its answer is saved.
    Finished {
        /// Its answer.
        raw: Raw,
        /// The page inside it.
        page: String,
    },
    /// The model refused, or broke off before its first word.
    Refused(ModelError),
    /// The model broke off.
    Broken(ModelError),
    /// Something else came first.
    Interrupted(Interruption),
}

/// How the reader ended.
enum ReadEnd {
    /// The answer is whole and in S3.
    Saved(Raw),
    /// It broke off.
    Broken(ModelError),
    /// It is whole and could not be saved.
    Unsaved(StoreError),
}

/// What the reader has gathered and the writer has not yet taken.
struct Gathered<'a> {
    coalescer: &'a mut Coalescer,
    extractor: Option<Extractor>,
    raw: String,
    page: String,
    /// The model has finished: what was read is worth saving, whatever else happens.
    whole: bool,
    /// The worker stops: what comes from now on is not taken, so that what is there can be written to its end.
    closed: bool,
    end: Option<ReadEnd>,
}

struct Shared<'a> {
    gathered: Mutex<Gathered<'a>>,
    news: Notify,
}

impl<'a> Shared<'a> {
    /// A panic of the other side ends the whole pump, so what it left is not used.
    fn lock(&self) -> MutexGuard<'_, Gathered<'a>> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered<'_> {
    fn take_text(&mut self, text: &str) {
        if self.closed {
            return;
        }
        self.raw.push_str(text);
        if let Some(extractor) = &mut self.extractor {
            let piece = extractor.push(text);
            self.coalescer.append(&piece);
            self.page.push_str(&piece);
        }
    }

    fn finish(&mut self, end: ReadEnd) {
        if let Some(extractor) = self.extractor.take() {
            let piece = extractor.finish();
            self.coalescer.append(&piece);
            self.page.push_str(&piece);
        }
        self.end = Some(end);
    }
}

/// Asks the model and pumps its answer into chunks. The answer is saved the moment it is whole, before its last chunks are
/// written: whatever ends this worker after that, it is not paid for again.
pub(crate) async fn pump(
    worker: &Worker,
    request: &ModelRequest,
    held: &mut Held,
    coalescer: &mut Coalescer,
    invocation: &Invocation,
) -> Result<Pumped, StoreError> {
    let shared = Shared {
        gathered: Mutex::new(Gathered {
            coalescer,
            extractor: Some(Extractor::default()),
            raw: String::new(),
            page: String::new(),
            whole: false,
            closed: false,
            end: None,
        }),
        news: Notify::new(),
    };
    let key = held.key().clone();
    let mut reader = std::pin::pin!(async {
        let end = read_and_save(worker, request, &shared, &key).await;
        shared.lock().finish(end);
        shared.news.notify_one();
    });
    let mut reading = true;
    let written = {
        let mut writer = std::pin::pin!(write(held, &shared, invocation));
        loop {
            // Biased: a seed has to replay, and both sides are polled at every turn anyway.
            tokio::select! {
                biased;
                written = &mut writer => break written,
                () = &mut reader, if reading => reading = false,
            }
        }
    };
    if reading && shared.lock().whole {
        // The writer was stopped while a whole answer was on its way to S3.
        reader.await;
    }
    if let Some(interruption) = written? {
        return Ok(Pumped::Interrupted(interruption));
    }
    let (page, end, silent) = {
        let mut gathered = shared.lock();
        (std::mem::take(&mut gathered.page), gathered.end.take(), gathered.raw.is_empty())
    };
    match end {
        Some(ReadEnd::Saved(raw)) => Ok(Pumped::Finished { raw, page }),
        Some(ReadEnd::Broken(error)) if silent => Ok(Pumped::Refused(error)),
        Some(ReadEnd::Broken(error)) => Ok(Pumped::Broken(error)),
        Some(ReadEnd::Unsaved(error)) => Err(error),
        None => Ok(Pumped::Interrupted(Interruption::Lost)),
    }
}

async fn read_and_save(worker: &Worker, request: &ModelRequest, shared: &Shared<'_>, key: &AttemptKey) -> ReadEnd {
    match read(worker, request, shared).await {
        Ok(answer) => {
            let raw = {
                let mut gathered = shared.lock();
                if gathered.closed {
                    return ReadEnd::Broken(broken(ErrorCode::StreamInterrupted, "The worker had to stop."));
                }
                gathered.whole = true;
                Raw { text: gathered.raw.clone(), answer }
            };
            let mut pause = Duration::from_millis(500);
            for _ in 1..SAVE_TRIES {
                match worker.save_raw(key, &raw).await {
                    Ok(()) => return ReadEnd::Saved(raw),
                    Err(error) => tracing::warn!(variant = %key.variant, %error, "save_raw_unknown"),
                }
                // The writer goes on beside this, so the lease is kept.
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            match worker.save_raw(key, &raw).await {
                Ok(()) => ReadEnd::Saved(raw),
                Err(error) => ReadEnd::Unsaved(error),
            }
        }
        Err(error) => {
            tracing::warn!(
                generation_id = %key.variant.generation_id, variant = key.variant.variant_index,
                attempt = key.attempt, code = ?error.failure.code, reason = error.failure.message, "model_failed"
            );
            ReadEnd::Broken(error)
        }
    }
}

async fn read(worker: &Worker, request: &ModelRequest, shared: &Shared<'_>) -> Result<Answer, ModelError> {
    let clock = &worker.clock;
    let asked_ms = clock.now_ms();
    let mut stream = worker.model.ask(request).await?;
    tracing::debug!(stage = %Stage::ModelAsked, model = request.model, answered_ms = clock.now_ms().saturating_sub(asked_ms));
    let mut first_text_ms = None;
    let mut pending = false;
    while let Some(event) = rest::next(&mut stream, pending).await {
        match event? {
            ModelEvent::Text(text) => {
                first_text_ms.get_or_insert_with(|| clock.now_ms().saturating_sub(asked_ms));
                let mut gathered = shared.lock();
                if gathered.raw.len() + text.len() > ANSWER_BYTES_MAX {
                    // Returning closes the provider's stream. What came is paid for, so it is saved like a whole answer.
                    let finish_reason = Some(FINISH_TOO_LONG.to_owned());
                    return Ok(Answer { finish_reason, first_text_ms, ..Answer::default() });
                }
                gathered.take_text(&text);
                pending = gathered.coalescer.has_pending();
                drop(gathered);
                if pending {
                    shared.news.notify_one();
                }
            }
            ModelEvent::Finished { model, finish_reason, usage } => {
                return Ok(Answer {
                    model_answered: model,
                    finish_reason: Some(finish_reason),
                    usage,
                    cost_usd: usage.and_then(|usage| worker.catalogue.cost_usd(&request.model, usage)),
                    first_text_ms,
                });
            }
        }
    }
    Err(broken(ErrorCode::StreamInterrupted, "The provider's answer ended in the middle."))
}

fn broken(code: ErrorCode, message: &str) -> ModelError {
    ModelError { failure: Failure::new(code, message), retry_after_ms: None }
}

/// Writes what is due until the reader has ended and everything is written. Returns what came first, if anything did.
async fn write(
    held: &mut Held,
    shared: &Shared<'_>,
    invocation: &Invocation,
) -> Result<Option<Interruption>, StoreError> {
    let mut announced = false;
    loop {
        let now_ms = held.clock.now_ms();
        let stopping = !has_time(now_ms, invocation);
        let (chunk, due_ms, ended, whole) = {
            let mut gathered = shared.lock();
            gathered.closed |= stopping && !gathered.whole;
            let ended = gathered.end.is_some();
            let due = gathered.coalescer.due_ms().is_some_and(|due_ms| due_ms <= now_ms);
            let chunk = if due || ended || stopping { gathered.coalescer.take(now_ms) } else { None };
            (chunk, gathered.coalescer.due_ms(), ended, gathered.whole)
        };
        let standing = match &chunk {
            Some(chunk) => held.write(chunk, invocation).await?,
            None if now_ms >= held.heartbeat_due_ms() => held.beat_while(invocation).await?,
            None if stopping && !whole => return Ok(Some(Interruption::OutOfTime)),
            None if ended => return Ok(None),
            None => {
                wait(held, shared, invocation, due_ms).await;
                Standing::Held
            }
        };
        match standing {
            Standing::Held => {}
            Standing::Cancelled => return Ok(Some(Interruption::Cancelled)),
            Standing::Lost => return Ok(Some(Interruption::Lost)),
        }
        if chunk.is_some() && !announced {
            announced = true;
            held.progress(Agent::Frontend, 20).await;
        }
    }
}

/// Waits for the next chunk to be due, for news from the reader, for the next heartbeat, or for the time to stop.
async fn wait(held: &Held, shared: &Shared<'_>, invocation: &Invocation, due_ms: Option<u64>) {
    let now_ms = held.clock.now_ms();
    let beat_ms = held.heartbeat_due_ms().min(stop_at_ms(invocation));
    let wake_ms = due_ms.map_or(beat_ms, |due_ms| due_ms.min(beat_ms));
    tokio::select! {
        biased;
        () = tokio::time::sleep(Duration::from_millis(wake_ms.saturating_sub(now_ms).max(1))) => {}
        // With something pending, only its due time matters: news would wake the writer for every delta.
        () = shared.news.notified(), if due_ms.is_none() => {}
        () = invocation.stop.come() => {}
    }
}
