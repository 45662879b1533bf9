use super::*;
use crate::fixed::{Fixed, ID, NOW_MS};
use async_trait::async_trait;
use domain::error::{ErrorCode, Failure};
use domain::ids::{GenerationId, Holder, UserId, VariantKey};
use domain::models::Catalogue;
use domain::quota::Allowance;
use domain::variant::Ending;
use ports::memory::{Frame, MemorySockets, MemoryTable};
use ports::{Claim, Created, Ended, Hold, NewGeneration, PushError};
use serde_json::Value;
use tokio::sync::Notify;

/// A gateway on which the first message waits until it is let go.
#[derive(Default)]
struct SlowFirst {
    sockets: MemorySockets,
    held: std::sync::Mutex<bool>,
    waits: Notify,
    go: Notify,
}

#[async_trait]
impl Push for SlowFirst {
    async fn push(&self, connection: &ConnectionId, text: &str) -> Result<(), PushError> {
        let is_first = !std::mem::replace(&mut *self.held.lock().unwrap(), true);
        if is_first {
            self.waits.notify_one();
            self.go.notified().await;
        }
        self.sockets.push(connection, text).await
    }

    async fn is_open(&self, connection: &ConnectionId) -> Result<bool, PushError> {
        self.sockets.is_open(connection).await
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        self.sockets.close(connection).await
    }
}

fn connection() -> ConnectionId {
    ConnectionId("browser=".to_owned())
}

/// A generation of two that one connection follows, which is closed at its end.
async fn two_variants(table: &MemoryTable) -> [VariantKey; 2] {
    let id = GenerationId::parse(ID).unwrap();
    let keys = [0, 1].map(|variant_index| VariantKey { generation_id: id.clone(), variant_index });
    let mut new: NewGeneration = ports::conformance::new_generation(&UserId("user".to_owned()), NOW_MS, 2);
    new.generation.id = id;
    new.generation.closes = Some(connection());
    new.variants = keys
        .iter()
        .map(|key| Variant { listeners: vec![connection()], ..Variant::queued(key.clone(), "m", NOW_MS, NOW_MS) })
        .collect();
    assert_eq!(table.create(&new).await.unwrap(), Created::New);
    keys
}

async fn ended(table: &MemoryTable, key: &VariantKey) -> Variant {
    let holder = Holder(key.to_string());
    let Claim::Taken(variant) = table.claim(key, &holder, NOW_MS, 20_000).await.unwrap() else {
        panic!("nobody else claims it");
    };
    let hold = Hold { key: variant.attempt_key(), holder };
    let failure = Failure::new(ErrorCode::ProviderRejected, "no");
    match table.end(&hold, &Ending::Failed(failure), NOW_MS + 20_000).await.unwrap() {
        Ended::Recorded(variant) => variant,
        Ended::Lost => panic!("nobody else holds it"),
    }
}

/// What came, as the message's type and variant.
fn heard(push: &SlowFirst) -> Vec<String> {
    let of = |frame: Frame| match frame {
        Frame::Text(text) => {
            let message: Value = serde_json::from_str(&text).unwrap();
            format!("{} {}", message["type"].as_str().unwrap(), message["variantIndex"])
        }
        Frame::Closed => "closed".to_owned(),
    };
    push.sockets.received(&connection()).into_iter().map(of).collect()
}

fn announcer(table: &Arc<MemoryTable>, push: &Arc<SlowFirst>) -> Announcer {
    let clock = Arc::new(Fixed);
    let purse = Purse {
        quotas: table.clone(),
        catalogue: Arc::new(Catalogue::built_in().unwrap()),
        allowance: Allowance::NONE,
        clock: clock.clone(),
        ids: Arc::new(Fixed),
    };
    Announcer { generations: table.clone(), variants: table.clone(), push: push.clone(), purse, clock }
}

#[tokio::test]
async fn done_and_the_close_come_behind_the_end_of_a_variant_whose_worker_is_still_telling_it() {
    let (table, push) = (Arc::new(MemoryTable::default()), Arc::new(SlowFirst::default()));
    push.sockets.open(&connection());
    let [first, second] = two_variants(&table).await;
    let announcer = announcer(&table, &push);
    let first = ended(&table, &first).await;
    let telling = async { announcer.tell(&first).await.unwrap() };
    let overtaking = async {
        push.waits.notified().await;
        let second = ended(&table, &second).await;
        announcer.tell(&second).await.unwrap();
        push.go.notify_one();
    };
    tokio::join!(telling, overtaking);
    assert_eq!(heard(&push), ["variantError 1", "variantError 0", "done null", "closed"]);
    for variant in table.generation(&first.key.generation_id).await.unwrap().unwrap().readable() {
        assert!(variant.told, "{}", variant.key);
    }
}

#[tokio::test]
async fn an_end_that_is_noted_as_told_is_not_told_again_before_done() {
    let (table, push) = (Arc::new(MemoryTable::default()), Arc::new(SlowFirst::default()));
    *push.held.lock().unwrap() = true;
    push.sockets.open(&connection());
    let announcer = announcer(&table, &push);
    for key in two_variants(&table).await {
        let variant = ended(&table, &key).await;
        announcer.tell(&variant).await.unwrap();
    }
    assert_eq!(heard(&push), ["variantError 0", "variantError 1", "done null", "closed"]);
}
