//! How fast a provider's stream becomes a page, on one core: bytes of server-sent events through the parser and the
//! extractor, and bytes of answer through the extractor alone. At least 100 MB/s are wanted of the first. Run with
//! `cargo bench -p openai --bench parsing`.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail")]

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::html::{Extractor, page_of};
use futures_util::{StreamExt, stream};
use ports::ModelEvent;
use serde_json::json;
use std::hint::black_box;

const DELTAS: usize = 10_000;
/// What one read of the socket brings.
const READ_BYTES: usize = 16 * 1024;

/// A page in a fence, about 40 characters a delta, with what real pages have: scripts, quotes and line breaks.
fn answer() -> Vec<String> {
    let mut deltas = vec!["```html\n".to_owned(), "<!DOCTYPE html>\n<html><body>\n".to_owned()];
    for number in 0..DELTAS {
        deltas.push(match number % 3 {
            0 => format!("<p class=\"item\">number {number} – naïve</p>\n"),
            1 => format!("<script>let a{number} = '<p>' + \"x\";</script>\n"),
            _ => "    Small things, made with care, every day.\n".to_owned(),
        });
    }
    deltas.push("</body></html>\n```".to_owned());
    deltas
}

fn events_of(deltas: &[String]) -> Vec<Bytes> {
    let mut bytes = Vec::new();
    for delta in deltas {
        let event = json!({
            "id": "chatcmpl-CJ2Ff3Nb0c3B8mQvH2v6w6q0c1aZ", "object": "chat.completion.chunk", "created": 1_795_255_200,
            "model": "gpt-4.1-2025-04-14", "service_tier": "default", "system_fingerprint": "fp_3502f4eb73",
            "choices": [{"index": 0, "delta": {"content": delta}, "logprobs": null, "finish_reason": null}],
        });
        bytes.extend_from_slice(format!("data: {event}\n\n").as_bytes());
    }
    bytes.extend_from_slice(b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    bytes.chunks(READ_BYTES).map(Bytes::copy_from_slice).collect()
}

async fn page_bytes(reads: Vec<Bytes>) -> usize {
    let mut events = std::pin::pin!(openai::events(stream::iter(reads).map(Ok).boxed()));
    let mut extractor = Extractor::default();
    let mut bytes = 0;
    while let Some(event) = events.next().await {
        if let ModelEvent::Text(text) = event.unwrap() {
            bytes += extractor.push(&text).len();
        }
    }
    bytes + extractor.finish().len()
}

fn benchmark(criterion: &mut Criterion) {
    let deltas = answer();
    let reads = events_of(&deltas);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut group = criterion.benchmark_group("parsing");
    group.throughput(Throughput::Bytes(reads.iter().map(|read| read.len() as u64).sum()));
    group.bench_function("events_to_page", |bencher| {
        bencher.iter(|| runtime.block_on(page_bytes(black_box(reads.clone()))));
    });
    let text = deltas.concat();
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("answer_to_page", |bencher| bencher.iter(|| page_of(black_box(&text)).len()));
    group.bench_function("page_to_checks", |bencher| bencher.iter(|| domain::checks::check(black_box(&text)).len()));
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
