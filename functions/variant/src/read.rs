//! Reading the model's answer: part by part, each saved the moment it has come to its end.

use crate::Worker;
use crate::pump::Shared;
use crate::rest;
use domain::answer::{INTERRUPTED, REPEATED, rest_turns, sum};
use domain::error::{ErrorCode, Failure};
use domain::ids::AttemptKey;
use domain::limits::ANSWER_BYTES_MAX;
use domain::stage::Stage;
use domain::variant::{Answer, FINISH_TOO_LONG};
use ports::{ModelError, ModelEvent, ModelRequest, StoreError};
use std::time::Duration;

/// Tries of saving a part, on top of those of the store's client: it is the only copy of what was paid for.
const SAVE_TRIES: u32 = 5;

/// How the reader ended.
pub(crate) enum ReadEnd {
    /// The answer has ended, and all of it is in S3.
    Saved(Answer),
    /// The model refused, or broke off before its first word.
    Refused {
        /// Why.
        error: ModelError,
        /// What it was asked.
        request: ModelRequest,
    },
    /// It broke off.
    Broken {
        /// Why.
        error: ModelError,
        /// What the parts took that are in S3, if there are any.
        saved: Option<Answer>,
    },
    /// A part has come to its end and could not be saved.
    Unsaved(StoreError),
}

/// Reads the answer to its end, going on behind the parts that are there: `before` is what they took.
pub(crate) async fn read_to_the_end(
    worker: &Worker,
    mut request: ModelRequest,
    shared: &Shared<'_>,
    key: &AttemptKey,
    before: Answer,
) -> ReadEnd {
    let given = request.messages.len();
    let mut taken = (shared.lock().assembly.parts() > 0).then_some(before);
    loop {
        {
            let mut gathered = shared.lock();
            if taken.is_some() {
                request.messages.extend(rest_turns(gathered.assembly.text()));
            }
            gathered.begin_part();
        }
        let read = read(worker, &request, shared, key).await;
        request.messages.truncate(given);
        let (answer, error) = match read {
            Ok(answer) => (answer, None),
            Err(error) => {
                tracing::warn!(
                    generation_id = %key.variant.generation_id, variant = key.variant.variant_index,
                    attempt = key.attempt, code = ?error.failure.code, reason = error.failure.message, "model_failed"
                );
                let broken_off = Answer { finish_reason: Some(INTERRUPTED.to_owned()), ..Answer::default() };
                (broken_off, Some(error))
            }
        };
        let number = {
            let mut gathered = shared.lock();
            if gathered.closed {
                return stopped(taken);
            }
            // A first part that broke off is asked for again, and a later one is kept: what comes goes on behind it.
            if let Some(error) = error.clone() {
                let is_silent = gathered.part().is_empty();
                match taken {
                    None if is_silent => return ReadEnd::Refused { error, request },
                    None => return ReadEnd::Broken { error, saved: None },
                    Some(taken) if is_silent => return ReadEnd::Broken { error, saved: Some(taken) },
                    Some(_) => {}
                }
            }
            gathered.end_part();
            gathered.whole = true;
            gathered.assembly.parts()
        };
        if let Err(error) = save(worker, shared, key, number, &answer).await {
            return ReadEnd::Unsaved(error);
        }
        let answer = match taken {
            Some(before) => sum(before, answer),
            None => answer,
        };
        let mut gathered = shared.lock();
        if let Some(error) = error {
            return ReadEnd::Broken { error, saved: Some(answer) };
        }
        if !gathered.assembly.wants_rest(&answer) {
            return ReadEnd::Saved(answer);
        }
        gathered.whole = false;
        if gathered.stopping {
            return stopped(Some(answer));
        }
        taken = Some(answer);
    }
}

fn stopped(saved: Option<Answer>) -> ReadEnd {
    ReadEnd::Broken { error: broken(ErrorCode::StreamInterrupted, "The worker had to stop."), saved }
}

async fn save(
    worker: &Worker,
    shared: &Shared<'_>,
    key: &AttemptKey,
    number: u32,
    answer: &Answer,
) -> Result<(), StoreError> {
    let part = || shared.lock().part().to_owned();
    let mut pause = Duration::from_millis(500);
    for _ in 1..SAVE_TRIES {
        match worker.save_part(key, number, part(), answer).await {
            Ok(()) => return Ok(()),
            Err(error) => tracing::warn!(variant = %key.variant, %error, "save_raw_unknown"),
        }
        // The writer goes on beside this, so the lease is kept.
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    worker.save_part(key, number, part(), answer).await
}

async fn read(
    worker: &Worker,
    request: &ModelRequest,
    shared: &Shared<'_>,
    key: &AttemptKey,
) -> Result<Answer, ModelError> {
    let clock = &worker.clock;
    let asked_ms = clock.now_ms();
    let mut stream = worker.model.ask(request).await?;
    tracing::info!(
        stage = %Stage::ModelAsked, generation_id = %key.variant.generation_id, variant = key.variant.variant_index,
        attempt = key.attempt, model = request.model, answered_ms = clock.now_ms().saturating_sub(asked_ms)
    );
    let mut first_text_ms = None;
    let mut rest_ms = None;
    while let Some(event) = rest::next(&mut stream, rest_ms).await {
        match event? {
            ModelEvent::Text(text) => {
                first_text_ms.get_or_insert_with(|| clock.now_ms().saturating_sub(asked_ms));
                let mut gathered = shared.lock();
                if gathered.assembly.text().len() + text.len() > ANSWER_BYTES_MAX {
                    // Returning closes the provider's stream. What came is paid for, so it is saved like a whole answer.
                    let finish_reason = Some(FINISH_TOO_LONG.to_owned());
                    return Ok(Answer { finish_reason, first_text_ms, ..Answer::default() });
                }
                gathered.take_text(&text);
                rest_ms = gathered.rest_ms();
                let repeating = gathered.assembly.is_repeating();
                drop(gathered);
                if rest_ms.is_some() {
                    shared.news.notify_one();
                }
                if repeating {
                    // Dropping the stream stops it: the rest would be paid for and could not be used.
                    return Ok(Answer { finish_reason: Some(REPEATED.to_owned()), first_text_ms, ..Answer::default() });
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
