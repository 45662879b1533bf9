//! Pictures in place of placeholders, over the in-memory ports: the order of effects, failures, successors, and what they cost.

use async_trait::async_trait;
use boot::Function;
use domain::chunk::assemble;
use domain::error::ErrorCode;
use domain::ids::{AttemptKey, UserId, VariantKey};
use domain::request::StartRequest;
use domain::variant::{Completion, Status, Variant};
use domain::wire::invoke::WorkerEvent;
use domain::{keys, pictures};
use end_to_end::{CountingModel, IMAGE_MODEL, World};
use futures_util::{FutureExt, StreamExt, stream};
use lifecycle::Started;
use ports::fault::{Fault, Faulty, Harm, Script};
use ports::memory::MemoryPictures;
use ports::{
    Clock, Drawn, Model, ModelError, ModelEvent, ModelRequest, ModelStream, Objects, PictureRequest, Pictures, Variants,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PAGE: &str = "<!DOCTYPE html><html><head><title>Bakery</title></head><body>\
    <img src=\"https://placehold.co/600x400\" alt=\"a loaf\"><img src=\"https://placehold.co/300x300\" alt=\"an oven\">\
    <img src=\"https://placehold.co/600x400\" alt=\"a loaf\"></body></html>";

/// A model that writes one page.
struct Writes(AtomicUsize);

#[async_trait]
impl Model for Writes {
    async fn ask(&self, _request: &ModelRequest) -> Result<ModelStream, ModelError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let finished = ModelEvent::Finished { model: None, finish_reason: "stop".to_owned(), usage: None };
        Ok(stream::iter([Ok(ModelEvent::Text(PAGE.to_owned())), Ok(finished)]).boxed())
    }
}

/// Notes every call, and harms one.
#[derive(Default)]
struct Watched {
    calls: Mutex<Vec<&'static str>>,
    harm_at: Option<usize>,
    crash: tokio::sync::Notify,
}

#[async_trait]
impl Script for Watched {
    fn next(&self, call: &'static str) -> Fault {
        let mut calls = self.calls.lock().unwrap();
        calls.push(call);
        if self.harm_at == Some(calls.len() - 1) { Fault::After(Harm::Crash) } else { Fault::None }
    }

    fn crashed(&self, _call: &'static str) {
        self.crash.notify_one();
    }
}

struct Stage {
    world: World,
    model: Arc<Writes>,
    pictures: Arc<MemoryPictures>,
    key: VariantKey,
}

impl Stage {
    async fn set(more: Value, configured: bool) -> Self {
        let mut world = World::new(CountingModel::new(1, Duration::ZERO));
        let pictures = Arc::new(MemoryPictures::default());
        world.pictures = configured.then(|| pictures.clone());
        let mut ask = json!({"prompt": {"text": "a page"}, "variants": 1});
        ask.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let start = StartRequest::read(ask.as_object().unwrap()).unwrap();
        let started = world.ports().api().starter.record(&UserId::anonymous(), &start, None, false).await.unwrap();
        let Started::New(generation) = started else { panic!("{started:?}") };
        let key = VariantKey { generation_id: generation.id, variant_index: 0 };
        Self { world, model: Arc::new(Writes(AtomicUsize::new(0))), pictures, key }
    }

    /// Works once, under a script; returns the record unless the worker crashed.
    async fn work(&self, watched: &Arc<Watched>) -> Option<Variant> {
        let script: Arc<dyn Script> = watched.clone();
        let mut ports = self.world.faulty_ports(&script);
        ports.model = Arc::new(Faulty::new(self.model.clone(), script));
        let (worker, event) = (ports.worker(), WorkerEvent { variant: self.key.clone() });
        let invocation = self.world.invocation();
        tokio::select! {
            biased;
            done = worker.handle(event, &invocation) => done.unwrap(),
            () = watched.crash.notified() => return None,
        }
        self.world.table.variant(&self.key).await.unwrap()
    }

    async fn completed(&self) -> (Variant, Completion, String) {
        let variant = self.work(&Arc::default()).await.unwrap();
        let Status::Completed(completion) = &variant.status else { panic!("{variant:?}") };
        let completion = completion.clone();
        let page = self.stored(&keys::page(&variant.attempt_key())).await.unwrap();
        let shown = self.world.table.chunks(&variant.attempt_key(), None, 100).await.unwrap();
        assert_eq!(assemble(&shown), page, "what was shown last is the page");
        (variant, completion, page)
    }

    async fn stored(&self, key: &str) -> Option<String> {
        let object = self.world.objects.get(key).await.unwrap();
        object.map(|object| String::from_utf8_lossy(&object.bytes).into_owned())
    }
}

#[tokio::test(start_paused = true)]
async fn placeholders_become_pictures_that_are_in_s3_before_the_page_names_them() {
    let stage = Stage::set(json!({}), true).await;
    let (variant, completion, page) = stage.completed().await;
    let key = variant.attempt_key();
    let (loaf, oven) = (pictures::path(&key, 1), pictures::path(&key, 2));
    let wanted = PAGE.replace("https://placehold.co/600x400", &loaf).replace("https://placehold.co/300x300", &oven);
    assert_eq!(page, wanted);
    assert_eq!(completion.checks, [], "its own pictures are no missing images");
    assert_eq!(completion.page_bytes, page.len() as u64);
    assert!(stage.stored(&keys::picture(&key, 2)).await.is_some());
    let asked: Vec<String> = stage.pictures.asked().into_iter().map(|asked| asked.description).collect();
    assert_eq!(asked, ["a loaf", "an oven"], "equal pictures are drawn once");
    assert!(stage.pictures.asked().iter().all(|asked| asked.model == IMAGE_MODEL));
}

