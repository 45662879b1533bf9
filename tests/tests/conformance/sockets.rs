//! Pushes over the local stack, heard by real sockets.

use async_trait::async_trait;
use domain::ids::ConnectionId;
use end_to_end::{Client, Heard, scan, start};
use local::Stack;
use ports::conformance::Listeners;
use ports::memory::Frame;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Mutex;

struct Browsers<'a> {
    stack: &'a Stack,
    clients: Mutex<BTreeMap<ConnectionId, Client>>,
}

impl Browsers<'_> {
    /// The connections that have a record.
    async fn known(&self) -> Vec<ConnectionId> {
        let settings = self.stack.settings();
        let items = scan(settings.endpoints.dynamodb.as_ref().unwrap(), &settings.table).await;
        let keys = items.iter().filter_map(|item| item["pk"].as_s().ok()?.strip_prefix("N#").map(str::to_owned));
        keys.map(ConnectionId).collect()
    }
}

#[async_trait]
impl Listeners for Browsers<'_> {
    async fn open(&self) -> ConnectionId {
        let before = self.known().await;
        let client = Client::connect(self.stack.addresses().public).await;
        let new = self.known().await.into_iter().find(|connection| !before.contains(connection)).unwrap();
        self.clients.lock().await.insert(new.clone(), client);
        new
    }

    async fn leave(&self, connection: &ConnectionId) {
        let client = self.clients.lock().await.remove(connection).unwrap();
        client.close(1000).await;
        // `$disconnect` comes after the gateway has forgotten the connection, and removes its record.
        while self.known().await.contains(connection) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn next(&self, connection: &ConnectionId, count: usize) -> Vec<Frame> {
        let mut clients = self.clients.lock().await;
        let client = clients.get_mut(connection).unwrap();
        let mut frames = Vec::new();
        while frames.len() < count {
            frames.push(match client.next().await {
                Heard::Message(message) => Frame::Text(message.encode().unwrap()),
                Heard::Closed(code) => {
                    assert_eq!(code, 1000);
                    Frame::Closed
                }
            });
        }
        frames
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_through_connection_management_conform() {
    let (_place, stack) = start().await;
    let sockets = boot::Boot::new(stack.settings().clone()).sockets().unwrap();
    let browsers = Browsers { stack: &stack, clients: Mutex::default() };
    let checked = ports::conformance::push(&*sockets, &browsers);
    tokio::time::timeout(Duration::from_mins(1), checked).await.expect("every connection is heard and left");
    drop(browsers);
    stack.stop().await;
}
