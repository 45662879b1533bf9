use super::item::{
    numeric, of_deletion, strings, text, to_deletion, to_deletion_id, to_generation, to_generation_id, to_variant,
};
use super::{Item, Key, Table, number, string};
use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Delete, DeleteRequest, Put, TransactWriteItem, WriteRequest};
use domain::deletion::Deletion;
use domain::ids::{ConnectionId, GenerationId, UserId};
use domain::limits::{CLAIMS_MAX, CONFLICT_TRIES_MAX};
use domain::quota::Reserved;
use futures_util::{StreamExt, TryStreamExt, stream};
use ports::{Deletions, StoreError};
use std::collections::BTreeSet;
use std::time::Duration;

/// Items of one batch: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>.
const BATCH: usize = 25;
/// Attempts whose chunks are removed side by side.
const SIDE_BY_SIDE: usize = 8;

fn built(error: &BuildError) -> StoreError {
    StoreError::Corrupt(format!("TransactWriteItems deletion: {error}"))
}

/// The records of a generation as they were read, and what is left to do once they are gone.
struct Records {
    deletion: Deletion,
    items: Vec<Item>,
    /// What its variants have set aside and is not settled.
    aside: Vec<(Reserved, Reserved)>,
}

impl Records {
    /// A record that cannot be read is taken away, too: what is certain of it is its key.
    fn of(id: &GenerationId, items: Vec<Item>, now_ms: u64) -> Result<Option<(UserId, Self)>, StoreError> {
        let found = items.iter().find(|item| text(item, "sk").is_ok_and(|kind| kind == "GENERATION"));
        let Some(generation) = found.map(to_generation).transpose()? else { return Ok(None) };
        let mut listeners = BTreeSet::new();
        let (mut attempts, mut aside) = (Vec::new(), Vec::new());
        for item in &items {
            let index = text(item, "sk")?.strip_prefix("VARIANT#").and_then(|index| index.parse().ok());
            let Some(index) = index else { continue };
            attempts.push((index, numeric(item, "attempt").unwrap_or(CLAIMS_MAX)));
            if item.contains_key("reserved") {
                // Of one that cannot be read the place is given back all the same.
                let reserved = to_variant(item).ok().and_then(|variant| variant.reserved).unwrap_or_default();
                aside.push((reserved, reserved));
            }
            listeners.extend(strings(item, "listeners").into_iter().map(ConnectionId));
        }
        let deletion = Deletion {
            generation_id: id.clone(),
            deleted_at_ms: now_ms,
            due_ms: now_ms,
            attempts,
            uploads: generation.uploads,
            listeners: listeners.into_iter().collect(),
            closes: generation.closes,
        };
        Ok(Some((generation.user, Self { deletion, items, aside })))
    }
}

impl Table {
    async fn records(&self, id: &GenerationId) -> Result<Vec<Item>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string(Key::generation(id).pk))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| store_error("Query deletion", &error))?;
        Ok(answer.items.unwrap_or_default())
    }

    /// Each record goes as it was read: a claim that came in between would leave an attempt that nobody knows of, a settlement
    /// would be counted twice.
    async fn taking_away(&self, user: &UserId, records: &Records) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::with_capacity(records.items.len() + 1);
        for item in &records.items {
            let delete = Delete::builder()
                .table_name(&self.name)
                .key("pk", string(text(item, "pk")?))
                .key("sk", string(text(item, "sk")?));
            let settled = if item.contains_key("reserved") { "attribute_exists" } else { "attribute_not_exists" };
            let delete = match item.get("attempt") {
                Some(attempt) => delete
                    .condition_expression(format!("#attempt = :attempt AND {settled}(#reserved)"))
                    .expression_attribute_names("#attempt", "attempt")
                    .expression_attribute_names("#reserved", "reserved")
                    .expression_attribute_values(":attempt", attempt.clone()),
                None => delete.condition_expression("attribute_exists(pk)"),
            };
            writes.push(TransactWriteItem::builder().delete(delete.build().map_err(|error| built(&error))?).build());
        }
        let note = Put::builder()
            .table_name(&self.name)
            .set_item(Some(of_deletion(&records.deletion)?))
            .build()
            .map_err(|error| built(&error))?;
        writes.push(TransactWriteItem::builder().put(note).build());
        if !records.aside.is_empty() {
            let before = self.read_counters(user).await?;
            writes.extend(self.counting(user, &before.settle(&records.aside, records.deletion.deleted_at_ms))?);
        }
        Ok(writes)
    }

    async fn remove_all(&self, partition: &str) -> Result<(), StoreError> {
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", string(partition))
                .projection_expression("pk, sk")
                .consistent_read(true)
                .send()
                .await
                .map_err(|error| store_error("Query chunks", &error))?;
            for batch in answer.items().chunks(BATCH) {
                self.remove_batch(batch).await?;
            }
            if answer.last_evaluated_key.is_none() {
                return Ok(());
            }
        }
    }

    /// What the store has not got to is asked for again.
    async fn remove_batch(&self, keys: &[Item]) -> Result<(), StoreError> {
        let mut left = Vec::with_capacity(keys.len());
        for key in keys {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build().map_err(|error| built(&error))?;
            left.push(WriteRequest::builder().delete_request(delete).build());
        }
        let mut pause = Duration::from_millis(20);
        for _ in 0..CONFLICT_TRIES_MAX {
            let answer = self
                .client
                .batch_write_item()
                .request_items(&self.name, left)
                .send()
                .await
                .map_err(|error| store_error("BatchWriteItem chunks", &error))?;
            left = answer.unprocessed_items.unwrap_or_default().remove(&self.name).unwrap_or_default();
            if left.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError::Unavailable("BatchWriteItem chunks: some are not removed".to_owned()))
    }

    async fn note_of(&self, id: GenerationId) -> Result<Option<Deletion>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(Key::deletion(&id).item()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| store_error("GetItem deletion", &error))?;
        answer.item.map(|item| to_deletion(&item)).transpose()
    }

    /// What the index names under one heading, due before a time, oldest first.
    async fn named_by_index(&self, heading: &str, before_ms: u64, limit: u32) -> Result<Vec<Item>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("open")
            .key_condition_expression("#open = :open AND #lease < :before")
            .expression_attribute_names("#open", "open")
            .expression_attribute_names("#lease", "lease")
            .expression_attribute_values(":open", string(heading))
            .expression_attribute_values(":before", number(before_ms))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| store_error("Query open", &error))?;
        Ok(answer.items.unwrap_or_default())
    }
}

