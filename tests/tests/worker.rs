//! The worker over the in-memory ports and a provider that says what a test wants: who answers, what is recorded of it,
//! and how long is waited.

use async_trait::async_trait;
use boot::{Function, Invocation, Stop};
use domain::chunk::assemble;
use domain::error::{ErrorCode, Failure};
use domain::ids::{UserId, VariantKey};
use domain::limits::{ANSWER_BYTES_MAX, HANDOVER_MARGIN_MS, READ_QUIET_MS, READ_REST_MS_MAX};
use domain::models::Offer;
use domain::request::StartRequest;
use domain::usage::Usage;
use domain::variant::{Gone, Status, Substitute, Variant};
use domain::wire::invoke::WorkerEvent;
use domain::{generation::Conclusion, keys};
use end_to_end::{CountingModel, Ports, World};
use futures_util::{StreamExt, stream};
use lifecycle::Started;
use ports::{Clock, Generations, Model, ModelError, ModelEvent, ModelRequest, ModelStream, Objects, Variants};
use serde_json::json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, advance};

/// What the provider does when it is asked.
#[derive(Clone)]
enum Answer {
    /// These events, and then nothing more.
    Says(Vec<ModelEvent>),
    /// These events, and then this error.
    Breaks(Vec<ModelEvent>, ModelError),
    /// No stream at all.
    Refuses(ModelError),
}

/// A provider that gives these answers in turn, and notes what it was asked and when.
struct Scripted {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<(String, u64)>>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Model for Scripted {
    async fn ask(&self, request: &ModelRequest) -> Result<ModelStream, ModelError> {
        self.asked.lock().unwrap().push((request.model.clone(), self.clock.now_ms()));
        let answer = self.answers.lock().unwrap().pop_front().expect("no further request was expected");
        let (said, error) = match answer {
            Answer::Says(events) => (events, None),
            Answer::Breaks(events, error) => (events, Some(error)),
            Answer::Refuses(error) => return Err(error),
        };
        let events = said.into_iter().map(Ok).chain(error.into_iter().map(Err)).collect::<Vec<_>>();
        // At its own pace, however it is read.
        let begun = Instant::now();
        let paced = stream::iter((1..).zip(events)).then(move |(number, event)| async move {
            tokio::time::sleep_until(begun + Duration::from_millis(100) * number).await;
            event
        });
        Ok(paced.boxed())
    }
}

fn text(text: impl Into<String>) -> ModelEvent {
    ModelEvent::Text(text.into())
}

const USAGE: Usage = Usage { input_tokens: 1_000, output_tokens: 500, cached_tokens: None };

fn finished(reason: &str) -> ModelEvent {
    ModelEvent::Finished { model: Some("m".to_owned()), finish_reason: reason.to_owned(), usage: Some(USAGE) }
}

fn refused(code: ErrorCode, retry_after_ms: Option<u64>) -> ModelError {
    ModelError { failure: Failure::new(code, "The provider said no."), retry_after_ms }
}

fn page() -> Answer {
    Answer::Says(vec![text("<html>a page</html>"), finished("stop")])
}

/// A world in which one variant of a model was accepted, and a provider with these answers.
struct Stage {
    world: World,
    ports: Ports,
    provider: Arc<Scripted>,
    key: VariantKey,
}

impl Stage {
    async fn set(model: &str, answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut world = World::new(CountingModel::new(1, Duration::ZERO));
        world.offer = Arc::new(Offer::new(vec![model.to_owned()], []));
        let provider = Arc::new(Scripted {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
            clock: world.clock.clone(),
        });
        let ports = Ports { model: provider.clone(), ..world.ports() };
        let ask = json!({"prompt": {"text": "a page"}, "variants": 1});
        let start = StartRequest::read(ask.as_object().unwrap()).unwrap();
        let started = ports.api().starter.record(&UserId::anonymous(), &start, None, false).await.unwrap();
        let Started::New(generation) = started else { panic!("{started:?}") };
        Self { world, ports, provider, key: VariantKey { generation_id: generation.id, variant_index: 0 } }
    }

    async fn work_within(&self, left_ms: u64) -> Variant {
        let deadline_ms = self.world.clock.now_ms() + HANDOVER_MARGIN_MS + left_ms;
        let invocation = Invocation { request_id: "request".to_owned(), deadline_ms, stop: Stop::never() };
        let event = WorkerEvent { variant: self.key.clone() };
        self.ports.worker().handle(event, &invocation).await.unwrap();
        self.world.table.variant(&self.key).await.unwrap().unwrap()
    }

    async fn work(&self) -> Variant {
        self.work_within(880_000).await
    }

    fn asked(&self) -> Vec<String> {
        self.provider.asked.lock().unwrap().iter().map(|(model, _)| model.clone()).collect()
    }

