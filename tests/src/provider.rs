//! A provider in memory.

use async_trait::async_trait;
use domain::error::{ErrorCode, Failure};
use futures_util::{StreamExt, stream};
use ports::{Model, ModelError, ModelEvent, ModelRequest, ModelStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A model that is not deterministic: each request gets another text. It counts what it was asked and what it finished.
pub struct CountingModel {
    /// Pieces of text in an answer.
    pub pieces: usize,
    /// The time between two pieces.
    pub pace: Duration,
    unknown: Vec<String>,
    asked: Mutex<Vec<String>>,
    finished: Arc<AtomicU64>,
}

impl CountingModel {
    /// With so many pieces, so far apart.
    #[must_use]
    pub fn new(pieces: usize, pace: Duration) -> Self {
        Self { pieces, pace, unknown: Vec::new(), asked: Mutex::default(), finished: Arc::default() }
    }

    /// The same, at a provider that does not know this model.
    #[must_use]
    pub fn without(mut self, model: &str) -> Self {
        self.unknown.push(model.to_owned());
        self
    }

    /// The models that were asked and answer, in order: what has to be paid for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How many answers were read to their end.
    pub fn finished(&self) -> u64 {
        self.finished.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Model for CountingModel {
    async fn ask(&self, request: &ModelRequest) -> Result<ModelStream, ModelError> {
        if self.unknown.contains(&request.model) {
            let failure = Failure::new(ErrorCode::ModelNotFound, format!("There is no {}.", request.model));
            return Err(ModelError { failure, retry_after_ms: None });
        }
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request.model.clone());
            asked.len()
        };
        let (last, pace) = (self.pieces, self.pace);
        let finished = self.finished.clone();
        let pieces = stream::iter(0..=last).then(move |piece| {
            let finished = finished.clone();
            async move {
                tokio::time::sleep(pace).await;
                if piece == last {
                    finished.fetch_add(1, Ordering::SeqCst);
                    return Ok(ModelEvent::Finished { model: None, finish_reason: "stop".to_owned(), usage: None });
                }
                let (open, close) =
                    (if piece == 0 { "<html>" } else { "" }, if piece + 1 == last { "</html>" } else { "" });
                Ok(ModelEvent::Text(format!("{open}<p>answer {number} piece {piece}</p>{close}")))
            }
        });
        Ok(pieces.boxed())
    }
}
