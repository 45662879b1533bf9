//! Items of connections and of their seats.

use super::{corrupt, numeric, strings, text};
use crate::table::{Item, Key, number, string};
use domain::identity::Identity;
use domain::ids::{ConnectionId, GenerationId, UserId};
use domain::seat::Seat;
use domain::share::ShareId;
use ports::{Connection, StoreError};

pub(in super::super) fn of_connection(connection: &Connection) -> Item {
    let mut item = Key::connection(&connection.id).item();
    if let Some(Identity { user, expires_at_s }) = &connection.identity {
        item.insert("user".to_owned(), string(&user.0));
        if let Some(end) = expires_at_s {
            item.insert("tokenEnd".to_owned(), number(end));
        }
    }
    if let Some(link) = &connection.link {
        item.insert("link".to_owned(), string(link.as_str()));
    }
    item.insert("connectedAt".to_owned(), number(connection.connected_at_ms));
    item.insert("ttl".to_owned(), number(connection.expires_at_s));
    item
}

pub(in super::super) fn to_connection(item: &Item) -> Result<Connection, StoreError> {
    let id = text(item, "pk")?.strip_prefix("N#").ok_or_else(|| corrupt(item, "pk"))?;
    Ok(Connection {
        id: ConnectionId(id.to_owned()),
        identity: match item.get("user") {
            None => None,
            Some(_) => Some(Identity {
                user: UserId(text(item, "user")?.to_owned()),
                expires_at_s: item.get("tokenEnd").map(|_| numeric(item, "tokenEnd")).transpose()?,
            }),
        },
        link: match item.get("link") {
            None => None,
            Some(_) => Some(ShareId::parse(text(item, "link")?).ok_or_else(|| corrupt(item, "link"))?),
        },
        connected_at_ms: numeric(item, "connectedAt")?,
        expires_at_s: numeric(item, "ttl")?,
        follows: strings(item, "follows")
            .iter()
            .map(|id| GenerationId::parse(id).map_err(|_| corrupt(item, "follows")))
            .collect::<Result<_, _>>()?,
    })
}

/// Digits first, so that the texts sort as the seats do.
pub(in super::super) fn of_seat(seat: &Seat) -> String {
    format!("{:015}#{}", seat.since_ms, seat.connection)
}

pub(in super::super) fn to_seats(item: &Item) -> Result<Vec<Seat>, StoreError> {
    let seat = |text: String| {
        let (since, connection) = text.split_once('#')?;
        Some(Seat { since_ms: since.parse().ok()?, connection: ConnectionId(connection.to_owned()) })
    };
    let mut seats = strings(item, "seats")
        .into_iter()
        .map(seat)
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| corrupt(item, "seats"))?;
    seats.sort();
    Ok(seats)
}
