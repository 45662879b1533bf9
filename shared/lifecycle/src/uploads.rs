//! What was uploaded before a request, looked at when it is used: the permission bound a length and a type, but what the
//! bytes are is the client's word. An upload cannot be replaced, so what is found here is what a worker will read.

use crate::{Starter, StepError};
use domain::error::Refusal;
use domain::ids::{UploadId, UserId};
use domain::image::source::Source;
use domain::image::{Flaw, inspect};
use domain::keys;
use domain::limits::{IMAGE_BYTES_MAX, REQUEST_BYTES_MAX, REQUEST_IMAGE_BYTES_MAX};
use domain::request::reference::{RequestRef, no_upload, nothing_there};
use domain::request::{GenerationRequest, StartRequest};
use ports::Uploaded;

impl Starter {
    /// Reads a request that was uploaded. It may be used again: the same key attaches to the same generation.
    ///
    /// # Errors
    /// [`StepError::Refused`] as for a request in a message, by the same names of fields, and for a reference to nothing; the
    /// store's error.
    pub async fn uploaded_request(&self, user: &UserId, reference: &RequestRef) -> Result<StartRequest, StepError> {
        let key = keys::upload(user, &reference.upload);
        match self.uploads.uploaded(&key, REQUEST_BYTES_MAX).await? {
            Uploaded::Bytes(bytes) => Ok(reference.open(&bytes)?),
            Uploaded::Nothing => Err(nothing_there().into()),
            Uploaded::TooLarge => Err(Refusal::too_large(
                "requestRef",
                format!("The uploaded request is over {REQUEST_BYTES_MAX} bytes."),
            )
            .into()),
        }
    }

    /// Looks at every uploaded image, one after the other so that one is in memory at a time, and names it by its object.
    pub(crate) async fn with_uploads(
        &self,
        user: &UserId,
        request: &GenerationRequest,
    ) -> Result<GenerationRequest, StepError> {
        let mut bytes = 0;
        for (field, image) in request.images() {
            bytes += match Source::of(image) {
                Some(Source::Upload(id)) => self.look(user, &id, &field).await?,
                // Looked at when the request was read.
                Some(Source::Inline(data)) => data.len() / 4 * 3,
                Some(Source::Object(_)) | None => 0,
            };
            if bytes > REQUEST_IMAGE_BYTES_MAX {
                let message = format!("The request's images are together over {REQUEST_IMAGE_BYTES_MAX} bytes.");
                return Err(Refusal::too_large(field, message).into());
            }
        }
        Ok(request.clone().with_objects(user))
    }

    async fn look(&self, user: &UserId, id: &UploadId, field: &str) -> Result<usize, StepError> {
        match self.uploads.uploaded(&keys::upload(user, id), IMAGE_BYTES_MAX).await? {
            Uploaded::Bytes(bytes) => {
                inspect(&bytes).map_err(|flaw| flaw.refusal(field))?;
                Ok(bytes.len())
            }
            Uploaded::Nothing => Err(no_upload(field).into()),
            Uploaded::TooLarge => Err(Flaw::TooManyBytes.refusal(field).into()),
        }
    }
}

#[cfg(test)]
mod tests;