#[tokio::test(start_paused = true)]
async fn the_page_is_saved_before_the_first_picture_is_drawn_and_again_at_the_end() {
    let stage = Stage::set(json!({}), true).await;
    let watched: Arc<Watched> = Arc::default();
    stage.work(&watched).await.unwrap();
    let calls = watched.calls.lock().unwrap().join(" ");
    let order = calls.split_once("event event").unwrap().1;
    let (before, after) = (order.find("draw").unwrap(), order.rfind("draw").unwrap());
    assert_eq!(order[..before].matches("put").count(), 2, "the raw answer and the page: {calls}");
    assert_eq!(order[after..].matches("put").count() + order[before..after].matches("put").count(), 3, "{calls}");
    assert!(order.rfind("put").unwrap() < order.rfind("end").unwrap(), "{calls}");
    assert!(order.rfind("append").unwrap() < order.rfind("put").unwrap(), "{calls}");
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_fails_leaves_its_placeholder_and_a_note() {
    let stage = Stage::set(json!({}), true).await;
    stage.pictures.fail("an oven", ErrorCode::ContentFilter);
    let (variant, completion, page) = stage.completed().await;
    let loaf = pictures::path(&variant.attempt_key(), 1);
    assert_eq!(page, PAGE.replace("https://placehold.co/600x400", &loaf));
    let notes = serde_json::to_value(&completion.checks).unwrap();
    let message = "Placeholders in place of pictures: 1. Not drawn: 1 (The provider draws no such thing.)";
    assert_eq!(notes, json!([{"code": "picture_failed", "message": message}]));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_drawn_unless_it_is_configured_and_wanted() {
    for (more, configured) in [(json!({}), false), (json!({"isImageGenerationEnabled": false}), true)] {
        let stage = Stage::set(more, configured).await;
        assert_eq!(stage.completed().await.2, PAGE);
        assert_eq!(stage.pictures.asked(), []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_call_leaves_a_variant_that_a_successor_completes_with_pictures() {
    let stage = Stage::set(json!({}), true).await;
    let watched: Arc<Watched> = Arc::default();
    stage.work(&watched).await.unwrap();
    let calls = watched.calls.lock().unwrap().clone();
    let saved = calls.iter().position(|call| *call == "put").unwrap();
    let end = calls.iter().position(|call| *call == "end").unwrap();
    let mut drawn_twice = 0;
    for place in 0..end {
        let stage = Stage::set(json!({}), true).await;
        let watched = Arc::new(Watched { harm_at: Some(place), ..Watched::default() });
        assert!(stage.work(&watched).await.is_none(), "it crashes at {place}");
        tokio::time::advance(Duration::from_mins(1)).await;
        let (variant, _, page) = stage.completed().await;
        let key = variant.attempt_key();
        assert!(page.contains(&pictures::path(&key, 1)) && page.contains(&pictures::path(&key, 2)), "{place}: {page}");
        for number in 1..=2 {
            assert!(stage.stored(&keys::picture(&key, number)).await.is_some(), "{place}: picture {number}");
        }
        if place >= saved {
            assert_eq!(stage.model.0.load(Ordering::SeqCst), 1, "{place}: the page is not paid for twice");
        }
        drawn_twice += stage.pictures.asked().len() - 2;
    }
    // Only what was drawn and not yet stored is drawn again.
    assert!(drawn_twice <= 6, "{drawn_twice} pictures were drawn twice, over {end} crashes");
}

/// An image model that takes longer than a lease holds.
struct Slow(Arc<dyn Clock>);

#[async_trait]
impl Pictures for Slow {
    async fn draw(&self, request: &PictureRequest) -> Result<Drawn, ModelError> {
        tokio::time::sleep(Duration::from_secs(50)).await;
        assert!(self.0.now_ms() > 0);
        MemoryPictures::default().draw(request).await
    }
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_kept_and_a_cancel_is_seen_while_pictures_are_drawn() {
    let stage = Stage::set(json!({}), true).await;
    let mut ports = stage.world.ports();
    ports.model = stage.model.clone();
    ports.pictures = Some(Arc::new(Slow(stage.world.clock.clone())));
    let worker = ports.worker();
    let invocation = stage.world.invocation();
    let mut work = worker.handle(WorkerEvent { variant: stage.key.clone() }, &invocation).boxed();
    assert!(tokio::time::timeout(Duration::from_secs(40), &mut work).await.is_err());
    let variant = stage.world.table.variant(&stage.key).await.unwrap().unwrap();
    assert!(variant.lease_until_ms > stage.world.clock.now_ms(), "the lease is kept");
    assert!(stage.stored(&keys::page(&AttemptKey { variant: stage.key.clone(), attempt: 1 })).await.is_some());
    stage.world.table.request_cancel(&stage.key).await.unwrap();
    let begun_ms = stage.world.clock.now_ms();
    work.await.unwrap();
    assert!(stage.world.clock.now_ms() - begun_ms < 2_000, "a cancel does not wait for the pictures");
    let variant = stage.world.table.variant(&stage.key).await.unwrap().unwrap();
    assert_eq!(variant.status, Status::Cancelled);
}
