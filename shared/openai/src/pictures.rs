//! Pictures over the Images API: <https://platform.openai.com/docs/api-reference/images/create>.

use crate::client::{cause, refusal};
use crate::{ApiKey, OpenAi};
use async_trait::async_trait;
use domain::error::{ErrorCode, Failure};
use domain::image::inspect;
use domain::image::source::decode;
use domain::limits::{DRAWN_ANSWER_BYTES_MAX, DRAWN_BYTES_MAX, PICTURE_MS_MAX};
use domain::usage::Usage;
use ports::{Drawn, ModelError, PictureRequest, Pictures};
use reqwest::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// What is read of an answer.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Vec<File>,
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct File {
    b64_json: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    input_tokens: u64,
    output_tokens: u64,
}

#[async_trait]
impl Pictures for OpenAi {
    async fn draw(&self, request: &PictureRequest) -> Result<Drawn, ModelError> {
        let key = self.present_key().await?;
        let drawn = timeout(Duration::from_millis(PICTURE_MS_MAX), self.ask_for(request, key.clone())).await;
        let drawn = drawn.unwrap_or_else(|_| {
            let seconds = PICTURE_MS_MAX / 1_000;
            Err(failed(ErrorCode::StreamStalled, format!("The provider drew no picture within {seconds} s.")))
        });
        drawn.map_err(|error| match &key {
            Some(key) => key.hidden_in(error),
            None => error,
        })
    }
}

impl OpenAi {
    async fn ask_for(&self, request: &PictureRequest, key: Option<ApiKey>) -> Result<Drawn, ModelError> {
        // The caller's deadline comes first: a model that takes its time is no server that cannot be reached.
        let response = self.post("images/generations", &body(request), key, 2 * PICTURE_MS_MAX).await?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        read(&whole(response).await?)
    }
}

/// The body of a request. A WebP is a tenth of the PNG that is drawn otherwise; the page is loaded with all of its pictures.
fn body(request: &PictureRequest) -> Value {
    json!({
        "model": request.model,
        "prompt": request.description,
        "n": 1,
        "size": request.shape.size(),
        "output_format": "webp",
    })
}

/// The whole answer, up to its limit.
async fn whole(mut response: Response) -> Result<Vec<u8>, ModelError> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if body.len() + piece.len() > DRAWN_ANSWER_BYTES_MAX => return Err(too_large()),
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(body),
            Err(error) => {
                tracing::warn!(problem = cause(&error), "picture_interrupted");
                let message = "The provider's picture ended in the middle.".to_owned();
                return Err(failed(ErrorCode::StreamInterrupted, message));
            }
        }
    }
}

/// The picture in an answer. Whatever the server calls it, what it is is told by its content.
fn read(body: &[u8]) -> Result<Drawn, ModelError> {
    let none =
        |why: &str| failed(ErrorCode::ProviderFailed, format!("The provider answered without a picture: {why}."));
    let answer: Answer = serde_json::from_slice(body).map_err(|_| none("its answer cannot be read"))?;
    let file = answer.data.into_iter().find_map(|file| file.b64_json).ok_or_else(|| none("there is no b64_json"))?;
    let bytes = decode(&file).map_err(|_| none("its base64 is damaged"))?;
    if bytes.len() > DRAWN_BYTES_MAX {
        return Err(too_large());
    }
    let picture = inspect(&bytes).map_err(|flaw| none(&flaw.to_string()))?;
    let usage = answer.usage.map(|tokens| Usage {
        input_tokens: tokens.input_tokens,
        output_tokens: tokens.output_tokens,
        cached_tokens: None,
    });
    Ok(Drawn { bytes, format: picture.format, usage })
}

fn too_large() -> ModelError {
    failed(ErrorCode::ProviderFailed, format!("The provider's picture has over {DRAWN_BYTES_MAX} bytes."))
}

fn failed(code: ErrorCode, message: String) -> ModelError {
    ModelError { failure: Failure::new(code, message), retry_after_ms: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::image::Format;
    use domain::image::source::data_url;
    use domain::pictures::Shape;
    use ports::memory::MemoryPictures;

    fn request() -> PictureRequest {
        PictureRequest { model: "m".to_owned(), description: "a loaf".to_owned(), shape: Shape::Landscape }
    }

    async fn pixel() -> String {
        let drawn = MemoryPictures::default().draw(&request()).await.unwrap();
        data_url("", &drawn.bytes).split_once(',').unwrap().1.to_owned()
    }

    #[test]
    fn one_small_picture_of_the_wanted_shape_is_asked_for() {
        let wanted = json!({"model": "m", "prompt": "a loaf", "n": 1, "size": "1536x1024", "output_format": "webp"});
        assert_eq!(body(&request()), wanted);
    }

    #[tokio::test]
    async fn a_picture_is_told_by_its_content_and_its_tokens_are_read_where_there_are_any() {
        let usage = json!({"input_tokens": 9, "output_tokens": 4_160, "total_tokens": 4_169, "novelty": {}});
        let answer =
            json!({"created": 1, "output_format": "webp", "data": [{"b64_json": pixel().await}], "usage": usage});
        let drawn = read(answer.to_string().as_bytes()).unwrap();
        assert_eq!(drawn.format, Format::Png);
        assert_eq!(drawn.usage, Some(Usage { input_tokens: 9, output_tokens: 4_160, cached_tokens: None }));
        let bare = json!({"data": [{"b64_json": pixel().await}]});
        assert_eq!(read(bare.to_string().as_bytes()).unwrap().usage, None);
    }

    #[tokio::test]
    async fn what_is_no_whole_picture_is_an_error() {
        let damaged = &pixel().await[..60];
        for body in [
            "<html>".to_owned(),
            json!({}).to_string(),
            json!({"data": [{"url": "https://example.com/a.png"}]}).to_string(),
            json!({"data": [{"b64_json": "?"}]}).to_string(),
            json!({"data": [{"b64_json": damaged}]}).to_string(),
            json!({"data": [{"b64_json": "PHN2Zy8+"}]}).to_string(),
        ] {
            let error = read(body.as_bytes()).unwrap_err();
            assert!(error.failure.message.starts_with("The provider answered without a picture: "), "{body}: {error}");
        }
    }
}
