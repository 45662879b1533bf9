use async_trait::async_trait;
use domain::error::Failure;
use domain::models::Shape;
use domain::prompt::Message;
use domain::usage::Usage;
use futures_util::Stream;
use std::pin::Pin;

/// What a model is asked. Temperature is always 0 and reasoning is always off: the comparison is to be fair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRequest {
    /// The model's name at the provider.
    pub model: String,
    /// How this model is asked.
    pub shape: Shape,
    /// The conversation.
    pub messages: Vec<Message>,
}

/// A piece of a model's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelEvent {
    /// The next piece of text; never empty.
    Text(String),
    /// The answer is whole. Always the last event; a stream that ends otherwise ends with an error.
    Finished {
        /// The model that answered, as it calls itself.
        model: Option<String>,
        /// Why it stopped, in the provider's words.
        finish_reason: String,
        /// Tokens, if the provider counted them.
        usage: Option<Usage>,
    },
}

/// Why a model did not answer, or stopped in the middle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", failure.message)]
pub struct ModelError {
    /// What to record and to show; the code says whether another attempt may help.
    pub failure: Failure,
    /// How long the provider asks to wait, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

/// A model's answer as it comes. Dropping it closes the provider's stream.
pub type ModelStream = Pin<Box<dyn Stream<Item = Result<ModelEvent, ModelError>> + Send>>;

/// Models.
#[async_trait]
pub trait Model: Send + Sync {
    /// Asks a model. After success the provider has accepted the request and it is being paid for. Both the wait for
    /// the answer and every silence within it are bounded.
    async fn ask(&self, request: &ModelRequest) -> Result<ModelStream, ModelError>;
}
