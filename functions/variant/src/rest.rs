//! Reading the provider with rests.
//!
//! A model sends a word at a time, and each word wakes the connection, its reader and the pump. While text waits for its
//! chunk to be due, nobody gains by waking that often: the words gather in the socket's buffer and are read together.

use domain::limits::READ_QUIET_MS;
use futures_util::StreamExt;
use ports::{ModelError, ModelEvent, ModelStream};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The next event. With a rest, in milliseconds, a stream that is quiet for [`READ_QUIET_MS`] is left alone for it; one that
/// keeps sending is read at its own speed.
pub(crate) async fn next(stream: &mut ModelStream, rest_ms: Option<u64>) -> Option<Result<ModelEvent, ModelError>> {
    if let Some(rest_ms) = rest_ms {
        if let Ok(event) = timeout(Duration::from_millis(READ_QUIET_MS), stream.next()).await {
            return event;
        }
        sleep(Duration::from_millis(rest_ms)).await;
    }
    stream.next().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::time::Instant;

    /// A word every 10 ms; counts how often a read had to wait for one.
    fn words(count: u32, waits: &Arc<AtomicU32>) -> ModelStream {
        let (begun, waits) = (Instant::now(), waits.clone());
        stream::unfold(0, move |position| {
            let waits = waits.clone();
            async move {
                let due = begun + Duration::from_millis(10) * position;
                if Instant::now() < due {
                    waits.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep_until(due).await;
                }
                (position < count).then(|| (Ok(ModelEvent::Text(position.to_string())), position + 1))
            }
        })
        .boxed()
    }

    async fn read(rest_ms: Option<u64>) -> (Vec<String>, u32) {
        let waits = Arc::default();
        let mut stream = words(100, &waits);
        let mut texts = Vec::new();
        while let Some(Ok(ModelEvent::Text(text))) = next(&mut stream, rest_ms).await {
            texts.push(text);
        }
        (texts, waits.load(Ordering::Relaxed))
    }

    #[tokio::test(start_paused = true)]
    async fn rests_lose_nothing_and_save_most_of_the_waits() {
        let (at_once, waits_at_once) = read(None).await;
        let (rested, waits_rested) = read(Some(60)).await;
        assert_eq!(rested, at_once);
        assert!(waits_rested * 4 < waits_at_once, "{waits_rested} of {waits_at_once}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_keeps_sending_is_never_kept_waiting() {
        let mut stream: ModelStream =
            stream::iter((0..10_000).map(|position: u32| Ok(ModelEvent::Text(position.to_string())))).boxed();
        let begun = Instant::now();
        for _ in 0..10_000 {
            assert!(next(&mut stream, Some(60)).await.is_some());
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
