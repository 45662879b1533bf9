//! What a running variant needs of memory, counted by the allocator: at most four times its text, everything included that
//! is copied on the way from the provider to the store. The ports keep nothing here, so that what is counted is the worker's
//! own.

use boot::Function;
use domain::ids::{UserId, VariantKey};
use domain::request::StartRequest;
use domain::variant::Status;
use domain::wire::invoke::WorkerEvent;
use end_to_end::Breakage::{NoPages, NoRawAnswers, NothingSaved};
use end_to_end::{CountingModel, World};
use lifecycle::Started;
use peak_alloc::PeakAlloc;
use ports::Variants;
use serde_json::json;
use std::time::Duration;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Pieces of about 28 bytes, a millisecond apart.
const PIECES: usize = 40_000;

#[tokio::test(start_paused = true)]
async fn a_running_variant_takes_at_most_four_times_its_text() {
    let world = World::new(CountingModel::new(PIECES, Duration::from_millis(1)));
    let ask = json!({"prompt": {"text": "a page"}, "variants": 1});
    let start = StartRequest::read(ask.as_object().unwrap()).unwrap();
    let outcome = world.ports().api().starter.record(&UserId::anonymous(), &start, None, false).await.unwrap();
    let Started::New(generation) = outcome else { panic!("{outcome:?}") };
    let key = VariantKey { generation_id: generation.id, variant_index: 0 };
    let worker = NoPages.breaks(NoRawAnswers.breaks(NothingSaved.breaks(world.ports()))).worker();

    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    worker.handle(WorkerEvent { variant: key.clone() }, &world.invocation()).await.unwrap();
    let used = MEMORY.peak_usage() - before;

    let Status::Completed(completion) = world.table.variant(&key).await.unwrap().unwrap().status else { panic!() };
    let text = usize::try_from(completion.page_bytes).unwrap();
    assert!(text > 1_000_000, "{text} bytes of page");
    println!("{used} bytes for {text} bytes of page: {}.{:02} times", used / text, used % text * 100 / text);
    assert!(used <= 4 * text, "{used} bytes for {text} bytes of page");
}
