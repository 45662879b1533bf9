//! From the bytes of a streamed answer to events.
//!
//! The answer is whole once a `finish_reason` has come; `[DONE]` and a last event with the token counts follow it. A
//! stream that ends or breaks before its `finish_reason` is an interruption, however cleanly the connection closed.

use crate::refused::{self, ProviderError};
use bytes::Bytes;
use domain::answer::REFUSAL;
use domain::error::{ErrorCode, Failure};
use domain::limits::PROVIDER_SILENCE_MS_MAX;
use domain::usage::Usage;
use futures_util::Stream;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use ports::{ModelError, ModelEvent};
use serde::Deserialize;
use serde_json::{Value, json};
use sse_stream::{Sse, SseByteStream};
use std::io;
use std::time::Duration;
use tokio::time::timeout;

#[derive(Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    /// The words of a refusal, in place of content.
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Option<Delta>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct PromptDetails {
    #[serde(default)]
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Option<PromptDetails>,
}

/// One `data:` of the stream. Fields that are not read are not required either.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Counted>,
    #[serde(default)]
    error: Option<Value>,
}

/// What is known so far.
struct Reading {
    source: SseByteStream<BoxStream<'static, io::Result<Bytes>>>,
    model: Option<String>,
    finish_reason: Option<String>,
    usage: Option<Usage>,
    /// The model has said that it refuses.
    refused: bool,
    /// The last event has been given out.
    over: bool,
}

/// What one `data:` says.
enum Said {
    Text(String),
    End,
    Nothing,
    Error(ModelError),
}

/// The events of an answer; the last one is [`ModelEvent::Finished`] or an error.
pub fn events(bytes: BoxStream<'static, io::Result<Bytes>>) -> impl Stream<Item = Result<ModelEvent, ModelError>> {
    let reading = Reading {
        source: SseByteStream::new(bytes),
        model: None,
        finish_reason: None,
        usage: None,
        refused: false,
        over: false,
    };
    unfold(reading, |mut reading| async move {
        if reading.over {
            return None;
        }
        let event = reading.next().await;
        reading.over = !matches!(event, Ok(ModelEvent::Text(_)));
        Some((event, reading))
    })
}

impl Reading {
    async fn next(&mut self) -> Result<ModelEvent, ModelError> {
        loop {
            let silence = Duration::from_millis(PROVIDER_SILENCE_MS_MAX);
            let Ok(read) = timeout(silence, self.source.next()).await else {
                return self
                    .broken(ErrorCode::StreamStalled, &format!("sent nothing for {PROVIDER_SILENCE_MS_MAX} ms"));
            };
            match read {
                Some(Ok(Sse { data: Some(data), .. })) => match self.take(&data) {
                    Said::Text(text) => return Ok(ModelEvent::Text(text)),
                    Said::End => return self.broken(ErrorCode::StreamInterrupted, "ended without a finish reason"),
                    Said::Error(error) => return Err(error),
                    Said::Nothing => {}
                },
                Some(Ok(Sse { data: None, .. })) => {}
                Some(Err(error)) => {
                    tracing::debug!(%error, "stream_broke_off");
                    return self.broken(ErrorCode::StreamInterrupted, "broke off");
                }
                None => return self.broken(ErrorCode::StreamInterrupted, "ended in the middle"),
            }
        }
    }

    /// The stream is over. If the model had finished before, the answer is whole all the same: it was paid for.
    fn broken(&mut self, code: ErrorCode, how: &str) -> Result<ModelEvent, ModelError> {
        match self.finish_reason.take() {
            Some(finish_reason) => {
                let finish_reason = if self.refused { REFUSAL.to_owned() } else { finish_reason };
                Ok(ModelEvent::Finished { model: self.model.take(), finish_reason, usage: self.usage.take() })
            }
            None => Err(ModelError {
                failure: Failure::new(code, format!("The provider's answer {how}.")),
                retry_after_ms: None,
            }),
        }
    }

    fn take(&mut self, data: &str) -> Said {
        if data == "[DONE]" {
            return Said::End;
        }
        let event: Event = match serde_json::from_str(data) {
            Ok(event) => event,
            // JSON of another shape is an event that we do not know; anything else means that text was lost.
            Err(error) if error.is_data() => return Said::Nothing,
            Err(_) => {
                return Said::Error(ModelError {
                    failure: Failure::new(ErrorCode::StreamInterrupted, "The provider's answer was garbled."),
                    retry_after_ms: None,
                });
            }
        };
        if let Some(error) = event.error.and_then(|error| ProviderError::of(&json!({"error": error}))) {
            return Said::Error(refused::stream_error(&error));
        }
        // Azure's events about its filter have an empty name.
        self.model = event.model.filter(|model| !model.is_empty()).or(self.model.take());
        // Counts that are not all there are unknown, and never keep the text of their event from being read.
        if let Some(counted) = event.usage
            && let (Some(input_tokens), Some(output_tokens)) = (counted.prompt_tokens, counted.completion_tokens)
        {
            self.usage = Some(Usage {
                input_tokens,
                output_tokens,
                cached_tokens: counted.prompt_tokens_details.and_then(|details| details.cached_tokens),
            });
        }
        let Some(choice) = event.choices.into_iter().next() else { return without_choice(data) };
        if choice.finish_reason.as_deref() == Some("error") {
            return Said::Error(refused::stream_error(&ProviderError::default()));
        }
        self.finish_reason = choice.finish_reason.or(self.finish_reason.take());
        let Some(Delta { content, refusal }) = choice.delta else { return Said::Nothing };
        let refusal = refusal.filter(|words| !words.is_empty());
        self.refused |= refusal.is_some();
        // The words of a refusal are all that there is of the answer; they are kept like any other.
        match content.filter(|text| !text.is_empty()).or(refusal) {
            Some(text) => Said::Text(text),
            None => Said::Nothing,
        }
    }
}

