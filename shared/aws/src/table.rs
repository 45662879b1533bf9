//! The one table. Items of a generation share a partition; chunks have one per attempt, so that reading a generation
//! never reads its text.
//!
//! | item | `pk` | `sk` |
//! | --- | --- | --- |
//! | generation | `G#<id>` | `GENERATION` |
//! | variant | `G#<id>` | `VARIANT#<nn>` |
//! | chunk | `C#<id>#<n>#<attempt>` | `<seq>`, ten digits |
//! | idempotency key | `R#<user>` | `<request id>` |
//! | deletion | `X#<generation id>` | `DELETION` |
//! | what a user has spent | `Q#<user>` | `COUNTERS` |
//! | what the stack has spent | `S#STACK` | `COUNTERS` |
//! | use of an upload | `U#<upload key>` | `<generation id>` |
//! | connection | `N#<connection id>` | `CONNECTION` |
//! | open connections of a user, or by a link | `P#U#<user>`, `P#L#<link>` | `SEATS` |
//! | design system | `D#<user>` | `DESIGN#<id>` |
//! | a user's number of design systems | `D#<user>` | `COUNT` |
//!
//! Index `history` (`owner`, `place`) lists a user's generations by time. Index `open` (`open`, `lease`) is what the sweep reads;
//! `open` is `open` of variants that have not been told of, by the end of their lease, `deleted` of deletions, by when they are
//! due, and `kept` of generations, by when they were accepted.

mod connections;
mod deletions;
mod design_systems;
mod generations;
mod item;
mod quotas;
mod schema;
mod seats;
mod shares;
mod variants;

pub use schema::create_table;

use crate::failure::store_error;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::{AttemptKey, ConnectionId, DesignSystemId, GenerationId, UserId, VariantKey};
use domain::quota::Scope;
use domain::seat::Party;
use ports::{Clock, StoreError};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

type Item = HashMap<String, AttributeValue>;

/// The table in DynamoDB.
#[derive(Clone)]
pub struct Table {
    client: Client,
    name: String,
    /// For the times at which items expire.
    clock: Arc<dyn Clock>,
}

impl Table {
    /// The table of that name.
    #[must_use]
    pub fn new(client: Client, name: String, clock: Arc<dyn Clock>) -> Self {
        Self { client, name, clock }
    }

    /// Opens a connection, with a question whose answer does not matter.
    ///
    /// # Errors
    /// [`StoreError`], as for any read.
    pub async fn warm(&self) -> Result<(), StoreError> {
        self.client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string("warm"))
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error("Query warm", &error))
    }

    fn now_s(&self) -> u64 {
        self.clock.now_ms() / 1_000
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An item's key.
struct Key {
    pk: String,
    sk: String,
}

impl Key {
    fn generation(id: &GenerationId) -> Self {
        Self { pk: format!("G#{id}"), sk: "GENERATION".to_owned() }
    }

    fn variant(key: &VariantKey) -> Self {
        Self { pk: format!("G#{}", key.generation_id), sk: format!("VARIANT#{:02}", key.variant_index) }
    }

    fn chunk(key: &AttemptKey, seq: u32) -> Self {
        let AttemptKey { variant, attempt } = key;
        Self {
            pk: format!("C#{}#{}#{attempt}", variant.generation_id, variant.variant_index),
            sk: format!("{seq:010}"),
        }
    }

    fn request(user: &UserId, request_id: &str) -> Self {
        Self { pk: format!("R#{}", user.0), sk: request_id.to_owned() }
    }

    fn deletion(id: &GenerationId) -> Self {
        Self { pk: format!("X#{id}"), sk: "DELETION".to_owned() }
    }

    fn counters(scope: &Scope) -> Self {
        let pk = match scope {
            Scope::User(user) => format!("Q#{}", user.0),
            Scope::Stack => "S#STACK".to_owned(),
        };
        Self { pk, sk: "COUNTERS".to_owned() }
    }

    fn upload_use(upload: &str, id: &GenerationId) -> Self {
        Self { pk: format!("U#{upload}"), sk: id.to_string() }
    }

    fn connection(id: &ConnectionId) -> Self {
        Self { pk: format!("N#{id}"), sk: "CONNECTION".to_owned() }
    }

    fn seats(party: &Party) -> Self {
        let pk = match party {
            Party::User(user) => format!("P#U#{}", user.0),
            Party::Link(link) => format!("P#L#{}", link.as_str()),
        };
        Self { pk, sk: "SEATS".to_owned() }
    }

    /// What the sort keys of design systems begin with.
    const DESIGN: &str = "DESIGN#";

    fn design_system(user: &UserId, id: &DesignSystemId) -> Self {
        Self { pk: format!("D#{}", user.0), sk: format!("{}{id}", Self::DESIGN) }
    }

    fn design_system_count(user: &UserId) -> Self {
        Self { pk: format!("D#{}", user.0), sk: "COUNT".to_owned() }
    }

    fn item(&self) -> Item {
        [("pk".to_owned(), string(&self.pk)), ("sk".to_owned(), string(&self.sk))].into()
    }
}

fn string(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(value: impl fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
