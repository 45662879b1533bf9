//! The promise's points, as checks of a world in memory.

use crate::{View, World};
use domain::chunk::assemble;
use domain::ids::{AttemptKey, ConnectionId, GenerationId};
use domain::keys;
use domain::request::hex_sha256;
use domain::variant::{Status, Variant};
use domain::wire::server::{Kind, ServerMessage};
use ports::memory::Frame;
use ports::{Generations, Objects, Variants};

/// What a connection has received.
#[must_use]
pub fn messages(world: &World, connection: &ConnectionId) -> Vec<ServerMessage> {
    messages_after(world, connection, 0)
}

/// What a connection has received after its first `count` messages.
#[must_use]
pub fn messages_after(world: &World, connection: &ConnectionId, count: usize) -> Vec<ServerMessage> {
    world
        .sockets
        .received_after(connection, count)
        .into_iter()
        .filter_map(|frame| match frame {
            Frame::Text(text) => Some(serde_json::from_str(&text).unwrap()),
            Frame::Closed => None,
        })
        .collect()
}

/// Points 1 and 3 of a generation: every variant has ended and was told, and a completed one is stored whole.
pub async fn ended_and_stored(world: &World, id: &str, pieces: usize) -> Vec<Variant> {
    let id = GenerationId::parse(id).unwrap();
    let recorded = world.table.generation(&id).await.unwrap().unwrap();
    let variants = recorded.readable();
    for variant in &variants {
        assert!(variant.status.has_ended(), "a variant never ended: {variant:?}");
        assert!(variant.told, "its end was never told: {variant:?}");
        assert!(variant.reserved.is_none(), "what it took was never counted: {variant:?}");
        completed_means_stored(world, variant, pieces).await;
    }
    assert!(recorded.generation.conclusion.is_some(), "the end of the whole was never recorded");
    variants
}

/// Point 2: every chunk that came is stored, as it came, under its attempt.
pub async fn shown_is_durable(world: &World, heard: &[ServerMessage]) {
    for message in heard {
        let (Some(seq), Some(attempt)) = (message.seq, message.attempt) else { continue };
        let variant = domain::ids::VariantKey {
            generation_id: message.generation_id.clone().unwrap(),
            variant_index: message.variant_index.unwrap(),
        };
        let key = AttemptKey { variant, attempt };
        let stored = world.table.chunks(&key, seq.checked_sub(1), 1).await.unwrap();
        let text = stored.first().filter(|chunk| chunk.seq == seq).map(|chunk| &chunk.text);
        assert_eq!(text, message.value.as_ref(), "shown and not stored: chunk {seq} of attempt {attempt}");
    }
}

async fn completed_means_stored(world: &World, variant: &Variant, pieces: usize) {
    let Status::Completed(completion) = &variant.status else { return };
    let page = world.objects.get(&keys::page(&variant.attempt_key())).await.unwrap().expect("the page is in S3");
    assert_eq!(page.bytes.len() as u64, completion.page_bytes);
    assert_eq!(hex_sha256(&page.bytes), completion.page_sha256);
    let raw = world.objects.get(&keys::raw(&variant.attempt_key())).await.unwrap();
    assert!(raw.is_some(), "the raw answer is in S3");
    let streamed = assemble(&world.table.chunks(&variant.attempt_key(), None, 1_000).await.unwrap());
    assert_eq!(streamed.as_bytes(), page.bytes, "the chunks are the page");
    assert_eq!(streamed.matches(" piece ").count(), pieces, "of one whole answer");
    let answer = streamed.split("<p>").nth(1).and_then(|first| first.split(" piece ").next()).unwrap();
    for piece in 0..pieces {
        assert!(streamed.contains(&format!("<p>{answer} piece {piece}</p>")), "each piece once: {streamed}");
    }
    assert!(!completion.cut_off && streamed.ends_with("</html>"), "which came to its end");
}

/// Point 4: a browser that has heard all this was told the end and shows every completed variant's page.
pub async fn recovered(world: &World, variants: &[Variant], heard: &[ServerMessage]) {
    assert!(heard.iter().any(|message| message.kind == Kind::Done), "the browser that came back was told the end");
    let views = View::of(heard, true);
    for variant in variants {
        let view = &views[&variant.key.variant_index];
        assert_eq!(view.ended(), Some(variant.attempt));
        if let Status::Completed(_) = &variant.status {
            let page = world.objects.get(&keys::page(&variant.attempt_key())).await.unwrap().unwrap();
            assert_eq!(view.text().as_bytes(), page.bytes, "and shows the page");
        }
    }
}
