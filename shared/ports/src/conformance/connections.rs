use crate::{Connection, Connections};
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId, UserId};

pub(super) async fn check<T: Connections>(table: &T) {
    let id = ConnectionId("Conformance123=".to_owned());
    let generation = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
    let connection = Connection {
        id: id.clone(),
        identity: Some(Identity { user: UserId("me".to_owned()), expires_at_s: Some(3_000_000_000) }),
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

    let guest = Connection { identity: None, follows: vec![], ..known };
    table.connected(&guest).await.unwrap();
    assert_eq!(table.greet(&id).await.unwrap().unwrap().connection, guest, "a guest is nobody");
    assert_eq!(table.disconnected(&id).await.unwrap(), Some(guest));
}
