//! A party's seats are a set of texts in an item of their own: one that is taken is counted within the same write.

use super::item::{of_seat, to_seats};
use super::{Item, Key, Table, number, string};
use crate::failure::store_error;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::limits::CONNECTION_TTL_S;
use domain::seat::{Party, Seat};
use ports::StoreError;

impl Table {
    /// The seats that are taken, if there is none for this one.
    pub(super) async fn add_seat(
        &self,
        party: &Party,
        seat: &Seat,
        seats_max: u32,
    ) -> Result<Option<Vec<Seat>>, StoreError> {
        let text = of_seat(seat);
        let updated = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::seats(party).item()))
            // The item lives as long as its last seat.
            .update_expression("ADD seats :added SET #ttl = :ttl")
            .condition_expression("attribute_not_exists(seats) OR size(seats) < :max OR contains(seats, :one)")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":added", AttributeValue::Ss(vec![text.clone()]))
            .expression_attribute_values(":one", string(text))
            .expression_attribute_values(":max", number(seats_max))
            .expression_attribute_values(":ttl", number(seat.since_ms / 1_000 + CONNECTION_TTL_S))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match updated {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(full)) => {
                    to_seats(full.item().unwrap_or(&Item::new())).map(Some)
                }
                // The SDK's enum is non-exhaustive.
                Some(_) | None => Err(store_error("UpdateItem seat", &error)),
            },
        }
    }

    /// Takes seats out of the set; those that are not in it change nothing.
    pub(super) async fn remove_seats(&self, party: &Party, seats: &[Seat]) -> Result<(), StoreError> {
        let updated = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::seats(party).item()))
            .update_expression("DELETE seats :removed")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":removed", AttributeValue::Ss(seats.iter().map(of_seat).collect()))
            .send()
            .await;
        match updated {
            Ok(_) => Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(store_error("UpdateItem seats", &error)),
        }
    }
}
