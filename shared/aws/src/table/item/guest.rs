//! Guests of a variant: an attribute each, by their connection, so that one is added and removed without a read.

use super::{corrupt, text};
use crate::table::Item;
use domain::ids::ConnectionId;
use domain::share::ShareId;
use domain::variant::Guest;
use ports::StoreError;

/// What the names of guests' attributes begin with.
const GUEST: &str = "guest:";

/// The attribute of a guest.
pub(in super::super) fn guest(connection: &ConnectionId) -> String {
    format!("{GUEST}{connection}")
}

pub(super) fn to_guests(item: &Item) -> Result<Vec<Guest>, StoreError> {
    let guest = |name: &String| {
        let connection = ConnectionId(name.strip_prefix(GUEST)?.to_owned());
        let link = text(item, name).and_then(|link| ShareId::parse(link).ok_or_else(|| corrupt(item, name)));
        Some(link.map(|link| Guest { connection, link }))
    };
    let mut guests = item.keys().filter_map(guest).collect::<Result<Vec<_>, _>>()?;
    guests.sort();
    Ok(guests)
}
