//! Whatever is sent: every handler answers, says what is wrong, and never that it is at fault itself.

use api::Route;
use boot::Function;
use domain::ids::ConnectionId;
use end_to_end::{CountingModel, World, http_event, socket_event};
use ports::memory::Frame;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const ID: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

fn world() -> World {
    World::new(CountingModel::new(1, Duration::from_millis(1)))
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(future)
}

/// JSON of any shape, with the names of the fields that are read.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!(ID)),
        Just(json!("data:image/png;base64,iVBORw0KGgo=")),
        prop::sample::select(vec!["generate", "resume", "cancel", "ping", "image", "update", "user", "assistant"])
            .prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "action",
        "prompt",
        "text",
        "images",
        "videos",
        "history",
        "role",
        "fileState",
        "content",
        "optionCodes",
        "variants",
        "models",
        "requestId",
        "requestRef",
        "generationId",
        "cursors",
        "variantIndex",
        "attempt",
        "seq",
        "generationType",
        "inputMode",
        "generatedCodeConfig",
        "designSystem",
        "name",
        "code",
        "baseUrl",
        "url",
        "contentType",
        "bytes",
    ]);
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(ID.to_owned()), "\\PC{0,30}", "[0-9]{1,25}", "[0-9]{1,5}-[0-9]{1,5}", Just("../..".to_owned())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_request_makes_the_api_fail(
        route in prop::sample::select(Route::ALL.to_vec()), path in "\\PC{0,40}", parameters in [text(), text(), text()],
        query in prop::collection::btree_map("attempt|after|next|variantIndex|token|\\PC{0,9}", text(), 0..4),
        body in prop_oneof![anything().prop_map(|body| body.to_string()), "\\PC{0,60}"], base64 in prop::bool::weighted(0.1),
        headers in prop::collection::btree_map("authorization|idempotency-key|accept-encoding|host|x-\\PC{0,5}", "\\PC{0,30}", 0..4),
    ) {
        let [id, n, picture] = parameters;
        let mut event = http_event(route.key().split(' ').next().unwrap_or("GET"), route.key(), &path);
        event["pathParameters"] = json!({"id": id, "n": n, "picture": picture});
        event["queryStringParameters"] = json!(query);
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(base64);
        event["headers"] = json!(headers);
        let event = serde_json::from_value(event).unwrap();
        let world = world();
        let answer = run(world.ports().api().handle(event, &world.invocation())).unwrap();
        prop_assert!((200..500).contains(&answer.status_code) || answer.status_code == 501, "{}", answer.status_code);
    }

    #[test]
    fn no_handshake_makes_the_socket_fail(
        headers in prop::collection::btree_map("sec-websocket-protocol|Sec-WebSocket-Protocol|\\PC{0,9}", "quartet, \\PC{0,20}|\\PC{0,30}", 0..4),
        query in prop::collection::btree_map("token|share|\\PC{0,9}", text(), 0..4),
    ) {
        let world = world();
        let mut event = socket_event(&ConnectionId("tab=".to_owned()), "$connect", None);
        let many: BTreeMap<&String, [&String; 2]> = headers.iter().map(|(name, value)| (name, [value, value])).collect();
        event["headers"] = json!(headers);
        event["multiValueHeaders"] = json!(many);
        event["queryStringParameters"] = json!(query);
        let event = serde_json::from_value(event).unwrap();
        let answer = run(world.ports().socket().handle(event, &world.invocation())).unwrap();
        prop_assert_eq!(answer.status_code, 200, "nobody is asked who they are here");
        prop_assert!(answer.headers.values().all(|chosen| chosen.is_ascii() && !chosen.contains(',')), "{:?}", answer.headers);
    }

    #[test]
    fn no_message_makes_the_socket_fail(body in prop_oneof![anything().prop_map(|body| body.to_string()), "\\PC{0,60}"]) {
        let world = world();
        let tab = ConnectionId("tab=".to_owned());
        world.sockets.open(&tab);
        let socket = world.ports().socket();
        run(async {
            let connect = serde_json::from_value(socket_event(&tab, "$connect", None)).unwrap();
            socket.handle(connect, &world.invocation()).await.unwrap();
            let mut event = socket_event(&tab, "$default", None);
            event["body"] = json!(body);
            let answer = socket.handle(serde_json::from_value(event).unwrap(), &world.invocation()).await.unwrap();
            assert_eq!(answer.status_code, 200);
            let heard = world.sockets.received(&tab);
            assert!(answer.body.is_some() || !heard.is_empty(), "every message is answered");
            for frame in heard {
                if let Frame::Text(text) = frame {
                    assert!(text.len() <= 32 * 1024 && serde_json::from_str::<Value>(&text).is_ok());
                }
            }
        });
    }
}