    async fn conclusion(&self) -> Conclusion {
        let recorded = self.world.table.generation(&self.key.generation_id).await.unwrap().unwrap();
        recorded.generation.conclusion.unwrap()
    }
}

fn failure(variant: &Variant) -> &Failure {
    let Status::Failed(failure) = &variant.status else { panic!("{variant:?}") };
    failure
}

#[tokio::test(start_paused = true)]
async fn a_model_is_asked_by_its_own_name_until_its_day_is_over_and_its_successor_after_that() {
    let stage = Stage::set("gpt-4.1-2025-04-14", [page()]).await;
    let variant = stage.work().await;
    assert_eq!((stage.asked(), variant.account.substitute), (vec!["gpt-4.1-2025-04-14".to_owned()], None));

    let stage = Stage::set("gpt-4.1-2025-04-14", [page()]).await;
    advance(Duration::from_hours(24 * 60)).await;
    let variant = stage.work().await;
    assert_eq!(stage.asked(), ["gpt-6-sol"]);
    let substitute = Substitute { model: "gpt-6-sol".to_owned(), reason: Gone::ShutDown };
    assert_eq!((variant.account.substitute, variant.attempt), (Some(substitute), 1));
    assert_eq!(variant.model, "gpt-4.1-2025-04-14", "what was asked for stays recorded");
}

#[tokio::test(start_paused = true)]
async fn a_model_that_the_provider_does_not_know_costs_no_attempt_and_is_not_asked_twice() {
    let broken = Answer::Breaks(vec![text("<html>")], refused(ErrorCode::StreamInterrupted, None));
    let unknown = Answer::Refuses(refused(ErrorCode::ModelNotFound, None));
    let stage = Stage::set("gpt-4o-2024-11-20", [unknown, broken.clone(), broken, page()]).await;
    let variant = stage.work().await;
    let next = "gpt-6.1-terra";
    assert_eq!(stage.asked(), ["gpt-4o-2024-11-20", next, next, next], "three attempts that are paid for, as for any");
    assert!(matches!(variant.status, Status::Completed(_)), "{variant:?}");
    assert_eq!((variant.attempt, variant.model_used()), (3, next));
    let cost_usd = variant.answer().unwrap().cost_usd.unwrap();
    assert!((cost_usd - (1_000.0 * 1.0 + 500.0 * 5.0) / 1e6).abs() < 1e-12, "at the price of the model that answered");
    let totals = stage.conclusion().await.totals;
    assert_eq!(
        (totals.cost_usd, totals.cost_unknown),
        (Some(cost_usd), vec![0]),
        "of two attempts nobody knows the cost"
    );
}

#[tokio::test(start_paused = true)]
async fn a_model_may_turn_out_to_be_gone_in_a_later_attempt_too() {
    let busy = Answer::Refuses(refused(ErrorCode::ProviderRateLimit, None));
    let cut = Answer::Breaks(vec![text("<html>first")], refused(ErrorCode::StreamInterrupted, None));
    let unknown = Answer::Refuses(refused(ErrorCode::ModelNotFound, None));
    for before in [busy, cut] {
        let stage = Stage::set("gpt-4o-2024-11-20", [before, unknown.clone(), page()]).await;
        let variant = stage.work().await;
        assert!(matches!(variant.status, Status::Completed(_)), "{variant:?}");
        assert_eq!((variant.attempt, variant.model_used()), (2, "gpt-6.1-terra"));
        let chunks = stage.world.table.chunks(&variant.attempt_key(), None, 100).await.unwrap();
        assert_eq!(assemble(&chunks), "<html>a page</html>", "the chunks are the page: {chunks:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_without_a_successor_fails_in_the_providers_words() {
    let stage = Stage::set("of-another-server", [Answer::Refuses(refused(ErrorCode::ModelNotFound, None))]).await;
    let variant = stage.work().await;
    assert_eq!(failure(&variant), &Failure::new(ErrorCode::ModelNotFound, "The provider said no."));
}

#[tokio::test(start_paused = true)]
async fn what_an_answer_without_a_page_has_taken_is_recorded() {
    let stage = Stage::set("gpt-6-luna", [Answer::Says(vec![text("I cannot do that."), finished("stop")])]).await;
    let variant = stage.work().await;
    assert_eq!(failure(&variant).code, ErrorCode::Refused);
    assert_eq!(variant.duration_ms(), Some(200));
    let answer = variant.answer().unwrap();
    assert_eq!((answer.usage, answer.first_text_ms), (Some(USAGE), Some(100)));
    let totals = stage.conclusion().await.totals;
    assert_eq!((totals.input_tokens, totals.usage_unknown, totals.cost_unknown), (Some(1_000), vec![], vec![]));
    assert!((totals.cost_usd.unwrap() - (1_000.0 * 0.1 + 500.0 * 0.5) / 1e6).abs() < 1e-12);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_variant_says_how_long_it_took_and_invents_no_count() {
    let endless = (0..100).map(|_| text("<p>more</p>")).collect();
    let stage = Stage::set("gpt-6-luna", [Answer::Says(endless)]).await;
    let cancel = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        stage.world.table.request_cancel(&stage.key).await.unwrap();
    };
    let (variant, ()) = tokio::join!(stage.work(), cancel);
    assert_eq!(variant.status, Status::Cancelled);
    assert!((3_000..5_000).contains(&variant.duration_ms().unwrap()), "{variant:?}");
    assert_eq!(variant.answer().unwrap().usage, None);
    assert_eq!(stage.conclusion().await.totals.usage_unknown, [0]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_longer_than_any_page_is_kept_and_not_asked_for_again() {
    let part = format!("<html>{}", "x".repeat(ANSWER_BYTES_MAX / 4));
    let stage = Stage::set("gpt-6-luna", [Answer::Says((0..9).map(|_| text(part.clone())).collect())]).await;
    let variant = stage.work().await;
    assert_eq!(failure(&variant).code, ErrorCode::AnswerTooLong);
    assert!(failure(&variant).message.contains("4 MB"), "{variant:?}");
    let raw = stage.world.objects.get(&keys::raw(&variant.attempt_key())).await.unwrap().unwrap();
    assert_eq!(raw.bytes, part.repeat(3).into_bytes(), "all that fits was paid for and is saved");
    let shown = stage.world.table.chunks(&variant.attempt_key(), None, 10_000).await.unwrap();
    assert_eq!(assemble(&shown).as_bytes(), raw.bytes, "and shown");
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_provider_is_not_asked_before_the_time_that_it_named() {
    let stage =
        Stage::set("gpt-6-luna", [Answer::Refuses(refused(ErrorCode::ProviderRateLimit, Some(90_000))), page()]).await;
    let variant = stage.work().await;
    assert!(matches!(variant.status, Status::Completed(_)), "{variant:?}");
    let times: Vec<u64> = stage.provider.asked.lock().unwrap().iter().map(|(_, at_ms)| *at_ms).collect();
    assert!((90_000..92_000).contains(&(times[1] - times[0])), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_longer_than_the_invocation_is_left_to_the_sweep_which_comes_when_it_is_over() {
    let stage =
        Stage::set("gpt-6-luna", [Answer::Refuses(refused(ErrorCode::ProviderRateLimit, Some(90_000))), page()]).await;
    let begun_ms = stage.world.clock.now_ms();
    let variant = stage.work_within(30_000).await;
    assert_eq!(stage.world.clock.now_ms(), begun_ms, "it does not wait for what it cannot reach");
    assert_eq!((&variant.status, variant.lease_until_ms), (&Status::Queued, begun_ms + 90_000));
    assert!(stage.world.invokes.take().is_empty(), "nobody asks before the time");

    advance(Duration::from_secs(89)).await;
    assert_eq!(stage.ports.sweep().sweep().await.unwrap().invoked, 0);
    advance(Duration::from_secs(2)).await;
    assert_eq!(stage.ports.sweep().sweep().await.unwrap().invoked, 1);
    assert!(matches!(stage.work().await.status, Status::Completed(_)));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_for_an_hour_is_not_waited_for_and_the_time_is_named() {
    let hour = Answer::Refuses(refused(ErrorCode::ProviderRateLimit, Some(3_600_000)));
    let stage = Stage::set("gpt-6-luna", [hour]).await;
    let variant = stage.work().await;
    let message = "The provider said no. It asks to wait 60 minutes before the next try.";
    assert_eq!(failure(&variant), &Failure::new(ErrorCode::ProviderRateLimit, message));
}

#[tokio::test(start_paused = true)]
async fn what_is_left_at_the_end_is_written_at_once_however_far_apart_chunks_have_come() {
    let words: Vec<ModelEvent> = (0..60).map(|number| text(format!("<p>{number}</p>"))).collect();
    let events: Vec<ModelEvent> =
        [text("<html>")].into_iter().chain(words).chain([text("</html>"), finished("stop")]).collect();
    let provider_ms = 100 * events.len() as u64;
    let stage = Stage::set("gpt-6-luna", [Answer::Says(events)]).await;
    let variant = stage.work().await;
    let behind_ms = variant.duration_ms().unwrap() - provider_ms;
    assert!(behind_ms <= READ_REST_MS_MAX + READ_QUIET_MS, "{behind_ms} ms behind the provider");
}
