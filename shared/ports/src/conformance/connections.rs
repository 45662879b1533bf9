use crate::{Connection, Connections, Seated};
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId, UserId};
use domain::limits::CONNECTION_TTL_S;
use domain::seat::{Party, Seat};
use domain::share::ShareId;
use futures_util::future::join_all;

pub(super) async fn check<T: Connections>(table: &T) {
    seats_are_taken_up_to_their_number(table).await;
    let id = ConnectionId("Conformance123=".to_owned());
    let generation = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
    let connection = Connection {
        id: id.clone(),
        identity: Some(Identity { user: UserId("me".to_owned()), expires_at_s: Some(3_000_000_000) }),
        link: None,
        connected_at_ms: 1_000,
        expires_at_s: 4_000_000_000,
        follows: vec![],
    };
    assert_eq!(table.greet(&id).await.unwrap(), None, "an unknown connection is not made up");
    table.follow(&id, &generation).await.unwrap();
    assert_eq!(table.disconnected(&id).await.unwrap(), None);

    table.connected(&connection).await.unwrap();
    table.connected(&connection).await.unwrap();
    let first = table.greet(&id).await.unwrap().unwrap();
    assert_eq!((&first.connection, first.first), (&connection, true));
    assert!(!table.greet(&id).await.unwrap().unwrap().first, "only once is the first time");
    table.follow(&id, &generation).await.unwrap();
    table.follow(&id, &generation).await.unwrap();
    let known = table.disconnected(&id).await.unwrap().unwrap();
    assert_eq!(known, Connection { follows: vec![generation], ..connection });
    assert_eq!(table.disconnected(&id).await.unwrap(), None, "it is forgotten");

    let link = ShareId::parse(&"0a".repeat(32));
    let guest = Connection { identity: None, link, follows: vec![], ..known };
    table.connected(&guest).await.unwrap();
    assert_eq!(table.greet(&id).await.unwrap().unwrap().connection, guest, "a guest is nobody");
    assert_eq!(table.disconnected(&id).await.unwrap(), Some(guest));
}

/// Some moment that no other suite uses.
const SEATED_MS: u64 = 1_795_255_200_000;

fn seat(number: u64) -> Seat {
    Seat { since_ms: SEATED_MS + number, connection: ConnectionId(format!("Seat_-{number}=")) }
}

async fn seats_are_taken_up_to_their_number<T: Connections>(table: &T) {
    let alice = Party::User(UserId("alice of the seats".to_owned()));
    let link = Party::Link(ShareId::parse(&"0b".repeat(32)).unwrap());
    let take = |party: &Party, number: u64| {
        let party = party.clone();
        async move { table.take_seat(&party, &seat(number), 3).await.unwrap() }
    };
    // However many at once.
    let taken = join_all((0..8).map(|number| take(&alice, number))).await;
    assert_eq!(taken.iter().filter(|seated| **seated == Seated::Taken).count(), 3, "{taken:?}");
    let Seated::Full(seats) = take(&alice, 9).await else { panic!("there were three") };
    assert_eq!(seats.len(), 3);
    assert!(seats.is_sorted(), "the longest first: {seats:?}");
    assert_eq!(take(&alice, seats[1].since_ms - SEATED_MS).await, Seated::Taken, "again is no other");
    assert_eq!(take(&link, 1).await, Seated::Taken, "another party has its own");

    table.give_back_seats(&alice, &[seats[0].clone(), seat(77)]).await.unwrap();
    table.give_back_seats(&alice, &[seats[0].clone()]).await.unwrap();
    table.give_back_seats(&alice, &[]).await.unwrap();
    assert_eq!(take(&alice, 10).await, Seated::Taken);
    assert!(matches!(take(&alice, 11).await, Seated::Full(_)));

    // Nobody said that they ended, and they have.
    let later = CONNECTION_TTL_S * 1_000 + 100;
    for number in 0..3 {
        assert_eq!(take(&alice, later + number).await, Seated::Taken, "{number}");
    }
    assert!(matches!(take(&alice, later + 3).await, Seated::Full(_)));
    let nobody = Party::User(UserId("nobody of the seats".to_owned()));
    table.give_back_seats(&nobody, &[seat(1)]).await.unwrap();
}
