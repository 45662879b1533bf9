//! DynamoDB's operations over HTTP: the operation's name in `X-Amz-Target`, its request and its answer as JSON
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html>). The library's own server would
//! read the same, but it answers every website that asks: `Access-Control-Allow-Origin: *`, whatever `Host` says.

use crate::limits::TABLE_BODY_BYTES_MAX;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

const VERSION: &str = "DynamoDB_20120810.";
const JSON: &str = "application/x-amz-json-1.0";

/// The table's one route.
pub(super) fn router(database: Database) -> Router {
    Router::new().route("/", post(answer)).layer(DefaultBodyLimit::max(TABLE_BODY_BYTES_MAX)).with_state(database)
}

async fn answer(State(database): State<Database>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let (status, body) = match run(&database, target.strip_prefix(VERSION).unwrap_or_default(), &body) {
        Ok(answer) => (StatusCode::OK, answer),
        Err(error) => {
            (StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.to_json())
        }
    };
    (status, [(CONTENT_TYPE, JSON)], body).into_response()
}

/// What the functions call, and what is of use to whoever looks at the table with AWS's own tools.
fn run(database: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    match operation {
        "GetItem" => with(body, |request| database.get_item(request)),
        "PutItem" => with(body, |request| database.put_item(request)),
        "UpdateItem" => with(body, |request| database.update_item(request)),
        "DeleteItem" => with(body, |request| database.delete_item(request)),
        "Query" => with(body, |request| database.query(request)),
        "Scan" => with(body, |request| database.scan(request)),
        "BatchGetItem" => with(body, |request| database.batch_get_item(request)),
        "BatchWriteItem" => with(body, |request| database.batch_write_item(request)),
        "TransactGetItems" => with(body, |request| database.transact_get_items(request)),
        "TransactWriteItems" => with(body, |request| database.transact_write_items(request)),
        "CreateTable" => with(body, |request| database.create_table(request)),
        "DeleteTable" => with(body, |request| database.delete_table(request)),
        "DescribeTable" => with(body, |request| database.describe_table(request)),
        "ListTables" => with(body, |request| database.list_tables(request)),
        "UpdateTimeToLive" => with(body, |request| database.update_time_to_live(request)),
        "DescribeTimeToLive" => with(body, |request| database.describe_time_to_live(request)),
        _ => Err(DynoxideError::ValidationException("This table does not know the operation.".to_owned())),
    }
}

fn with<Request: DeserializeOwned, Answer: Serialize>(
    body: &[u8],
    act: impl FnOnce(Request) -> Result<Answer, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request =
        serde_json::from_slice(body).map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    serde_json::to_string(&act(request)?).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    #[tokio::test]
    async fn a_request_is_as_large_as_its_limit() {
        let table = TowerToHyperService::new(router(Database::memory().unwrap()));
        for (bytes, status) in
            [(TABLE_BODY_BYTES_MAX, StatusCode::OK), (TABLE_BODY_BYTES_MAX + 1, StatusCode::PAYLOAD_TOO_LARGE)]
        {
            let request = Request::post("/").header("x-amz-target", format!("{VERSION}ListTables"));
            let body = ["{}", &" ".repeat(bytes - 2)].concat();
            let answer = table.call(request.body(Body::from(body)).unwrap()).await.unwrap();
            assert_eq!(answer.status(), status, "{bytes} bytes");
        }
    }
}
