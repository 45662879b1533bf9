use crate::request::Request;
use crate::{Api, answer, archive};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::{ErrorCode, Refusal};
use domain::export::{Kind, PAGE_FILE, Pictures, Source, file_name, find, rewrite};
use domain::identity::Viewer;
use domain::ids::UserId;
use domain::limits::{
    EXPORT_BYTES_MAX, EXPORT_MS_MAX, EXPORT_PAGE_BYTES_MAX, EXPORT_PICTURES_MAX, FETCHES_AT_ONCE, PICTURE_BYTES_MAX,
    URL_BYTES_MAX,
};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use lifecycle::StepError;
use ports::Fetched;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

impl Api {
    /// A page and its pictures as an archive, with the page naming the files. A picture that cannot be had, or for which
    /// there is no room, stays where it is.
    pub(crate) async fn export(&self, user: &UserId, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let object = request.object()?;
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let page = text("code");
        if page.trim().is_empty() {
            return Err(Refusal::field("code", "Send the page's code.").into());
        }
        if page.len() > EXPORT_PAGE_BYTES_MAX {
            return Err(Refusal::too_large("code", format!("The page is over {EXPORT_PAGE_BYTES_MAX} bytes.")).into());
        }
        let base =
            Some(text("baseUrl")).filter(|base| base.len() <= URL_BYTES_MAX).and_then(|base| Url::parse(base).ok());
        let pictures = find(page, base.as_ref(), EXPORT_PICTURES_MAX);
        let fetched = self.fetch_all(&Viewer::user(user.clone()), &pictures).await;
        let (names, mut files) = choose(page.len(), fetched);
        files.insert(0, (PAGE_FILE.to_owned(), rewrite(page, &pictures, &names).into_bytes()));
        let zip = archive::zip(&files)
            .map_err(|error| Refusal::general(ErrorCode::TooLarge, format!("The archive cannot be made: {error}.")))?;
        Ok(answer::archive(zip, "attachment; filename=\"page.zip\""))
    }

    /// Each picture, if it could be had, in the order of the page.
    async fn fetch_all(&self, viewer: &Viewer, pictures: &Pictures) -> Vec<Option<Fetched>> {
        let end = Instant::now() + Duration::from_millis(EXPORT_MS_MAX);
        let fetches: Vec<BoxFuture<'_, Option<Fetched>>> =
            pictures.sources.iter().map(|source| self.fetch_one(viewer, source, end).boxed()).collect();
        stream::iter(fetches).buffered(FETCHES_AT_ONCE).collect().await
    }

    async fn fetch_one(&self, viewer: &Viewer, source: &Source, end: Instant) -> Option<Fetched> {
        match source {
            Source::Inline(bytes, content_type) => {
                Some(Fetched { content_type: content_type.clone(), bytes: bytes.clone() })
            }
            Source::Drawn(key, number) => match timeout_at(end, self.drawn(viewer, key, *number)).await {
                Ok(Ok((bytes, format))) => Some(Fetched { content_type: format.media_type().to_owned(), bytes }),
                // Another's picture, or one that is gone, stays where it is, like one on the web.
                Ok(Err(_)) | Err(_) => None,
            },
            Source::Remote(url) => match timeout_at(end, self.web.fetch(url, PICTURE_BYTES_MAX)).await {
                Ok(Ok(fetched)) => Some(fetched),
                Ok(Err(error)) => {
                    tracing::info!(host = url.host_str(), %error, "picture_left_out");
                    None
                }
                Err(_) => None,
            },
        }
    }
}

type Files = Vec<(String, Vec<u8>)>;

/// The pictures that are pictures and for which there is room: their names, by their place, and the files.
fn choose(page_bytes: usize, fetched: Vec<Option<Fetched>>) -> (Vec<Option<String>>, Files) {
    /// What an archive adds to a file: two headers and its name twice.
    const ENTRY_BYTES: usize = 256;
    let mut room = EXPORT_BYTES_MAX.saturating_sub(page_bytes + ENTRY_BYTES);
    let (mut names, mut files) = (Vec::with_capacity(fetched.len()), Files::new());
    for (position, fetched) in fetched.into_iter().enumerate() {
        let file = fetched.and_then(|Fetched { content_type, bytes }| {
            let kind = Kind::of(&bytes, &content_type)?;
            room = room.checked_sub(bytes.len() + ENTRY_BYTES)?;
            Some((file_name(position, kind), bytes))
        });
        names.push(file.as_ref().map(|(name, _)| name.clone()));
        files.extend(file);
    }
    (names, files)
}
