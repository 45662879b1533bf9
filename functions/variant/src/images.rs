//! The images of a prompt, as the model gets them: data URLs, no larger than what it sees.
//!
//! This is done here and not where a request is accepted: what a model sees differs between the models of one request, the
//! decoder's memory belongs into the function that is sized for work, and the function that answers browsers stays small.

use crate::Worker;
use crate::attempt::Interruption;
use crate::hold::{Held, Standing};
use crate::scale::fit;
use domain::error::{ErrorCode, Failure};
use domain::image::source::{Source, data_url, decode};
use domain::image::view::View;
use domain::image::{Format, Picture, inspect};
use domain::limits::IMAGE_SCALE_MS_MAX;
use domain::prompt::Message;
use ports::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// What became of a prompt's images.
pub(crate) enum Prepared {
    /// Each is a data URL.
    Ready(Vec<Message>),
    /// One cannot be read any more.
    Failed(Failure),
    /// Something else came first.
    Interrupted(Interruption),
}

impl Worker {
    /// Opens every image and scales it to what the model sees. The lease is kept between images.
    pub(crate) async fn prepare_images(
        &self,
        held: &mut Held,
        mut messages: Vec<Message>,
    ) -> Result<Prepared, StoreError> {
        let model = held.seen.model_used();
        let view = View::of(model, self.catalogue.shape(model).family);
        for image in messages.iter_mut().flat_map(|message| &mut message.images) {
            let Some((bytes, picture)) = self.open(image).await? else {
                tracing::error!(variant = %held.key().variant, "corrupt_image");
                let failure = Failure::new(
                    ErrorCode::CorruptRecord,
                    "A stored image cannot be read any more, so nothing could be generated. Send it again.",
                );
                return Ok(Prepared::Failed(failure));
            };
            *image = shown(bytes, picture, view).await;
            if held.clock.now_ms() >= held.heartbeat_due_ms() {
                match held.beat().await? {
                    Standing::Held => {}
                    Standing::Cancelled => return Ok(Prepared::Interrupted(Interruption::Cancelled)),
                    Standing::Lost => return Ok(Prepared::Interrupted(Interruption::Lost)),
                }
            }
        }
        Ok(Prepared::Ready(messages))
    }

    async fn open(&self, image: &str) -> Result<Option<(Vec<u8>, Picture)>, StoreError> {
        let bytes = match Source::of(image) {
            Some(Source::Inline(data)) => decode(data).ok(),
            Some(Source::Object(key)) => self.objects.get(key).await?.map(|object| object.bytes),
            // An accepted request names no upload by its id any more.
            Some(Source::Upload(_)) | None => None,
        };
        Ok(bytes.and_then(|bytes| inspect(&bytes).ok().map(|picture| (bytes, picture))))
    }
}

/// The image as a data URL: scaled if the model sees less than there is, as it is if that is not known or scaling fails.
async fn shown(bytes: Vec<u8>, picture: Picture, view: Option<View>) -> String {
    let Some(size) = view.and_then(|view| view.smaller(picture)) else {
        return data_url(picture.format.media_type(), &bytes);
    };
    // Away from the executor, and never waited for beyond the limit: the thread ends by itself, its memory is bounded.
    let bytes = Arc::new(bytes);
    let original = bytes.clone();
    let work = spawn_blocking(move || fit(&bytes, picture.format, size));
    match timeout(Duration::from_millis(IMAGE_SCALE_MS_MAX), work).await {
        Ok(Ok(Ok(smaller))) if smaller.len() < original.len() => {
            tracing::debug!(?picture, ?size, bytes = original.len(), sent = smaller.len(), "image_scaled");
            data_url(Format::Png.media_type(), &smaller)
        }
        // Scaling saves time and money, and nothing else is lost without it.
        not_scaled => {
            tracing::debug!(?picture, ?size, bytes = original.len(), why = ?not_scaled.map(|_| ()), "image_not_scaled");
            data_url(picture.format.media_type(), &original)
        }
    }
}
