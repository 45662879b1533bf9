use super::lock;
use crate::{Drawn, ModelError, PictureRequest, Pictures};
use async_trait::async_trait;
use domain::error::{ErrorCode, Failure};
use domain::image::Format;
use domain::usage::Usage;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A picture of one pixel, which is as good as any other where nobody looks.
const PIXEL: [u8; 67] = [
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0,
    0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0xda, 0x63, 0x60, 0, 0, 0, 2, 0, 1,
    0xe5, 0x27, 0xde, 0xfc, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// An image model in memory: it draws a pixel, and fails where it was told to.
#[derive(Debug, Default)]
pub struct MemoryPictures {
    /// What it counts for a picture.
    pub usage: Option<Usage>,
    failures: Mutex<BTreeMap<String, ErrorCode>>,
    asked: Mutex<Vec<PictureRequest>>,
}

impl MemoryPictures {
    /// From now on fails to draw what is described like this.
    pub fn fail(&self, description: &str, code: ErrorCode) {
        lock(&self.failures).insert(description.to_owned(), code);
    }

    /// What it was asked, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<PictureRequest> {
        lock(&self.asked).clone()
    }
}

#[async_trait]
impl Pictures for MemoryPictures {
    async fn draw(&self, request: &PictureRequest) -> Result<Drawn, ModelError> {
        lock(&self.asked).push(request.clone());
        let failure = lock(&self.failures).get(&request.description).copied();
        match failure {
            Some(code) => Err(ModelError {
                failure: Failure::new(code, "The provider draws no such thing."),
                retry_after_ms: None,
            }),
            None => Ok(Drawn { bytes: PIXEL.to_vec(), format: Format::Png, usage: self.usage }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::image::inspect;

    #[test]
    fn the_pixel_is_a_whole_picture() {
        assert_eq!(
            inspect(&PIXEL).map(|picture| (picture.format, picture.width, picture.height)),
            Ok((Format::Png, 1, 1))
        );
    }
}
