//! The public port: HTTP as axum serves it, but whoever is slow to say what they want is not waited for.

use crate::limits::{ACCEPT_PAUSE_MS, BODY_MS_MAX, GATEWAY_BODY_BYTES_MAX, HEAD_MS_MAX};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Serves until told to stop, and then until the requests that have begun are answered.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                open.spawn(converse(connection(stream, peer, &router), stop.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "connection_not_accepted");
                sleep(Duration::from_millis(ACCEPT_PAUSE_MS)).await;
            }
        }
    }
    drop(listener);
    open.close();
    open.wait().await;
}

type Connection<S> = http1::UpgradeableConnection<TokioIo<S>, TowerToHyperService<Router>>;

fn connection<S>(stream: S, peer: SocketAddr, router: &Router) -> Connection<S>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = TowerToHyperService::new(router.clone().layer(Extension(ConnectInfo(peer))));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(HEAD_MS_MAX))
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
}

async fn converse<S>(connection: Connection<S>, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection_broken");
    }
}

/// A request's body, or what API Gateway answers where it is too large or does not come.
pub(super) async fn whole(body: Body) -> Result<Bytes, (StatusCode, &'static str)> {
    match timeout(Duration::from_millis(BODY_MS_MAX), to_bytes(body, GATEWAY_BODY_BYTES_MAX)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err((StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "Request Timeout")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use futures_util::stream;
    use std::convert::Infallible;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;

    /// What is answered to a client that says these words, each after its pause, and after how long its connection is closed.
    async fn said_after(words: &[(u64, &str)]) -> (String, Duration) {
        let router = Router::new().route("/", get(|| async { "here" }));
        let (ours, mut client) = tokio::io::duplex(64 * 1024);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let served = converse(connection(ours, peer, &router), CancellationToken::new());
        let client = async {
            let (begun, mut answer) = (Instant::now(), String::new());
            for (pause_ms, words) in words {
                sleep(Duration::from_millis(*pause_ms)).await;
                client.write_all(words.as_bytes()).await.unwrap();
            }
            client.read_to_string(&mut answer).await.unwrap();
            (answer, begun.elapsed())
        };
        tokio::join!(served, client).1
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_come_is_not_waited_for() {
        for words in ["", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
            let (answer, took) = said_after(&[(0, words)]).await;
            assert!(!answer.contains("200"), "{answer}");
            assert!(took >= Duration::from_millis(HEAD_MS_MAX), "{took:?}");
            assert!(took < Duration::from_millis(HEAD_MS_MAX + 1_000), "{took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_is_there_at_the_last_moment_is_answered() {
        let late = [(0, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "), (HEAD_MS_MAX - 2, "it is\r\n\r\n")];
        let (answer, _) = said_after(&late).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_says_nothing_more_is_closed_after_its_answer() {
        let (answer, _) = said_after(&[(0, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")]).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for_and_one_that_is_too_large_is_not_read() {
        let never = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        assert_eq!(whole(never).await.unwrap_err().0, StatusCode::REQUEST_TIMEOUT);
        let late = stream::once(async {
            sleep(Duration::from_millis(BODY_MS_MAX - 2)).await;
            Ok::<_, Infallible>(Bytes::from_static(b"late"))
        });
        assert_eq!(whole(Body::from_stream(late)).await.unwrap(), "late");
        let most = Body::from(vec![b'a'; GATEWAY_BODY_BYTES_MAX]);
        assert_eq!(whole(most).await.unwrap().len(), GATEWAY_BODY_BYTES_MAX);
        let more = Body::from(vec![b'a'; GATEWAY_BODY_BYTES_MAX + 1]);
        assert_eq!(whole(more).await.unwrap_err().0, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
