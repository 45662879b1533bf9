use super::item::{of_connection, to_connection};
use super::{Item, Key, Table, string};
use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::ids::{ConnectionId, GenerationId};
use domain::seat::{Party, Seat};
use ports::{Connection, Connections, Greeting, Seated, StoreError};

impl Table {
    /// Expired items still appear in reads, so the time is looked at here:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html>.
    fn live(&self, item: &Item) -> Result<Option<Connection>, StoreError> {
        let connection = to_connection(item)?;
        Ok((connection.expires_at_s > self.now_s()).then_some(connection))
    }
}

#[async_trait]
impl Connections for Table {
    async fn take_seat(&self, party: &Party, seat: &Seat, seats_max: u32) -> Result<Seated, StoreError> {
        let Some(taken) = self.add_seat(party, seat, seats_max).await? else { return Ok(Seated::Taken) };
        let over: Vec<Seat> = taken.iter().filter(|one| one.is_over(seat.since_ms / 1_000)).cloned().collect();
        if over.is_empty() {
            return Ok(Seated::Full(taken));
        }
        self.remove_seats(party, &over).await?;
        Ok(self.add_seat(party, seat, seats_max).await?.map_or(Seated::Taken, Seated::Full))
    }

    async fn give_back_seats(&self, party: &Party, seats: &[Seat]) -> Result<(), StoreError> {
        // An empty set is none that DynamoDB takes.
        if seats.is_empty() { Ok(()) } else { self.remove_seats(party, seats).await }
    }

    async fn connected(&self, connection: &Connection) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(of_connection(connection)))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match put {
            Ok(_) => Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception,
                ) =>
            {
                Ok(())
            }
            Err(error) => Err(store_error("PutItem connection", &error)),
        }
    }

    async fn greet(&self, id: &ConnectionId) -> Result<Option<Greeting>, StoreError> {
        let updated = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::connection(id).item()))
            .update_expression("SET greeted = :true")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .return_values(ReturnValue::AllOld)
            .send()
            .await;
        match updated {
            Ok(answer) => {
                let item = answer.attributes.unwrap_or_default();
                let first = !item.contains_key("greeted");
                Ok(self.live(&item)?.map(|connection| Greeting { connection, first }))
            }
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_dynamodb::operation::update_item::UpdateItemError::is_conditional_check_failed_exception,
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(store_error("UpdateItem connection", &error)),
        }
    }

    async fn follow(&self, id: &ConnectionId, generation: &GenerationId) -> Result<(), StoreError> {
        let updated = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::connection(id).item()))
            .update_expression("ADD follows :generation")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":generation", AttributeValue::Ss(vec![generation.to_string()]))
            .send()
            .await;
        match updated {
            Ok(_) => Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_dynamodb::operation::update_item::UpdateItemError::is_conditional_check_failed_exception,
                ) =>
            {
                Ok(())
            }
            Err(error) => Err(store_error("UpdateItem connection", &error)),
        }
    }

    async fn disconnected(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError> {
        let key = Key::connection(id);
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.name)
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(|error| store_error("DeleteItem connection", &error))?;
        deleted.attributes.filter(|item| !item.is_empty()).map_or(Ok(None), |item| self.live(&item))
    }
}
