//! A worker whose time is nearly up.

use boot::{Function, Invocation, Stop};
use domain::chunk::assemble;
use domain::ids::{AttemptKey, UserId, VariantKey};
use domain::limits::HANDOVER_MARGIN_MS;
use domain::request::StartRequest;
use domain::variant::Status;
use domain::wire::invoke::WorkerEvent;
use end_to_end::promise::ended_and_stored;
use end_to_end::{CountingModel, World};
use lifecycle::Started;
use ports::{Clock, Variants};
use serde_json::json;
use std::time::Duration;

const PIECES: usize = 30;

/// A world in which a generation of one variant was accepted, whose answer takes half a minute.
async fn accepted() -> (World, VariantKey) {
    let world = World::new(CountingModel::new(PIECES, Duration::from_secs(1)));
    let ask = json!({"prompt": {"text": "a page"}, "variants": 1});
    let start = StartRequest::read(ask.as_object().unwrap()).unwrap();
    let starter = world.ports().api().starter;
    let outcome = starter.record(&UserId::anonymous(), &start, None, false).await.unwrap();
    let Started::New(generation) = outcome else { panic!("{outcome:?}") };
    (world, VariantKey { generation_id: generation.id, variant_index: 0 })
}

#[tokio::test(start_paused = true)]
async fn a_worker_near_its_deadline_saves_what_it_has_and_hands_over() {
    let (world, key) = accepted().await;
    let worker = world.ports().worker();
    let event = WorkerEvent { variant: key.clone() };
    let short = Invocation {
        request_id: "short".to_owned(),
        deadline_ms: world.clock.now_ms() + HANDOVER_MARGIN_MS + 10_000,
        stop: Stop::never(),
    };
    worker.handle(event.clone(), &short).await.unwrap();
    assert!(world.clock.now_ms() < short.deadline_ms - HANDOVER_MARGIN_MS + 1_000, "it stops in time");
    let variant = world.table.variant(&key).await.unwrap().unwrap();
    assert_eq!((&variant.status, variant.attempt), (&Status::Queued, 1));
    let first = AttemptKey { variant: key.clone(), attempt: 1 };
    let saved = assemble(&world.table.chunks(&first, None, 1_000).await.unwrap());
    assert!(saved.matches(" piece ").count() >= 9, "what it had is saved: {saved}");
    assert_eq!(world.invokes.take(), std::slice::from_ref(&event), "and a fresh invocation is on its way");

    worker.handle(event, &world.invocation()).await.unwrap();
    let variants = ended_and_stored(&world, key.generation_id.as_str(), PIECES).await;
    assert_eq!(variants[0].attempt, 2);
    assert_eq!(assemble(&world.table.chunks(&first, None, 1_000).await.unwrap()), saved, "earlier text stays readable");
}

#[tokio::test(start_paused = true)]
async fn an_invocation_without_time_claims_nothing() {
    let (world, key) = accepted().await;
    let late = Invocation {
        request_id: "late".to_owned(),
        deadline_ms: world.clock.now_ms() + HANDOVER_MARGIN_MS,
        stop: Stop::never(),
    };
    world.ports().worker().handle(WorkerEvent { variant: key.clone() }, &late).await.unwrap();
    assert_eq!(world.table.variant(&key).await.unwrap().unwrap().attempt, 0, "no attempt is used up");
}