#[async_trait]
impl Deletions for Table {
    async fn take_away(
        &self,
        id: &GenerationId,
        of: Option<&UserId>,
        now_ms: u64,
    ) -> Result<Option<Deletion>, StoreError> {
        let mut pause = Duration::from_millis(5);
        for _ in 0..CONFLICT_TRIES_MAX {
            let Some((user, records)) = Records::of(id, self.records(id).await?, now_ms)? else { return Ok(None) };
            if of.is_some_and(|of| *of != user) {
                return Ok(None);
            }
            let writes = self.taking_away(&user, &records).await?;
            let written = self.client.transact_write_items().set_transact_items(Some(writes)).send().await;
            let Err(error) = written else { return Ok(Some(records.deletion)) };
            // A worker wrote in the same moment, or claimed it: look again.
            if !error.as_service_error().is_some_and(TransactWriteItemsError::is_transaction_canceled_exception) {
                return Err(store_error("TransactWriteItems deletion", &error));
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError::Unavailable("TransactWriteItems deletion: its workers write too often".to_owned()))
    }

    async fn remove_chunks(&self, deletion: &Deletion) -> Result<(), StoreError> {
        let partitions = deletion.attempt_keys().into_iter().map(|key| Key::chunk(&key, 0).pk);
        stream::iter(partitions)
            .map(|partition| async move { self.remove_all(&partition).await })
            .buffer_unordered(SIDE_BY_SIDE)
            .try_collect()
            .await
    }

    async fn give_up_upload(&self, id: &GenerationId, upload: &str) -> Result<bool, StoreError> {
        let key = Key::upload_use(upload, id);
        self.client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(key.item()))
            .send()
            .await
            .map_err(|error| store_error("DeleteItem upload", &error))?;
        let left = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string(key.pk))
            .consistent_read(true)
            .limit(1)
            .send()
            .await
            .map_err(|error| store_error("Query upload", &error))?;
        Ok(left.items().is_empty())
    }

    async fn left_of(&self, deletion: &Deletion) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(of_deletion(deletion)?))
            .condition_expression("attribute_exists(pk)")
            .send()
            .await;
        match put {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(())
            }
            Err(error) => Err(store_error("PutItem deletion", &error)),
        }
    }

    async fn forget_deletion(&self, id: &GenerationId) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(Key::deletion(id).item()))
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error("DeleteItem deletion", &error))
    }

    async fn deletions_due(&self, now_ms: u64, limit: u32) -> Result<Vec<Deletion>, StoreError> {
        let named = self.named_by_index(DELETED, now_ms, limit).await?;
        let notes: Vec<Option<Deletion>> = stream::iter(named)
            .map(|item| async move { self.note_of(to_deletion_id(&item)?).await })
            .buffered(SIDE_BY_SIDE)
            .try_collect()
            .await?;
        // The index may lag behind what was written since.
        Ok(notes.into_iter().flatten().filter(|deletion| deletion.due_ms < now_ms).collect())
    }

    async fn accepted_before(&self, accepted_ms: u64, limit: u32) -> Result<Vec<GenerationId>, StoreError> {
        let named = self.named_by_index(KEPT, accepted_ms, limit).await?;
        named.iter().map(to_generation_id).collect()
    }
}

/// The heading of the index under which it names deletions.
pub(super) const DELETED: &str = "deleted";
/// The heading of the index under which it names generations, by the time at which they were accepted.
pub(super) const KEPT: &str = "kept";