/// Token counts, Azure's notes about its filter, or vLLM's error, which is the whole event.
fn without_choice(data: &str) -> Said {
    let value: Value = serde_json::from_str(data).unwrap_or_default();
    match ProviderError::of(&value) {
        Some(error) => Said::Error(refused::stream_error(&error)),
        None => Said::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use proptest::prelude::*;

    const ANSWER: &str = concat!(
        ": keep-alive\n\n",
        "data: {\"id\":\"1\",\"model\":\"gpt-x\",\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
        "data: {\"model\":\"gpt-x\",\"choices\":[{\"delta\":{\"content\":\"<p>é🧁\"},\"finish_reason\":null}]}\r\n\r\n",
        "event: novelty\ndata: {\"choices\": 7}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"</p>\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,",
        "\"prompt_tokens_details\":{\"cached_tokens\":2}}}\n\n",
        "data: [DONE]\n\n",
    );

    fn read(pieces: Vec<Vec<u8>>) -> Vec<Result<ModelEvent, ModelError>> {
        let bytes = stream::iter(pieces.into_iter().map(|piece| Ok(Bytes::from(piece)))).boxed();
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(events(bytes).collect())
    }

    fn whole_answer() -> Vec<Result<ModelEvent, ModelError>> {
        vec![
            Ok(ModelEvent::Text("<p>é🧁".to_owned())),
            Ok(ModelEvent::Text("</p>".to_owned())),
            Ok(ModelEvent::Finished {
                model: Some("gpt-x".to_owned()),
                finish_reason: "stop".to_owned(),
                usage: Some(Usage { input_tokens: 5, output_tokens: 7, cached_tokens: Some(2) }),
            }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn how_the_bytes_are_cut_changes_nothing(cuts in proptest::collection::vec(0usize..ANSWER.len(), 0..20)) {
            let mut places = cuts;
            places.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for place in places.into_iter().chain([ANSWER.len()]) {
                pieces.push(ANSWER.as_bytes()[from..place].to_vec());
                from = place;
            }
            prop_assert_eq!(read(pieces), whole_answer());
        }
    }

    #[test]
    fn byte_by_byte_is_the_same_as_at_once() {
        assert_eq!(read(ANSWER.bytes().map(|byte| vec![byte]).collect()), whole_answer());
    }

    #[test]
    fn an_end_without_its_terminal_event_is_an_interruption() {
        let (before_the_finish, _) = ANSWER.split_once("data: {\"choices\":[{\"delta\":{},\"fin").unwrap();
        for cut in [before_the_finish, &format!("{before_the_finish}data: [DONE]\n\n"), "", ": nothing\n\n"] {
            let events = read(vec![cut.as_bytes().to_vec()]);
            let last = events.last().unwrap().as_ref().unwrap_err();
            assert_eq!(last.failure.code, ErrorCode::StreamInterrupted, "{cut:?}");
        }
    }

    #[test]
    fn an_answer_that_had_finished_is_whole_although_the_connection_broke() {
        let (finished, _) = ANSWER.split_once("data: {\"choices\":[],").unwrap();
        let events = read(vec![finished.as_bytes().to_vec()]);
        assert!(matches!(events.last(), Some(Ok(ModelEvent::Finished { usage: None, .. }))));
    }

    #[test]
    fn a_refusal_is_text_and_says_that_it_is_one() {
        let answer = "data: {\"choices\":[{\"delta\":{\"content\":null,\"refusal\":\"I will\"}}]}\n\n\
                      data: {\"choices\":[{\"delta\":{\"refusal\":\" not.\"}}]}\n\n\
                      data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        let events = read(vec![answer.as_bytes().to_vec()]);
        let text: String = events
            .iter()
            .filter_map(|event| if let Ok(ModelEvent::Text(text)) = event { Some(text.as_str()) } else { None })
            .collect();
        assert_eq!(text, "I will not.");
        let reason =
            |event: &_| matches!(event, Ok(ModelEvent::Finished { finish_reason, .. }) if finish_reason == REFUSAL);
        assert!(events.last().is_some_and(reason));
    }

    #[test]
    fn an_error_event_ends_the_stream_with_its_meaning() {
        for (error, code) in [
            (r#"{"error":{"message":"overloaded"}}"#, ErrorCode::StreamInterrupted),
            (r#"{"error":{"code":"rate_limit_exceeded"}}"#, ErrorCode::ProviderRateLimit),
            (r#"{"error":{"code":"insufficient_quota"}}"#, ErrorCode::ProviderQuota),
            ("{not json", ErrorCode::StreamInterrupted),
        ] {
            let events = read(vec![format!("data: {error}\n\ndata: [DONE]\n\n").into_bytes()]);
            assert_eq!(events.len(), 1);
            assert_eq!(events[0].as_ref().unwrap_err().failure.code, code, "{error}");
        }
    }
}
