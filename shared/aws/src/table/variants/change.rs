//! One conditional change of one variant's item, and what came of it.

use super::super::{Item, Key, Table};
use crate::failure::store_error;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::ids::VariantKey;
use domain::limits::CONFLICT_TRIES_MAX;
use ports::StoreError;
use std::collections::HashMap;
use std::time::Duration;

/// An update with its condition. `#name` in an expression stands for the attribute `name`, unless it was given another: DynamoDB
/// reserves so many words that naming all of them is the simpler rule.
pub(super) struct Change {
    key: Key,
    update: String,
    condition: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

/// What came of a change.
pub(super) enum Changed {
    /// It was made; the item after it.
    Done(Item),
    /// Its condition did not hold; the item as it is.
    Refused(Item),
    /// There is no such item.
    Missing,
}

impl Change {
    pub(super) fn of(key: &VariantKey, update: &str, condition: &str) -> Self {
        Self {
            key: Key::variant(key),
            update: update.to_owned(),
            condition: condition.to_owned(),
            names: names(&[update, condition]),
            values: HashMap::new(),
        }
    }

    /// Gives the attribute that a name of the expressions stands for.
    pub(super) fn name(mut self, name: &str, attribute: String) -> Self {
        self.names.insert(name.to_owned(), attribute);
        self
    }

    pub(super) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }
}

/// The `#name`s of some expressions, each standing for its own name.
pub(super) fn names(expressions: &[&str]) -> HashMap<String, String> {
    expressions
        .iter()
        .flat_map(|expression| expression.split(|character: char| !character.is_alphanumeric() && character != '#'))
        .filter_map(|word| word.strip_prefix('#').map(|name| (word.to_owned(), name.to_owned())))
        .collect()
}

impl Table {
    /// Makes the change. A plain update is refused while a transaction writes the same item, which a streaming variant's
    /// worker does several times a second; nothing was written then, and another try settles it:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>.
    pub(super) async fn change(&self, change: Change) -> Result<Changed, StoreError> {
        let mut pause = Duration::from_millis(5);
        let mut tries = 1;
        loop {
            let error = match self.update(&change).await {
                Ok(answer) => return Ok(Changed::Done(answer.attributes.unwrap_or_default())),
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let item = failed.item().filter(|item| !item.is_empty()).cloned();
                    return Ok(item.map_or(Changed::Missing, Changed::Refused));
                }
                Some(UpdateItemError::TransactionConflictException(_)) if tries < CONFLICT_TRIES_MAX => {
                    tries += 1;
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                // The SDK's enum is non-exhaustive.
                Some(_) | None => return Err(store_error("UpdateItem variant", &error)),
            }
        }
    }

    async fn update(&self, change: &Change) -> Result<UpdateItemOutput, SdkError<UpdateItemError>> {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(change.key.item()))
            .set_expression_attribute_names((!change.names.is_empty()).then(|| change.names.clone()))
            .set_expression_attribute_values((!change.values.is_empty()).then(|| change.values.clone()))
            .update_expression(&change.update)
            .condition_expression(&change.condition)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await
    }
}
