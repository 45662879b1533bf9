//! How many connections somebody may have open: one below the limit, at it, one above, and what becomes of connections whose end nobody
//! told.

use boot::Function;
use domain::generation::Generation;
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId, UserId};
use domain::limits::{CONNECTION_TTL_S, CONNECTIONS_OF_LINK_MAX, CONNECTIONS_OF_USER_MAX, HANDSHAKE_MS_MAX};
use domain::share::{Share, ShareToken};
use end_to_end::{BEGINNING_MS, CountingModel, World, socket_event};
use futures_util::future::join_all;
use ports::memory::MemoryTokens;
use ports::{Generations, NewGeneration};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::advance;

const ALICE: Option<(&str, &str)> = Some(("token", "token-of-alice"));
const BOB: Option<(&str, &str)> = Some(("token", "token-of-bob"));

fn tab(number: u32) -> ConnectionId {
    ConnectionId(format!("Tab-_{number}="))
}

fn world() -> World {
    let mut world = World::new(CountingModel::new(1, Duration::ZERO));
    let identity = |name: &str| Identity { user: UserId(name.to_owned()), expires_at_s: None };
    world.tokens =
        Arc::new(MemoryTokens::of(&[("token-of-alice", identity("alice")), ("token-of-bob", identity("bob"))]));
    world
}

/// A handshake; the gateway knows the connection once it was let in.
async fn connect(world: &World, number: u32, shown: Option<(&str, &str)>) -> u16 {
    let mut event = socket_event(&tab(number), "$connect", None);
    if let Some((name, value)) = shown {
        event["queryStringParameters"] = json!({name: value});
    }
    let answer = handle(world, event).await;
    if answer == 200 {
        world.sockets.open(&tab(number));
    }
    answer
}

async fn handle(world: &World, event: Value) -> u16 {
    let event = serde_json::from_value(event).unwrap();
    world.ports().socket().handle(event, &world.invocation()).await.unwrap().status_code
}

async fn disconnect(world: &World, number: u32) {
    world.sockets.drop_connection(&tab(number));
    assert_eq!(handle(world, socket_event(&tab(number), "$disconnect", None)).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_user_has_as_many_connections_as_the_limit_and_no_more() {
    let world = world();
    for number in 1..=CONNECTIONS_OF_USER_MAX {
        assert_eq!(connect(&world, number, ALICE).await, 200, "{number}");
    }
    assert_eq!(connect(&world, 100, ALICE).await, 429);
    advance(Duration::from_millis(HANDSHAKE_MS_MAX)).await;
    assert_eq!(connect(&world, 101, ALICE).await, 429, "all of them are there");
    assert_eq!(connect(&world, 102, BOB).await, 200, "another's are another's");
    disconnect(&world, 7).await;
    assert_eq!(connect(&world, 103, ALICE).await, 200);
    assert_eq!(connect(&world, 104, ALICE).await, 429);
}

#[tokio::test(start_paused = true)]
async fn no_number_of_handshakes_at_once_passes_the_limit() {
    let world = world();
    let answers = join_all((0..2 * CONNECTIONS_OF_USER_MAX).map(|number| connect(&world, number, ALICE))).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count() as u32, CONNECTIONS_OF_USER_MAX);
}

#[tokio::test(start_paused = true)]
async fn connections_that_vanished_without_a_word_give_their_seats_back() {
    let world = world();
    for number in 1..=CONNECTIONS_OF_USER_MAX {
        assert_eq!(connect(&world, number, ALICE).await, 200);
    }
    for number in 1..=3 {
        world.sockets.drop_connection(&tab(number));
    }
    assert_eq!(connect(&world, 100, ALICE).await, 429, "they may be on their way still");
    advance(Duration::from_millis(HANDSHAKE_MS_MAX)).await;
    for number in 101..=103 {
        assert_eq!(connect(&world, number, ALICE).await, 200, "{number}");
    }
    assert_eq!(connect(&world, 104, ALICE).await, 429, "as many as vanished, and no more");
}

#[tokio::test(start_paused = true)]
async fn seats_end_by_themselves_with_the_records_of_their_connections() {
    let world = world();
    for number in 1..=CONNECTIONS_OF_USER_MAX {
        assert_eq!(connect(&world, number, ALICE).await, 200);
    }
    advance(Duration::from_secs(CONNECTION_TTL_S - 1)).await;
    assert_eq!(connect(&world, 100, ALICE).await, 429);
    advance(Duration::from_secs(1)).await;
    assert_eq!(connect(&world, 101, ALICE).await, 200);
}

#[tokio::test(start_paused = true)]
async fn guests_are_counted_by_their_link_and_take_no_seat_of_the_owner() {
    let world = world();
    let id = GenerationId::parse("5f0c7a52-3c1e-4d57-9a4e-1b7f0d2c6e83").unwrap();
    let tokens = ["0a", "0b"].map(|digits| ShareToken::new(&id, &digits.repeat(32)));
    let share = |token: &ShareToken| Share {
        generation: id.clone(),
        id: token.id(),
        created_at_ms: BEGINNING_MS,
        expires_at_s: None,
    };
    let generation = Generation {
        id: id.clone(),
        user: UserId("alice".to_owned()),
        created_at_ms: BEGINNING_MS,
        title: "a page".to_owned(),
        models: vec!["model-a".to_owned()],
        uploads: Vec::new(),
        closes: None,
        shares: tokens.iter().map(share).collect(),
        conclusion: None,
        lineage: None,
        winner: None,
    };
    let new = NewGeneration { generation, variants: Vec::new(), request_key: None, counted: None };
    world.table.create(&new).await.unwrap();
    for number in 1..=CONNECTIONS_OF_LINK_MAX {
        assert_eq!(connect(&world, number, Some(("share", tokens[0].as_str()))).await, 200, "{number}");
    }
    assert_eq!(connect(&world, 100, Some(("share", tokens[0].as_str()))).await, 429);
    assert_eq!(connect(&world, 101, Some(("share", tokens[1].as_str()))).await, 200, "another link");
    assert_eq!(connect(&world, 102, ALICE).await, 200, "the owner");
    disconnect(&world, 1).await;
    assert_eq!(connect(&world, 103, Some(("share", tokens[0].as_str()))).await, 200);
}

#[tokio::test(start_paused = true)]
async fn where_nobody_is_asked_who_they_are_nobody_is_counted() {
    let world = World::new(CountingModel::new(1, Duration::ZERO));
    for number in 0..2 * CONNECTIONS_OF_USER_MAX {
        assert_eq!(connect(&world, number, None).await, 200);
    }
}
