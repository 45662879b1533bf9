//! A provider in memory.

use async_trait::async_trait;
use domain::error::{ErrorCode, Failure};
use domain::prompt::Speaker;
use futures_util::{StreamExt, stream};
use ports::{Model, ModelError, ModelEvent, ModelRequest, ModelStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// A model that is not deterministic: each request gets another text, unless it asks for the rest of one. It counts what it
/// was asked and what it finished.
pub struct CountingModel {
    /// Pieces of text in an answer.
    pub pieces: usize,
    /// The time between two pieces.
    pub pace: Duration,
    unknown: Vec<String>,
    breaking: Vec<String>,
    /// Pieces after which an answer is cut off at the length limit, every time.
    pub cut_after: Option<usize>,
    asked: Mutex<Vec<String>>,
    begun: AtomicU64,
    finished: Arc<AtomicU64>,
}

impl CountingModel {
    /// With so many pieces, so far apart.
    #[must_use]
    pub fn new(pieces: usize, pace: Duration) -> Self {
        Self {
            pieces,
            pace,
            unknown: Vec::new(),
            breaking: Vec::new(),
            cut_after: None,
            asked: Mutex::default(),
            begun: AtomicU64::new(0),
            finished: Arc::default(),
        }
    }

    /// With answers that are cut off after so many pieces, so that the rest has to be asked for.
    #[must_use]
    pub fn cut_after(self, pieces: usize) -> Self {
        Self { cut_after: Some(pieces), ..self }
    }

    /// The same, at a provider that does not know this model.
    #[must_use]
    pub fn without(mut self, model: &str) -> Self {
        self.unknown.push(model.to_owned());
        self
    }

    /// The same, with a model that breaks off in the middle of every answer.
    #[must_use]
    pub fn breaking_off(mut self, model: &str) -> Self {
        self.breaking.push(model.to_owned());
        self
    }

    /// The models that were asked and answer, in order: what has to be paid for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How many answers were begun, and not only gone on with.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// How many answers were read to their end.
    pub fn finished(&self) -> u64 {
        self.finished.load(Ordering::SeqCst)
    }

    /// The answer that is asked for, and its pieces that have come.
    fn number_and_first(&self, request: &ModelRequest) -> (usize, usize) {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request.model.clone());
            asked.len()
        };
        let so_far = request.messages.iter().rev().find(|message| message.speaker == Speaker::Assistant);
        let Some(so_far) = so_far else {
            self.begun.fetch_add(1, Ordering::SeqCst);
            return (number, 0);
        };
        let begun = so_far.text.split("answer ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        (begun.parse().unwrap(), so_far.text.matches(" piece ").count())
    }
}

#[async_trait]
impl Model for CountingModel {
    async fn ask(&self, request: &ModelRequest) -> Result<ModelStream, ModelError> {
        if self.unknown.contains(&request.model) {
            let failure = Failure::new(ErrorCode::ModelNotFound, format!("There is no {}.", request.model));
            return Err(ModelError { failure, retry_after_ms: None });
        }
        let (number, first) = self.number_and_first(request);
        let (last, pace) = (self.pieces, self.pace);
        let stop = self.cut_after.map_or(last, |cut| last.min(first + cut));
        let breaks_at = self.breaking.contains(&request.model).then_some(first + (stop - first) / 2);
        let finished = self.finished.clone();
        // At its own pace, however it is read.
        let begun = Instant::now();
        let pieces = stream::iter((1..).zip(first..=breaks_at.unwrap_or(stop))).then(move |(place, piece)| {
            let finished = finished.clone();
            async move {
                tokio::time::sleep_until(begun + pace * place).await;
                if breaks_at == Some(piece) {
                    let failure = Failure::new(ErrorCode::StreamInterrupted, "The answer broke off.");
                    return Err(ModelError { failure, retry_after_ms: None });
                }
                if piece == stop {
                    finished.fetch_add(1, Ordering::SeqCst);
                    let finish_reason = if stop == last { "stop" } else { "length" }.to_owned();
                    return Ok(ModelEvent::Finished { model: None, finish_reason, usage: None });
                }
                let (open, close) =
                    (if piece == 0 { "<html>" } else { "" }, if piece + 1 == last { "</html>" } else { "" });
                Ok(ModelEvent::Text(format!("{open}<p>answer {number} piece {piece}</p>{close}")))
            }
        });
        Ok(pieces.boxed())
    }
}
