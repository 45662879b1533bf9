//! A browser: asks, follows, loses its connection, reloads, comes back, perhaps cancels - and remembers what it was shown.

use super::chaos::{Chaos, invoke};
use domain::ids::ConnectionId;
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::promise::messages_after;
use end_to_end::{View, socket_event};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What a browser has been shown in all.
pub struct Seen {
    /// The generation that it was told of, if it ever was.
    pub generation: Option<String>,
    /// Everything that ever came, on every connection.
    pub ever: Vec<ServerMessage>,
    /// What came since its last reload.
    pub now: Vec<ServerMessage>,
    pub cancelled: bool,
}

pub struct Browser {
    chaos: Arc<Chaos>,
    name: String,
    /// A second device joins a generation that it is told of.
    joins: Option<tokio::sync::watch::Receiver<Option<String>>>,
    tells: Option<tokio::sync::watch::Sender<Option<String>>>,
    connections: u64,
    /// What it shows, of each variant.
    views: BTreeMap<u8, View>,
    seen: Seen,
}

impl Browser {
    pub fn first(chaos: &Arc<Chaos>, name: &str, tells: tokio::sync::watch::Sender<Option<String>>) -> Self {
        Self::new(chaos, name, None, Some(tells))
    }

    pub fn second(chaos: &Arc<Chaos>, name: &str, joins: tokio::sync::watch::Receiver<Option<String>>) -> Self {
        Self::new(chaos, name, Some(joins), None)
    }

    fn new(
        chaos: &Arc<Chaos>,
        name: &str,
        joins: Option<tokio::sync::watch::Receiver<Option<String>>>,
        tells: Option<tokio::sync::watch::Sender<Option<String>>>,
    ) -> Self {
        let seen = Seen { generation: None, ever: Vec::new(), now: Vec::new(), cancelled: false };
        Self { chaos: chaos.clone(), name: name.to_owned(), joins, tells, connections: 0, views: BTreeMap::new(), seen }
    }

    /// Follows its generation to the end.
    pub async fn run(mut self) -> Seen {
        let cancels = self.joins.is_none() && self.chaos.dice.per_mille(120);
        if let Some(mut joins) = self.joins.take() {
            let told = joins.wait_for(Option::is_some).await.ok().and_then(|id| id.clone());
            self.seen.generation = told;
        }
        while !self.is_satisfied() {
            self.visit(cancels).await;
            tokio::time::sleep(self.chaos.dice.millis(100, 3_000)).await;
        }
        self.chaos.note(&format!("{} is satisfied", self.name));
        self.seen
    }

    /// One connection, from its upgrade until it breaks or nothing more is to come.
    async fn visit(&mut self, cancels: bool) {
        self.connections += 1;
        let connection = ConnectionId(format!("{}-{}=", self.name, self.connections));
        self.chaos.world.sockets.open(&connection);
        let connect = socket_event(&connection, "$connect", None);
        self.say(&connection, "$connect", &connect).await;
        let first = match &self.seen.generation {
            None => json!({
                "action": "generate", "requestId": self.name, "variants": 2, "prompt": {"text": "a page"}
            }),
            Some(id) => json!({"action": "resume", "generationId": id, "cursors": self.cursors()}),
        };
        self.say(&connection, "message", &socket_event(&connection, "$default", Some(&first))).await;
        let mut read = 0;
        for look in 0..200 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let received = messages_after(&self.chaos.world, &connection, read);
            read += received.len();
            self.take(&received);
            if self.is_satisfied() || (self.chaos.rages() && self.chaos.dice.per_mille(25)) {
                break;
            }
            if cancels && !self.seen.cancelled && look > 4 {
                self.cancel(&connection).await;
            }
            // A gap, or a long silence: ask again.
            if look % 20 == 19 {
                break;
            }
        }
        self.chaos.world.sockets.drop_connection(&connection);
        let code = if self.chaos.dice.per_mille(500) { 1001 } else { 1006 };
        let mut gone = socket_event(&connection, "$disconnect", None);
        gone["requestContext"]["disconnectStatusCode"] = json!(code);
        if !self.chaos.rages() || self.chaos.dice.per_mille(700) {
            self.say(&connection, "$disconnect", &gone).await;
        }
        if self.chaos.rages() && self.chaos.dice.per_mille(150) {
            self.chaos.note(&format!("{} reloads", self.name));
            self.seen.now.clear();
            self.views.clear();
        }
    }

    fn take(&mut self, received: &[ServerMessage]) {
        for message in received {
            let foreign = self.seen.generation.is_some()
                && message.generation_id.as_ref().map(ToString::to_string) != self.seen.generation;
            if message.kind == Kind::Generation && self.seen.generation.is_none() {
                self.seen.generation = message.generation_id.as_ref().map(ToString::to_string);
                if let Some(tells) = &self.tells {
                    tells.send_replace(self.seen.generation.clone());
                }
            }
            if !foreign {
                self.seen.ever.push(message.clone());
                self.seen.now.push(message.clone());
                if let Some(variant) = message.variant_index {
                    self.views.entry(variant).or_default().show(message, true);
                }
            }
        }
    }

    async fn cancel(&mut self, connection: &ConnectionId) {
        let Some(id) = self.seen.generation.clone() else { return };
        self.seen.cancelled = true;
        let cancel = json!({"action": "cancel", "generationId": id, "variantIndex": 0});
        self.say(connection, "cancel", &socket_event(connection, "cancel", Some(&cancel))).await;
    }

    async fn say(&self, connection: &ConnectionId, what: &str, event: &Value) {
        invoke(&self.chaos, &format!("{connection} {what}"), |ports| ports.socket(), event).await;
    }

    fn cursors(&self) -> Vec<Value> {
        self.views
            .iter()
            .filter_map(|(index, view)| view.cursor().map(|cursor| (index, cursor)))
            .map(|(index, (attempt, seq))| json!({"variantIndex": index, "attempt": attempt, "seq": seq}))
            .collect()
    }

    fn is_satisfied(&self) -> bool {
        // Without its id a browser could not come back, so it asks again until it has heard it.
        self.seen.generation.is_some()
            && self.views.len() == 2
            && self.views.values().all(View::is_complete)
            && self.seen.now.iter().any(|message| message.kind == Kind::Done)
    }
}
