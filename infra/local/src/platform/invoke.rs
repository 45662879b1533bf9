//! Lambda's Invoke: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>.

use crate::functions::{CallError, Functions, Name};
use crate::limits::{ASYNCHRONOUS_EVENT_BYTES_MAX, EVENT_BYTES_MAX};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub(super) async fn invoke(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(name) = Name::from_text(&name) else {
        return error(StatusCode::NOT_FOUND, "ResourceNotFoundException", "Function not found");
    };
    let asynchronous = headers.get("x-amz-invocation-type").is_some_and(|kind| kind == "Event");
    let bytes_max = if asynchronous { ASYNCHRONOUS_EVENT_BYTES_MAX } else { EVENT_BYTES_MAX };
    if body.len() > bytes_max {
        return error(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", "The event is too large");
    }
    if asynchronous {
        functions.enqueue(name, body.to_vec());
        return StatusCode::ACCEPTED.into_response();
    }
    match functions.call(name, body.to_vec()).await {
        Ok(answer) => (StatusCode::OK, answer).into_response(),
        // A function's error is a successful Invoke with a header that says so.
        Err(failed @ (CallError::Function(_) | CallError::Panicked | CallError::TimedOut)) => {
            let body = json!({"errorType": "Error", "errorMessage": failed.to_string()});
            (StatusCode::OK, [("x-amz-function-error", "Unhandled")], Json(body)).into_response()
        }
    }
}

fn error(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind)], Json(json!({"Type": "User", "Message": message}))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::accepting;

    #[tokio::test]
    async fn an_event_is_as_large_as_lambda_takes_it_and_a_queued_one_smaller() {
        for (kind, bytes_max, taken) in [
            ("RequestResponse", EVENT_BYTES_MAX, StatusCode::OK),
            ("Event", ASYNCHRONOUS_EVENT_BYTES_MAX, StatusCode::ACCEPTED),
        ] {
            for (bytes, status) in [(bytes_max, taken), (bytes_max + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
                let headers = HeaderMap::from_iter([("x-amz-invocation-type".parse().unwrap(), kind.parse().unwrap())]);
                let (functions, event) = (State(accepting::functions()), Bytes::from(vec![b' '; bytes]));
                let answer = invoke(functions, Path("socket".to_owned()), headers, event).await;
                assert_eq!(answer.status(), status, "{kind} of {bytes} bytes");
            }
        }
    }
}
