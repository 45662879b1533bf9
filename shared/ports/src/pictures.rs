use crate::ModelError;
use async_trait::async_trait;
use domain::image::Format;
use domain::pictures::Shape;
use domain::usage::Usage;

/// What an image model is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureRequest {
    /// The model's name at the provider.
    pub model: String,
    /// What is to be seen.
    pub description: String,
    /// The picture's sides.
    pub shape: Shape,
}

/// A picture that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is, by its content.
    pub format: Format,
    /// Tokens, if the provider counted them.
    pub usage: Option<Usage>,
}

/// Image models.
#[async_trait]
pub trait Pictures: Send + Sync {
    /// Draws a picture. After success it is paid for, and it is a whole file of at most `DRAWN_BYTES_MAX`. After an error there is
    /// none; `StreamStalled`, `StreamInterrupted` and `ProviderFailed` leave open whether one was paid for, any other code says
    /// that none was. Answers within `PICTURE_MS_MAX`. The words of an error hold no secret.
    async fn draw(&self, request: &PictureRequest) -> Result<Drawn, ModelError>;
}
