//! The model's deltas as chunks: a reader gathers, a writer takes what is due. They run side by side in one task, so
//! that the provider is read while a chunk is being written, and dropping the pump closes the provider's stream.

use crate::attempt::{Interruption, Raw};
use crate::claim::stop_at_ms;
use crate::hold::{Held, Standing};
use boot::Invocation;
use domain::coalesce::Coalescer;
use domain::error::{ErrorCode, Failure};
use domain::html::Extractor;
use domain::limits::ANSWER_BYTES_MAX;
use domain::models::known;
use domain::stage::Stage;
use domain::variant::Answer;
use domain::wire::server::Agent;
use futures_util::StreamExt;
use ports::{Clock, Model, ModelError, ModelEvent, ModelRequest, StoreError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How the pump ended. Everything that was gathered before has been written, except after a loss.
pub(crate) enum Pumped {
    /// The model has finished.
    Finished {
        /// Its answer.
        raw: Raw,
        /// The page inside it.
        page: String,
    },
    /// The model broke off.
    Broken(ModelError),
    /// Something else came first.
    Interrupted(Interruption),
}

/// What the reader has gathered and the writer has not yet taken.
struct Gathered<'a> {
    coalescer: &'a mut Coalescer,
    extractor: Option<Extractor>,
    raw: String,
    page: String,
    end: Option<Result<Answer, ModelError>>,
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
        self.raw.push_str(text);
        if let Some(extractor) = &mut self.extractor {
            let piece = extractor.push(text);
            self.coalescer.append(&piece);
            self.page.push_str(&piece);
        }
    }

    fn finish(&mut self, end: Result<Answer, ModelError>) {
        if let Some(extractor) = self.extractor.take() {
            let piece = extractor.finish();
            self.coalescer.append(&piece);
            self.page.push_str(&piece);
        }
        self.end = Some(end);
    }
}

/// Asks the model and pumps its answer into chunks.
pub(crate) async fn pump(
    model: &dyn Model,
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
            end: None,
        }),
        news: Notify::new(),
    };
    let clock = held.clock.clone();
    let key = held.key().clone();
    let read = async {
        let end = read(model, request, &shared, &clock).await;
        if let Err(error) = &end {
            tracing::warn!(
                generation_id = %key.variant.generation_id, variant = key.variant.variant_index,
                attempt = key.attempt, code = ?error.failure.code, reason = error.failure.message, "model_failed"
            );
        }
        shared.lock().finish(end);
        shared.news.notify_one();
        std::future::pending::<()>().await;
    };
    let interrupted = tokio::select! {
        interrupted = write(held, &shared, invocation) => interrupted?,
        // The reader never ends by itself: the writer has to take what it left.
        () = read => None,
    };
    if let Some(interruption) = interrupted {
        return Ok(Pumped::Interrupted(interruption));
    }
    let Gathered { raw, page, end, .. } = shared.gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(match end {
        Some(Ok(answer)) => Pumped::Finished { raw: Raw { text: raw, answer }, page },
        Some(Err(error)) => Pumped::Broken(error),
        None => Pumped::Interrupted(Interruption::Lost),
    })
}

async fn read(
    model: &dyn Model,
    request: &ModelRequest,
    shared: &Shared<'_>,
    clock: &Arc<dyn Clock>,
) -> Result<Answer, ModelError> {
    let asked_ms = clock.now_ms();
    let mut stream = model.ask(request).await?;
    tracing::debug!(stage = %Stage::ModelAsked, model = request.model, answered_ms = clock.now_ms() - asked_ms);
    let mut first_text_ms = None;
    while let Some(event) = stream.next().await {
        match event? {
            ModelEvent::Text(text) => {
                first_text_ms.get_or_insert_with(|| clock.now_ms().saturating_sub(asked_ms));
                let mut gathered = shared.lock();
                if gathered.raw.len() + text.len() > ANSWER_BYTES_MAX {
                    return Err(broken(ErrorCode::ProviderRejected, "The model's answer is longer than any page."));
                }
                gathered.take_text(&text);
                let pending = gathered.coalescer.has_pending();
                drop(gathered);
                if pending {
                    shared.news.notify_one();
                }
            }
            ModelEvent::Finished { model, finish_reason, usage } => {
                let price = known(&request.model).map(|known| known.price);
                return Ok(Answer {
                    model_answered: model,
                    finish_reason: Some(finish_reason),
                    usage,
                    cost_usd: price.zip(usage).map(|(price, usage)| price.cost_usd(usage)),
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
        let stopping = invocation.stop.has_come() || now_ms >= stop_at_ms(invocation);
        let (chunk, due_ms, ended) = {
            let mut gathered = shared.lock();
            let ended = gathered.end.is_some();
            let due = gathered.coalescer.due_ms().is_some_and(|due_ms| due_ms <= now_ms);
            let chunk = if due || ended || stopping { gathered.coalescer.take(now_ms) } else { None };
            (chunk, gathered.coalescer.due_ms(), ended)
        };
        let standing = match &chunk {
            Some(chunk) => held.write(chunk).await?,
            None if now_ms >= held.heartbeat_due_ms() => held.beat().await?,
            None if ended => return Ok(None),
            None if stopping => return Ok(Some(Interruption::OutOfTime)),
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
        () = tokio::time::sleep(Duration::from_millis(wake_ms.saturating_sub(now_ms).max(1))) => {}
        // With something pending, only its due time matters: news would wake the writer for every delta.
        () = shared.news.notified(), if due_ms.is_none() => {}
        () = invocation.stop.come() => {}
    }
}
