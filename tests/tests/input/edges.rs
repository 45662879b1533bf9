//! Limits on what comes from outside, at their edges: what is at the limit is taken, what is one beyond it is refused.

use boot::Function;
use domain::chunk::{Change, Chunk};
use domain::ids::{ConnectionId, Holder, VariantKey};
use domain::image::source::data_url;
use domain::limits as max;
use domain::wire::client::ClientMessage;
use domain::wire::server::Kind;
use end_to_end::images::bomb;
use end_to_end::{BEGINNING_MS, CountingModel, World, http_event, socket_event};
use ports::{Appended, Claim, Hold, Variants};
use serde_json::{Value, json};
use std::time::Duration;

const ID: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

/// Sends so much of something and says whether it is taken.
pub(super) type Edge = (&'static str, usize, fn(usize) -> Value);

/// Limits of requests for a generation: the params that have so much of it.
pub(super) const PARAMS: [Edge; 12] = [
    ("VARIANTS_MAX", max::VARIANTS_MAX as usize, |n| json!({"prompt": {"text": "a"}, "variants": n})),
    ("PROMPT_BYTES_MAX", max::PROMPT_BYTES_MAX, |n| json!({"prompt": {"text": "x".repeat(n)}})),
    ("IMAGES_MAX", max::IMAGES_MAX, |n| json!({"prompt": {"text": "a", "images": images(n)}})),
    ("REQUEST_IMAGES_MAX", max::REQUEST_IMAGES_MAX, |n| {
        let turn = |count: usize| json!({"role": "user", "text": "a", "images": images(count)});
        let mut history: Vec<Value> = (0..n / 5).map(|_| turn(5)).collect();
        history.push(turn(n % 5));
        json!({"generationType": "update", "prompt": {"text": "b"}, "history": history})
    }),
    ("IMAGE_SIDE_PIXELS_MAX", max::IMAGE_SIDE_PIXELS_MAX as usize, |n| screenshot(n, 1)),
    // A line more of 8,000 pixels: no side fits a prime.
    ("IMAGE_PIXELS_MAX", max::IMAGE_PIXELS_MAX as usize / 8_000, |n| screenshot(8_000, n)),
    ("HISTORY_TURNS_MAX", max::HISTORY_TURNS_MAX, |n| {
        let history = vec![json!({"role": "user", "text": "a"}); n];
        json!({"generationType": "update", "prompt": {"text": "b"}, "history": history})
    }),
    (
        "CONTEXT_BYTES_MAX",
        max::CONTEXT_BYTES_MAX,
        |n| json!({"generationType": "update", "prompt": {"text": "b"}, "fileState": {"content": "x".repeat(n)}}),
    ),
    (
        "DESIGN_SYSTEM_BYTES_MAX",
        max::DESIGN_SYSTEM_BYTES_MAX,
        |n| json!({"prompt": {"text": "a"}, "designSystem": "x".repeat(n)}),
    ),
    ("NAME_BYTES_MAX", max::NAME_BYTES_MAX, |n| json!({"prompt": {"text": "a"}, "requestId": "x".repeat(n)})),
    ("JSON_DEPTH_MAX", max::JSON_DEPTH_MAX, |n| {
        // The body's own object is one.
        let mut deep = json!(1);
        for _ in 1..n {
            deep = json!([deep]);
        }
        json!({"prompt": {"text": "a"}, "unread": deep})
    }),
    // The envelope is 31 bytes.
    (
        "HTTP_BODY_BYTES_MAX",
        max::HTTP_BODY_BYTES_MAX - 31,
        |n| json!({"prompt": {"text": "a"}, "x": "x".repeat(n + 1)}),
    ),
];

fn images(count: usize) -> Vec<String> {
    vec![data_url("image/png", &bomb(3, 2)); count]
}

fn screenshot(width: usize, height: usize) -> Value {
    let image = data_url("image/png", &bomb(width as u32, height as u32));
    json!({"inputMode": "image", "prompt": {"text": "a", "images": [image]}})
}

fn world() -> World {
    World::new(CountingModel::new(1, Duration::from_millis(1)))
}

/// The status of a request, and the code of its refusal.
async fn ask(world: &World, event: Value) -> (i64, Option<String>) {
    let event = serde_json::from_value(event).unwrap();
    let answer = world.ports().api().handle(event, &world.invocation()).await.unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap_or("null")).unwrap_or_default();
    (answer["statusCode"].as_i64().unwrap(), body["error"]["code"].as_str().map(str::to_owned))
}

