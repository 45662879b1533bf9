mod leftovers;

use super::cors::Cors;
use crate::StartError;
use crate::data::DataDirectory;
use crate::limits::BUCKET_BODY_BYTES_MAX;
use crate::settings::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Writes to different paths share a lock with this probability's inverse; it bounds the memory, not the correctness.
const LOCKS: usize = 64;

/// S3 over a directory.
#[derive(Clone)]
pub struct BucketServer {
    service: S3Service,
    /// Where its buckets are, a folder each.
    buckets: PathBuf,
    /// A conditional put looks and then writes; a lock per path makes the two one step.
    locks: Arc<[Mutex<()>]>,
    cors: Cors,
}

impl BucketServer {
    /// Serves the data directory's objects; its uploads also to the page at that address, and to those of `CORS_ORIGINS`.
    ///
    /// # Errors
    /// [`StartError::Data`] if the directory cannot be used.
    pub fn open(data: &DataDirectory, page: SocketAddr, cors_origins: Option<&str>) -> Result<Self, StartError> {
        let files = FileSystem::new(data.objects()).map_err(|error| StartError::Data {
            directory: data.root().to_owned(),
            problem: format!("its objects cannot be read: {error:?}"),
        })?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
        Ok(Self {
            service: builder.build(),
            buckets: data.objects(),
            locks: (0..LOCKS).map(|_| Mutex::new(())).collect(),
            cors: Cors::of_page(page, cors_origins),
        })
    }

    pub(super) fn into_router(self) -> Router {
        Router::new().fallback(serve).with_state(self)
    }

    /// Whether the path names an object of a bucket that is not there.
    fn lacks_bucket_of(&self, path: &str) -> bool {
        let mut segments = path.trim_start_matches('/').splitn(2, '/');
        let (bucket, key) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        !key.is_empty() && !self.buckets.join(bucket).is_dir()
    }

    fn lock_of(&self, path: &str) -> &Mutex<()> {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % LOCKS as u64).unwrap_or(0);
        &self.locks[place]
    }
}

async fn serve(State(server): State<BucketServer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // The service itself knows no preflight.
    if parts.method == Method::OPTIONS {
        return server.cors.preflight(&parts);
    }
    let allowed = server.cors.allowed(&parts);
    let mut answer = answer(&server, parts, body).await;
    if let Some(origin) = allowed {
        answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    answer
}

async fn answer(server: &BucketServer, parts: Parts, body: Body) -> Response {
    let Ok(bytes) = to_bytes(body, BUCKET_BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let removes = parts.method == Method::DELETE;
    let writes = parts.method != Method::GET && parts.method != Method::HEAD;
    let path = parts.uri.path().to_owned();
    // The service would make the bucket, and take it for an object that is not there; S3 does neither:
    // <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList>.
    if server.lacks_bucket_of(&path) {
        let error = "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>";
        return (StatusCode::NOT_FOUND, [(CONTENT_TYPE, "application/xml")], error).into_response();
    }
    let _writing = if writes { Some(server.lock_of(&path).lock().await) } else { None };
    match server.service.call(Request::from_parts(parts, bytes.into())).await {
        Ok(answer) => {
            if removes && answer.status().is_success() {
                leftovers::remove(&server.buckets, &path).await;
            }
            answer.map(Body::new)
        }
        Err(error) => {
            tracing::error!(path, ?error, "s3_failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_object_is_as_large_as_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDirectory::open(folder.path()).unwrap();
        let server = BucketServer::open(&data, SocketAddr::from(([127, 0, 0, 1], 1)), None).unwrap();
        std::fs::create_dir_all(data.objects().join("bucket")).unwrap();
        for (bytes, status) in [
            // It is read, and then nobody has signed it.
            (BUCKET_BODY_BYTES_MAX, StatusCode::FORBIDDEN),
            (BUCKET_BODY_BYTES_MAX + 1, StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            let request = Request::put("/bucket/key").body(Body::from(vec![0; bytes])).unwrap();
            let (parts, body) = request.into_parts();
            assert_eq!(answer(&server, parts, body).await.status(), status, "{bytes} bytes");
        }
    }
}
