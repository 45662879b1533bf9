//! The promise's five points, as checks of a world after its scenario.

use super::scenario::{PIECES, Scenario};
use domain::chunk::assemble;
use domain::ids::{AttemptKey, ConnectionId, GenerationId};
use domain::keys;
use domain::request::hex_sha256;
use domain::variant::{Status, Variant};
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::{View, World};
use ports::memory::Frame;
use ports::{Generations, Objects, Variants};
use std::sync::atomic::Ordering;

/// What a connection has received.
pub fn messages(world: &World, connection: &ConnectionId) -> Vec<ServerMessage> {
    world
        .sockets
        .received(connection)
        .into_iter()
        .filter_map(|frame| match frame {
            Frame::Text(text) => Some(serde_json::from_str(&text).unwrap()),
            Frame::Closed => None,
        })
        .collect()
}

/// Holds the promise against the world.
pub async fn check(scenario: &Scenario) {
    let world = &scenario.world;
    // A generate that was never acknowledged is not promised anything; with few faults there are always acknowledgements.
    let id =
        GenerationId::parse(scenario.generation.as_ref().expect("the browser was acknowledged in the end")).unwrap();
    let recorded = world.table.generation(&id).await.unwrap().unwrap();
    for variant in recorded.readable() {
        shown_is_durable(world, &variant, &scenario.heard()).await;
        ends(&variant);
        completed_means_stored(world, &variant).await;
    }
    assert!(recorded.generation.conclusion.is_some(), "the end of the whole is recorded");
    paid_once(scenario);
    recovered(scenario, &recorded.readable()).await;
}

/// 1. Every variant ends.
fn ends(variant: &Variant) {
    assert!(variant.status.has_ended(), "variant {:?} never ended", variant);
    assert!(variant.told, "and its end was told");
}

/// 2. Every character that was shown is durable and belongs to one attempt.
async fn shown_is_durable(world: &World, variant: &Variant, messages: &[ServerMessage]) {
    // A resume shows again what was shown before; that is the client's to drop.
    for view in View::of(messages, true).values() {
        for (attempt, chunk) in view.chunks() {
            let key = AttemptKey { variant: variant.key.clone(), attempt };
            let stored = world.table.chunks(&key, chunk.seq.checked_sub(1), 1).await.unwrap();
            assert_eq!(stored.first(), Some(chunk), "shown and not stored, of attempt {attempt}");
        }
    }
}

/// 3. `completed` means that the page is in S3 under that attempt, with the recorded length and hash, and so is the raw
/// answer.
async fn completed_means_stored(world: &World, variant: &Variant) {
    let Status::Completed(completion) = &variant.status else { return };
    let page = world.objects.get(&keys::page(&variant.attempt_key())).await.unwrap().expect("the page is in S3");
    assert_eq!(page.bytes.len() as u64, completion.page_bytes);
    assert_eq!(hex_sha256(&page.bytes), completion.page_sha256);
    let raw = world.objects.get(&keys::raw(&variant.attempt_key())).await.unwrap();
    assert!(raw.is_some(), "the raw answer is in S3");
    let streamed = assemble(&world.table.chunks(&variant.attempt_key(), None, 1_000).await.unwrap());
    assert_eq!(streamed.as_bytes(), page.bytes, "the chunks are the page");
    assert_eq!(streamed.matches(" piece ").count(), PIECES, "of one whole answer");
}

/// 4. Who knows the id is brought to the end.
async fn recovered(scenario: &Scenario, variants: &[Variant]) {
    let heard = scenario.heard();
    assert!(heard.iter().any(|message| message.kind == Kind::Done), "the browser that came back was told the end");
    let views = View::of(&heard, true);
    for variant in variants {
        let Status::Completed(_) = &variant.status else { continue };
        let page = scenario.world.objects.get(&keys::page(&variant.attempt_key())).await.unwrap().unwrap();
        let view = &views[&variant.key.variant_index];
        assert_eq!(view.text().as_bytes(), page.bytes, "and shows the page");
        assert_eq!(view.ended(), Some(variant.attempt));
    }
}

/// 5. One accepted request is paid for once, unless its worker died or its outcome was lost to a fault.
fn paid_once(scenario: &Scenario) {
    let asked = scenario.world.model.asked().len();
    let faults = scenario.faults.harmful();
    assert!(asked <= 1 + faults, "{asked} requests to the model with {faults} faults");
    assert!(scenario.faults.worker_crashes.load(Ordering::SeqCst) as usize <= faults);
}