fn post(path: &str, body: &Value) -> Value {
    let mut event = http_event("POST", &format!("POST {path}"), path);
    event["body"] = json!(body.to_string());
    event
}

#[tokio::test(start_paused = true)]
async fn params_at_a_limit_are_taken_and_one_beyond_it_are_refused() {
    for (name, limit, params) in PARAMS {
        for n in [limit - 1, limit] {
            let (status, code) = ask(&world(), post("/api/generations", &params(n))).await;
            assert_eq!((status, code), (202, None), "{name}: {n}");
        }
        let (status, code) = ask(&world(), post("/api/generations", &params(limit + 1))).await;
        assert!(matches!(status, 400 | 413), "{name}: {} is answered with {status} {code:?}", limit + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn no_variant_is_none() {
    let of = |n: u8| post("/api/generations", &json!({"prompt": {"text": "a"}, "variants": n}));
    assert_eq!(ask(&world(), of(max::VARIANTS_MIN)).await.0, 202);
    assert_eq!(ask(&world(), of(max::VARIANTS_MIN - 1)).await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn uploads_are_permitted_up_to_their_limit() {
    for (kind, limit) in [("image/png", max::IMAGE_BYTES_MAX), ("application/json", max::REQUEST_BYTES_MAX)] {
        let of = |bytes: usize| post("/api/uploads", &json!({"contentType": kind, "bytes": bytes}));
        for bytes in [1, limit - 1, limit] {
            assert_eq!(ask(&world(), of(bytes)).await.0, 201, "{kind}: {bytes}");
        }
        for bytes in [0, limit + 1] {
            assert!(matches!(ask(&world(), of(bytes)).await.0, 400 | 413), "{kind}: {bytes}");
        }
    }
}

#[test]
fn a_resume_takes_a_cursor_for_each_variant() {
    let of = |count: usize| {
        let cursors: Vec<Value> =
            (0..count).map(|index| json!({"variantIndex": index, "attempt": 1, "seq": 0})).collect();
        ClientMessage::read(&json!({"action": "resume", "generationId": ID, "cursors": cursors}).to_string())
    };
    assert!(of(max::CURSORS_MAX).is_ok());
    assert!(of(max::CURSORS_MAX + 1).is_err());
}

#[tokio::test(start_paused = true)]
async fn design_systems_are_kept_up_to_their_number() {
    let world = world();
    for number in 0..max::DESIGN_SYSTEMS_MAX {
        let (status, _) = ask(&world, post("/api/design-systems", &json!({"name": "n", "content": "c"}))).await;
        assert!((200..300).contains(&status), "{number}: {status}");
    }
    let (status, _) = ask(&world, post("/api/design-systems", &json!({"name": "n", "content": "c"}))).await;
    assert!((400..500).contains(&status), "{status}");
}

#[tokio::test(start_paused = true)]
async fn a_generation_is_followed_by_so_many_and_no_more() {
    let world = world();
    let socket = world.ports().socket();
    let mut id = Value::Null;
    for number in 0..=max::LISTENERS_MAX {
        let tab = ConnectionId(format!("tab-{number}="));
        world.sockets.open(&tab);
        let message = match number {
            0 => json!({"action": "generate", "prompt": {"text": "a"}, "variants": 1}),
            _ => json!({"action": "resume", "generationId": id}),
        };
        for (route, body) in [("$connect", None), ("$default", Some(&message))] {
            let event = serde_json::from_value(socket_event(&tab, route, body)).unwrap();
            socket.handle(event, &world.invocation()).await.unwrap();
        }
        let heard = end_to_end::promise::messages(&world, &tab);
        if let Some(found) = heard.iter().find_map(|message| message.generation_id.as_ref()) {
            id = json!(found);
        }
        let refused = heard.iter().any(|message| message.kind == Kind::Error);
        assert_eq!(refused, number == max::LISTENERS_MAX, "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_is_taken_up_to_its_limit() {
    let of = |bytes: usize| {
        let mut event = http_event("GET", "GET /api/generations", "/api/generations");
        event["headers"] = json!({});
        event["rawQueryString"] = json!("x".repeat(bytes - "/api/generations".len()));
        event
    };
    assert_eq!(ask(&world(), of(max::HTTP_HEAD_BYTES_MAX - 1)).await.0, 200);
    assert_eq!(ask(&world(), of(max::HTTP_HEAD_BYTES_MAX)).await.0, 200);
    assert_eq!(ask(&world(), of(max::HTTP_HEAD_BYTES_MAX + 1)).await, (413, Some("too_large".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_search_is_as_long_as_its_limit() {
    let of = |bytes: usize| {
        let mut event = http_event("GET", "GET /api/generations", "/api/generations");
        event["queryStringParameters"] = json!({"search": "x".repeat(bytes)});
        event
    };
    assert_eq!(ask(&world(), of(max::SEARCH_BYTES_MAX)).await.0, 200);
    assert!(matches!(ask(&world(), of(max::SEARCH_BYTES_MAX + 1)).await.0, 400 | 413));
}

#[tokio::test(start_paused = true)]
async fn a_page_is_exported_up_to_its_limit() {
    let of = |bytes: usize| post("/api/export", &json!({"code": "x".repeat(bytes)}));
    assert_eq!(ask(&world(), of(max::EXPORT_PAGE_BYTES_MAX - 1)).await.0, 200);
    assert_eq!(ask(&world(), of(max::EXPORT_PAGE_BYTES_MAX)).await.0, 200);
    assert_eq!(ask(&world(), of(max::EXPORT_PAGE_BYTES_MAX + 1)).await, (413, Some("too_large".to_owned())));
}

/// An attempt that has written nothing hides nothing, so a client may still be shown the one before, after a cursor of it: any.
#[tokio::test(start_paused = true)]
async fn a_cursor_may_be_as_large_as_a_number() {
    let world = world();
    let socket = world.ports().socket();
    let tab = ConnectionId("tab=".to_owned());
    world.sockets.open(&tab);
    let say = async |route: &str, message: Option<&Value>| {
        let event = serde_json::from_value(socket_event(&tab, route, message)).unwrap();
        socket.handle(event, &world.invocation()).await.unwrap();
    };
    say("$connect", None).await;
    say("$default", Some(&json!({"action": "generate", "prompt": {"text": "a"}, "variants": 1}))).await;
    let heard = end_to_end::promise::messages(&world, &tab);
    let generation_id = heard.iter().find_map(|message| message.generation_id.clone()).unwrap();
    let key = VariantKey { generation_id: generation_id.clone(), variant_index: 0 };
    let claim = async |name: &str, now_ms: u64| {
        let holder = Holder(name.to_owned());
        let claim = world.table.claim(&key, &holder, now_ms, 1_000).await.unwrap();
        let Claim::Taken(variant) = claim else { panic!("{claim:?}") };
        (Hold { key: variant.attempt_key(), holder }, variant.signals)
    };
    let (first, signals) = claim("first", BEGINNING_MS).await;
    let chunk = Chunk { seq: 0, change: Change::Append, text: "<p>".to_owned() };
    assert_eq!(world.table.append(&first, &chunk, signals, None).await.unwrap(), Appended::Recorded);
    claim("second", BEGINNING_MS + 60_000).await;
    let cursor = json!({"variantIndex": 0, "attempt": 1, "seq": u32::MAX});
    say("$default", Some(&json!({"action": "resume", "generationId": generation_id, "cursors": [cursor]}))).await;
    let all = end_to_end::promise::messages(&world, &tab);
    assert!(all[heard.len()..].iter().all(|message| message.kind != Kind::Chunk), "there is nothing behind it");
}
