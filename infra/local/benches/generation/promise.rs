//! What the promise costs: the write before each push, and the way back after a lost connection.

use crate::millis;
use domain::chunk::{Change, Chunk};
use domain::ids::{Holder, UserId};
use domain::wire::server::Kind;
use end_to_end::{Client, Quartet, View};
use ports::{Appended, Claim, Generations, Hold, Variants};
use serde_json::json;
use std::time::Instant;

const WRITES: u32 = 300;
const RESUMES: usize = 20;

/// Each durable write of a chunk of 1 KB, through the SDK into the local table.
pub async fn durable_writes() -> Vec<f64> {
    let (_place, stack) = end_to_end::start().await;
    let boot = boot::Boot::new(stack.settings().clone());
    let (table, now_ms) = (boot.table(), boot.clock.now_ms());
    // Claimed before the sweep takes it for abandoned, and for longer than this lasts.
    let new = ports::conformance::new_generation(&UserId("bench".to_owned()), now_ms, 1);
    table.create(&new).await.unwrap();
    let holder = Holder("bench".to_owned());
    let Claim::Taken(variant) = table.claim(&new.variants[0].key, &holder, now_ms + 2_000, 120_000).await.unwrap()
    else {
        panic!("the variant is free")
    };
    let hold = Hold { key: variant.attempt_key(), holder };
    let mut took = Vec::new();
    for seq in 0..WRITES {
        let chunk = Chunk { seq, change: Change::Append, text: "x".repeat(1_024) };
        let begun = Instant::now();
        assert_eq!(table.append(&hold, &chunk, variant.signals, None).await.unwrap(), Appended::Recorded);
        took.push(millis(begun.elapsed()));
    }
    stack.stop().await;
    took
}

/// From asking, on a new connection while the model still writes, to the first chunk that was missing.
pub async fn resumes(stack: &Quartet) -> Vec<f64> {
    let mut first = Client::connect(stack.public()).await;
    let id = first.generate(&json!({"prompt": {"text": "a page to come back to"}})).await;
    first.until(|message| message.seq == Some(5)).await;
    let (attempt, _) = View::of(&first.heard, false)[&0].cursor().unwrap();
    let mut took = Vec::new();
    for _ in 0..RESUMES {
        let mut later = Client::connect(stack.public()).await;
        let cursors = json!([{"variantIndex": 0, "attempt": attempt, "seq": 1}]);
        let begun = Instant::now();
        later.send(&json!({"action": "resume", "generationId": id, "cursors": cursors})).await;
        later.until(|message| message.kind == Kind::Chunk && message.variant_index == Some(0)).await;
        took.push(millis(begun.elapsed()));
        later.vanish();
    }
    first.until_done().await;
    took
}
