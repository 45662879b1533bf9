use super::item::{of_counters, to_counters};
use super::{Key, Table, number};
use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Put, TransactWriteItem, Update};
use domain::ids::{UserId, VariantKey};
use domain::quota::{Counted, Counters, Scope};
use futures_util::future::try_join;
use ports::{Quotas, Settled, StoreError};

fn built(error: &BuildError) -> StoreError {
    StoreError::Corrupt(format!("TransactWriteItems quota: {error}"))
}

impl Table {
    async fn counters_of(&self, scope: &Scope) -> Result<Counters, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(Key::counters(scope).item()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| store_error("GetItem counters", &error))?;
        answer.item.as_ref().map_or(Ok(Counters::default()), to_counters)
    }

    pub(super) async fn read_counters(&self, user: &UserId) -> Result<Counted, StoreError> {
        let of_user = Scope::User(user.clone());
        let (user, stack) = try_join(self.counters_of(&of_user), self.counters_of(&Scope::Stack)).await?;
        Ok(Counted { user, stack })
    }

    /// The writes of both counters, each on the condition that nobody has written since it was read.
    pub(super) fn counting(&self, user: &UserId, after: &Counted) -> Result<[TransactWriteItem; 2], StoreError> {
        let put = |scope: &Scope, counters: &Counters| {
            let put = Put::builder().table_name(&self.name).set_item(Some(of_counters(scope, counters)?));
            let put = if counters.version == 1 {
                put.condition_expression("attribute_not_exists(pk)")
            } else {
                put.condition_expression("#version = :seen")
                    .expression_attribute_names("#version", "version")
                    .expression_attribute_values(":seen", number(counters.version.saturating_sub(1)))
            };
            let put = put.build().map_err(|error| built(&error))?;
            Ok(TransactWriteItem::builder().put(put).build())
        };
        Ok([put(&Scope::User(user.clone()), &after.user)?, put(&Scope::Stack, &after.stack)?])
    }
}

/// Whether a transaction was refused because others write the same items: nothing was written, and another try settles it.
pub(super) fn is_busy(reasons: &[CancellationReason]) -> bool {
    reasons.iter().any(|reason| reason.code() == Some("TransactionConflict"))
}

#[async_trait]
impl Quotas for Table {
    async fn counters(&self, user: &UserId) -> Result<Counted, StoreError> {
        self.read_counters(user).await
    }

    async fn settle(&self, key: &VariantKey, user: &UserId, after: &Counted) -> Result<Settled, StoreError> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::variant(key).item()))
            .update_expression("REMOVE #reserved")
            .condition_expression("attribute_exists(#reserved) AND attribute_exists(#outcome)")
            .expression_attribute_names("#reserved", "reserved")
            .expression_attribute_names("#outcome", "outcome")
            .build()
            .map_err(|error| built(&error))?;
        let mut writes = vec![TransactWriteItem::builder().update(update).build()];
        writes.extend(self.counting(user, after)?);
        let written = self.client.transact_write_items().set_transact_items(Some(writes)).send().await;
        let Err(error) = written else { return Ok(Settled::Done) };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
            let reasons = cancelled.cancellation_reasons();
            let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
            if reasons.first().is_some_and(failed) {
                return Ok(Settled::Nothing);
            }
            if reasons.iter().any(failed) || is_busy(reasons) {
                return Ok(Settled::Changed);
            }
        }
        Err(store_error("TransactWriteItems quota", &error))
    }
}
