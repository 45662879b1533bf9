use super::item::{of_design_system, to_design_system};
use super::{Key, Table, number, string};
use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{Delete, Put, ReturnValue, TransactWriteItem, Update};
use domain::design_system::{DesignSystem, DesignSystemChange};
use domain::ids::{DesignSystemId, UserId};
use ports::{DesignSystems, StoreError};

fn built(error: &BuildError) -> StoreError {
    StoreError::Corrupt(format!("TransactWriteItems design system: {error}"))
}

impl Table {
    /// Counts one more or one less. The count is an item of its own, so that a limit holds for writers that do not know of
    /// each other.
    fn count_design_system(&self, user: &UserId, by: i64, count_max: u32) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::design_system_count(user).item()))
            .update_expression("ADD #count :by")
            .condition_expression("attribute_not_exists(#count) OR #count < :max")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":by", number(by))
            .expression_attribute_values(":max", number(count_max))
            .build()
            .map_err(|error| built(&error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Both writes or none; `false` if a condition did not hold.
    async fn write_both(&self, writes: Vec<TransactWriteItem>) -> Result<bool, StoreError> {
        let written = self.client.transact_write_items().set_transact_items(Some(writes)).send().await;
        match written {
            Ok(_) => Ok(true),
            Err(error) => {
                if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
                    && cancelled
                        .cancellation_reasons()
                        .iter()
                        .any(|reason| reason.code() == Some("ConditionalCheckFailed"))
                {
                    return Ok(false);
                }
                Err(store_error("TransactWriteItems design system", &error))
            }
        }
    }
}

#[async_trait]
impl DesignSystems for Table {
    async fn design_systems(&self, user: &UserId) -> Result<Vec<DesignSystem>, StoreError> {
        // A page of a query ends at 1 MB: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html>.
        let (mut found, mut start) = (Vec::new(), None);
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :pk AND begins_with(sk, :designs)")
                .expression_attribute_values(":pk", string(Key::design_system_count(user).pk))
                .expression_attribute_values(":designs", string(Key::DESIGN))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| store_error("Query design systems", &error))?;
            for item in page.items() {
                found.push(to_design_system(item)?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                found.sort_by(|a, b| (a.created_at_ms, &a.id).cmp(&(b.created_at_ms, &b.id)));
                return Ok(found);
            }
        }
    }

    async fn add_design_system(&self, user: &UserId, new: &DesignSystem, count_max: u32) -> Result<bool, StoreError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(of_design_system(user, new)))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(|error| built(&error))?;
        let count = self.count_design_system(user, 1, count_max)?;
        self.write_both(vec![count, TransactWriteItem::builder().put(put).build()]).await
    }

    async fn change_design_system(
        &self,
        user: &UserId,
        id: &DesignSystemId,
        change: &DesignSystemChange,
        now_ms: u64,
    ) -> Result<Option<DesignSystem>, StoreError> {
        let mut sets = vec!["#updated = :updated"];
        let mut update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::design_system(user, id).item()))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#updated", "updatedAt")
            .expression_attribute_values(":updated", number(now_ms))
            .return_values(ReturnValue::AllNew);
        if let Some(name) = &change.name {
            sets.push("#name = :name");
            update = update.expression_attribute_names("#name", "name");
            update = update.expression_attribute_values(":name", string(name));
        }
        if let Some(content) = &change.content {
            sets.push("#content = :content");
            update = update.expression_attribute_names("#content", "content");
            update = update.expression_attribute_values(":content", string(content));
        }
        match update.update_expression(format!("SET {}", sets.join(", "))).send().await {
            Ok(answer) => to_design_system(&answer.attributes.unwrap_or_default()).map(Some),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(store_error("UpdateItem design system", &error)),
        }
    }

    async fn remove_design_system(&self, user: &UserId, id: &DesignSystemId) -> Result<bool, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(Key::design_system(user, id).item()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|error| built(&error))?;
        let count = self.count_design_system(user, -1, u32::MAX)?;
        self.write_both(vec![TransactWriteItem::builder().delete(delete).build(), count]).await
    }
}
