//! Recording a chunk: the fence and the text in one transaction.
//!
//! The item of the variant is updated and the chunk is put together or not at all. The update's condition proves that
//! the attempt is still the caller's, that this is the next number, and that nobody subscribed or cancelled since the
//! caller last looked; if it fails, the old item comes back and says which of these it was.

use super::super::item::{of_chunk, to_variant};
use super::super::{Key, Table, number, string};
use super::HELD;
use super::change::names;
use crate::failure::store_error;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use domain::chunk::Chunk;
use domain::limits::{CHUNK_TTL_S, CONFLICT_TRIES_MAX};
use ports::{Appended, Hold, StoreError};
use std::time::Duration;

impl Table {
    pub(super) async fn append_chunk(
        &self,
        hold: &Hold,
        chunk: &Chunk,
        signals: u32,
        lease_until_ms: Option<u64>,
    ) -> Result<Appended, StoreError> {
        let writes = self
            .writes(hold, chunk, signals, lease_until_ms)
            .map_err(|error| StoreError::Corrupt(format!("TransactWriteItems append: {error}")))?;
        let mut pause = Duration::from_millis(5);
        let mut tries = 1;
        loop {
            let written = self.client.transact_write_items().set_transact_items(Some(writes.to_vec())).send().await;
            let Err(error) = written else { return Ok(Appended::Recorded) };
            if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
                let reason = cancelled.cancellation_reasons().first();
                match reason.and_then(CancellationReason::code) {
                    Some("ConditionalCheckFailed") => return refused(hold, chunk, signals, reason),
                    // A subscriber changed the item in the same moment; nothing was written.
                    _ if is_conflict(cancelled.cancellation_reasons()) && tries < CONFLICT_TRIES_MAX => {
                        tries += 1;
                        tokio::time::sleep(pause).await;
                        pause *= 2;
                        continue;
                    }
                    Some(_) | None => {}
                }
            }
            return Err(store_error("TransactWriteItems append", &error));
        }
    }

    fn writes(
        &self,
        hold: &Hold,
        chunk: &Chunk,
        signals: u32,
        lease_until_ms: Option<u64>,
    ) -> Result<[TransactWriteItem; 2], BuildError> {
        let condition = format!("{HELD} AND #nextSeq = :seq AND #signals = :signals");
        let update = match lease_until_ms {
            Some(_) => "SET #nextSeq = :next, #lease = :lease",
            None => "SET #nextSeq = :next",
        };
        let mut fence = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::variant(&hold.key.variant).item()))
            .set_expression_attribute_names(Some(names(&[update, &condition])))
            .update_expression(update)
            .condition_expression(condition)
            .expression_attribute_values(":attempt", number(hold.key.attempt))
            .expression_attribute_values(":holder", string(&hold.holder.0))
            .expression_attribute_values(":running", string("running"))
            .expression_attribute_values(":seq", number(chunk.seq))
            .expression_attribute_values(":next", number(chunk.seq + 1))
            .expression_attribute_values(":signals", number(signals))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some(lease) = lease_until_ms {
            fence = fence.expression_attribute_values(":lease", number(lease));
        }
        let item = of_chunk(&Key::chunk(&hold.key, chunk.seq), chunk, self.now_s() + CHUNK_TTL_S);
        let put = Put::builder().table_name(&self.name).set_item(Some(item)).build()?;
        Ok([TransactWriteItem::builder().update(fence.build()?).build(), TransactWriteItem::builder().put(put).build()])
    }
}

fn is_conflict(reasons: &[CancellationReason]) -> bool {
    reasons.iter().any(|reason| reason.code() == Some("TransactionConflict"))
}

fn refused(
    hold: &Hold,
    chunk: &Chunk,
    signals: u32,
    reason: Option<&CancellationReason>,
) -> Result<Appended, StoreError> {
    let Some(item) = reason.and_then(|reason| reason.item()).filter(|item| !item.is_empty()) else {
        return Ok(Appended::Lost);
    };
    let variant = to_variant(item)?;
    if !variant.is_held_by(hold.key.attempt, &hold.holder) {
        return Ok(Appended::Lost);
    }
    if variant.next_seq == chunk.seq + 1 {
        return Ok(Appended::Recorded);
    }
    if variant.next_seq != chunk.seq {
        return Err(StoreError::Corrupt(format!(
            "chunk {} of {} cannot follow {} recorded ones",
            chunk.seq, hold.key.variant, variant.next_seq
        )));
    }
    if variant.signals == signals {
        return Err(StoreError::Unavailable("TransactWriteItems append: refused without a reason".to_owned()));
    }
    Ok(Appended::Changed(variant))
}
