use crate::client::cause;
use futures_util::StreamExt;
use ports::{FetchError, Fetched};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

/// An answer's body, up to a limit; what its length says is believed only when it is too much.
pub(crate) async fn read(response: Response, bytes_max: usize) -> Result<Fetched, FetchError> {
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Failed(format!("its server answered with status {}", status.as_u16())));
    }
    if response.content_length().is_some_and(|length| length > bytes_max as u64) {
        return Err(FetchError::TooLarge(bytes_max));
    }
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.to_owned();
    let mut bytes = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| FetchError::Failed(cause(&error)))?;
        if bytes.len() + piece.len() > bytes_max {
            return Err(FetchError::TooLarge(bytes_max));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Fetched { content_type, bytes })
}
