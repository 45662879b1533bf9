//! A generation's links are a set of texts in its item: one that is added is counted within the same write, and who reads the
//! generation has read them.

use super::item::of_share;
use super::{Key, Table, number, string};
use crate::failure::store_error;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::GenerationId;
use domain::share::Share;
use ports::StoreError;

impl Table {
    /// Whether the link is there now. It is not if the generation has as many as it may, or is not there itself.
    pub(super) async fn add_share(&self, share: &Share, count_max: u32) -> Result<bool, StoreError> {
        let text = of_share(share);
        let updated = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::generation(&share.generation).item()))
            .update_expression("ADD shares :added")
            .condition_expression(
                "attribute_exists(pk) AND (attribute_not_exists(shares) OR size(shares) < :max OR contains(shares, :one))",
            )
            .expression_attribute_values(":added", AttributeValue::Ss(vec![text.clone()]))
            .expression_attribute_values(":one", string(text))
            .expression_attribute_values(":max", number(count_max))
            .send()
            .await;
        met(updated.map_err(|error| (is_unmet(error.as_service_error()), store_error("UpdateItem share", &error))))
    }

    /// Takes links out of the set; those that are not in it change nothing.
    pub(super) async fn remove_shares(&self, id: &GenerationId, texts: Vec<String>) -> Result<(), StoreError> {
        let updated = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::generation(id).item()))
            .update_expression("DELETE shares :removed")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":removed", AttributeValue::Ss(texts))
            .send()
            .await;
        met(updated.map_err(|error| (is_unmet(error.as_service_error()), store_error("UpdateItem unshare", &error))))
            .map(drop)
    }
}

fn is_unmet(error: Option<&UpdateItemError>) -> bool {
    error.is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

/// Whether the condition of a write held.
fn met<T>(written: Result<T, (bool, StoreError)>) -> Result<bool, StoreError> {
    match written {
        Ok(_) => Ok(true),
        Err((true, _)) => Ok(false),
        Err((false, error)) => Err(error),
    }
}
