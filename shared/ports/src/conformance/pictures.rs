use crate::{PictureRequest, Pictures};
use domain::error::ErrorCode;
use domain::image::inspect;
use domain::limits::DRAWN_BYTES_MAX;
use domain::pictures::Shape;

/// Runs every check of the pictures' port, with a request that is drawn and one that the provider refuses. Panics with the
/// first guarantee that does not hold.
pub async fn pictures(pictures: &dyn Pictures, drawn: &PictureRequest, refused: &PictureRequest) {
    for shape in [Shape::Square, Shape::Landscape, Shape::Portrait] {
        let file = pictures.draw(&PictureRequest { shape, ..drawn.clone() }).await.unwrap();
        assert!(file.bytes.len() <= DRAWN_BYTES_MAX);
        assert_eq!(inspect(&file.bytes).map(|picture| picture.format), Ok(file.format), "it is what it is said to be");
    }
    let error = pictures.draw(refused).await.err().unwrap_or_else(|| panic!("what is refused is not drawn"));
    let leaves_it_open = matches!(
        error.failure.code,
        ErrorCode::StreamStalled | ErrorCode::StreamInterrupted | ErrorCode::ProviderFailed
    );
    assert!(!leaves_it_open, "nothing is paid for what was refused: {error:?}");
    assert!(!error.failure.message.is_empty(), "a person is told why");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryPictures;
    use crate::{Drawn, ModelError};
    use async_trait::async_trait;
    use domain::error::Failure;
    use domain::image::Format;
    use futures_util::FutureExt;
    use std::panic::AssertUnwindSafe;

    fn asked(description: &str) -> PictureRequest {
        PictureRequest { model: "m".to_owned(), description: description.to_owned(), shape: Shape::Square }
    }

    /// Keeps every word of the port but one.
    struct Broken(MemoryPictures, &'static str);

    #[async_trait]
    impl Pictures for Broken {
        async fn draw(&self, request: &PictureRequest) -> Result<Drawn, ModelError> {
            let drawn = self.0.draw(request).await;
            match (drawn, self.1) {
                (Ok(drawn), "cuts files") => Ok(Drawn { bytes: drawn.bytes[..40].to_vec(), ..drawn }),
                (Ok(drawn), "calls a PNG a JPEG") => Ok(Drawn { format: Format::Jpeg, ..drawn }),
                (Err(_), "draws what is refused") => self.0.draw(&asked("a loaf")).await,
                (Err(error), "leaves open what a refusal costs") => {
                    let failure = Failure::new(ErrorCode::ProviderFailed, error.failure.message.clone());
                    Err(ModelError { failure, ..error })
                }
                (drawn, _) => drawn,
            }
        }
    }

    fn broken(how: &'static str) -> Broken {
        let memory = MemoryPictures::default();
        memory.fail("a secret", ErrorCode::ContentFilter);
        Broken(memory, how)
    }

    #[tokio::test]
    async fn the_pictures_in_memory_conform_and_every_broken_version_is_found() {
        let (drawn, refused) = (asked("a loaf"), asked("a secret"));
        pictures(&broken("in no way"), &drawn, &refused).await;
        for how in ["cuts files", "calls a PNG a JPEG", "draws what is refused", "leaves open what a refusal costs"] {
            let broken = broken(how);
            let checked = AssertUnwindSafe(pictures(&broken, &drawn, &refused)).catch_unwind().await;
            assert!(checked.is_err(), "the suite lets pictures pass from one who {how}");
        }
    }
}
