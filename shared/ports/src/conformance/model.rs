use crate::{Model, ModelError, ModelEvent, ModelRequest};
use domain::error::ErrorCode;
use domain::models::{Family, Shape};
use domain::prompt::{Message, Speaker};
use futures_util::StreamExt;

/// Models of a provider that the suite can ask.
#[derive(Clone, Copy, Debug)]
pub struct Cast<'a> {
    /// One that answers with a page.
    pub answers: &'a str,
    /// One that breaks off after a few pieces, every time.
    pub breaks_off: &'a str,
    /// One that the provider does not know.
    pub unknown: &'a str,
}

/// Runs every check of the model port. Panics with the first guarantee that does not hold.
pub async fn model(model: &dyn Model, cast: Cast<'_>) {
    an_answer_is_pieces_and_then_its_finish(model, cast.answers).await;
    what_breaks_off_ends_with_an_error(model, cast.breaks_off).await;
    what_is_not_known_is_refused(model, cast.unknown).await;
}

fn request(model: &str) -> ModelRequest {
    let text = "a bakery in the morning".to_owned();
    ModelRequest {
        model: model.to_owned(),
        shape: Shape { family: Family::Compatible, output_tokens: 4_096 },
        messages: vec![Message { speaker: Speaker::User, text, images: Vec::new() }],
    }
}

async fn heard(model: &dyn Model, name: &str) -> Vec<Result<ModelEvent, ModelError>> {
    let answer = model.ask(&request(name)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    answer.collect().await
}

fn pieces(events: &[Result<ModelEvent, ModelError>]) -> usize {
    let mut pieces = 0;
    for event in events {
        let Ok(ModelEvent::Text(text)) = event else { panic!("{event:?} is no piece of text") };
        assert!(!text.is_empty(), "no piece is empty");
        pieces += 1;
    }
    pieces
}

async fn an_answer_is_pieces_and_then_its_finish(model: &dyn Model, name: &str) {
    let events = heard(model, name).await;
    let Some((Ok(ModelEvent::Finished { finish_reason, .. }), text)) = events.split_last() else {
        panic!("the last event of a whole answer says that it is whole: {:?}", events.last())
    };
    assert_eq!(finish_reason, "stop");
    assert!(pieces(text) > 1, "it comes as it is written");
}

async fn what_breaks_off_ends_with_an_error(model: &dyn Model, name: &str) {
    let events = heard(model, name).await;
    let Some((Err(error), text)) = events.split_last() else {
        panic!("an answer that breaks off is not whole: {:?}", events.last())
    };
    assert_eq!(error.failure.code, ErrorCode::StreamInterrupted);
    assert!(error.failure.code.is_retryable(), "another attempt may help");
    assert!(pieces(text) > 0, "what came before is kept");
}

async fn what_is_not_known_is_refused(model: &dyn Model, name: &str) {
    let error = model.ask(&request(name)).await.err().unwrap_or_else(|| panic!("{name} is not known"));
    assert_eq!(error.failure.code, ErrorCode::ModelNotFound);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelStream;
    use async_trait::async_trait;
    use domain::error::Failure;
    use futures_util::{FutureExt, stream};
    use std::panic::AssertUnwindSafe;

    const CAST: Cast<'_> = Cast { answers: "answers", breaks_off: "breaks off", unknown: "unknown" };

    /// A provider that keeps every word of the port but one.
    struct Broken(&'static str);

    fn failure(code: ErrorCode) -> ModelError {
        ModelError { failure: Failure::new(code, "so it is"), retry_after_ms: None }
    }

    #[async_trait]
    impl Model for Broken {
        async fn ask(&self, request: &ModelRequest) -> Result<ModelStream, ModelError> {
            if request.model == CAST.unknown && self.0 != "answers for a model that is not there" {
                return Err(failure(ErrorCode::ModelNotFound));
            }
            let finished = ModelEvent::Finished { model: None, finish_reason: "stop".to_owned(), usage: None };
            let text = |text: &str| Ok(ModelEvent::Text(text.to_owned()));
            let mut events = vec![text("<p>"), text(if self.0 == "sends nothing as a piece" { "" } else { "a" })];
            match (request.model == CAST.breaks_off, self.0) {
                (true, "calls a broken answer whole") => events.push(Ok(finished)),
                (true, "breaks off for good") => events.push(Err(failure(ErrorCode::ProviderRejected))),
                (true, _) => events.push(Err(failure(ErrorCode::StreamInterrupted))),
                (false, "ends without a word") => {}
                (false, "goes on after its end") => events.extend([Ok(finished), text("b")]),
                (false, "waits for the whole answer") => events = vec![text("<p>a"), Ok(finished)],
                (false, _) => events.push(Ok(finished)),
            }
            Ok(stream::iter(events).boxed())
        }
    }

    #[tokio::test]
    async fn every_broken_provider_is_found() {
        model(&Broken("in no way"), CAST).await;
        for how in [
            "answers for a model that is not there",
            "sends nothing as a piece",
            "calls a broken answer whole",
            "breaks off for good",
            "ends without a word",
            "goes on after its end",
            "waits for the whole answer",
        ] {
            let checked = AssertUnwindSafe(model(&Broken(how), CAST)).catch_unwind().await;
            assert!(checked.is_err(), "the suite lets a provider pass that {how}");
        }
    }
}
