use super::item::{numeric, of_generation, of_share, of_variant, text, to_generation, to_variant};
use super::quotas::is_busy;
use super::{Item, Key, Table, number, string};
use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use domain::generation::Conclusion;
use domain::ids::{GenerationId, UserId};
use domain::share::Share;
use ports::{Created, Generations, HistoryPage, NewGeneration, Recorded, RequestKey, Shared, StoreError};

impl Table {
    fn put_new(&self, item: Item) -> Result<TransactWriteItem, BuildError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// An expired key is free again, although its item may still be there.
    fn put_request(&self, new: &NewGeneration, key: &RequestKey) -> Result<TransactWriteItem, BuildError> {
        let mut item = Key::request(&new.generation.user, &key.request_id).item();
        item.insert("generation".to_owned(), string(new.generation.id.as_str()));
        item.insert("fingerprint".to_owned(), string(&key.fingerprint));
        item.insert("ttl".to_owned(), number(key.expires_at_s));
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR #ttl < :now")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":now", number(self.now_s()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn creation(&self, new: &NewGeneration) -> Result<Vec<TransactWriteItem>, StoreError> {
        let built = |error: BuildError| StoreError::Corrupt(format!("TransactWriteItems create: {error}"));
        let mut writes = Vec::with_capacity(new.variants.len() + 2);
        if let Some(key) = &new.request_key {
            writes.push(self.put_request(new, key).map_err(built)?);
        }
        writes.push(self.put_new(of_generation(&new.generation)?).map_err(built)?);
        for variant in &new.variants {
            writes.push(self.put_new(of_variant(variant)?).map_err(built)?);
        }
        if let Some(counted) = &new.counted {
            writes.extend(self.counting(&new.generation.user, counted)?);
        }
        for upload in &new.generation.uploads {
            writes.push(self.put_new(Key::upload_use(upload, &new.generation.id).item()).map_err(built)?);
        }
        Ok(writes)
    }
}

/// What the item of an idempotency key says of a request with this one.
fn stands_for(item: &Item, key: &RequestKey) -> Result<Created, StoreError> {
    let same = text(item, "fingerprint")? == key.fingerprint;
    let id = GenerationId::parse(text(item, "generation")?)
        .map_err(|_| StoreError::Corrupt(format!("request key {} names no generation", key.request_id)))?;
    Ok(if same { Created::Same(id) } else { Created::Conflict })
}

/// What a cancelled creation means: the key's item decides, since it is written in the same step as the rest.
fn refused(new: &NewGeneration, reasons: &[CancellationReason]) -> Result<Option<Created>, StoreError> {
    let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
    if let (Some(key), Some(reason)) = (&new.request_key, reasons.first().filter(|reason| failed(reason))) {
        let item = reason.item().ok_or_else(|| StoreError::Unavailable("create: no old item came back".to_owned()))?;
        return stands_for(item, key).map(Some);
    }
    // Before the counters stand the key, the generation and its variants; an id is random, so of these none is ever there.
    let own = usize::from(new.request_key.is_some()) + 1 + new.variants.len();
    let others = new.counted.is_some() && (is_busy(reasons) || reasons.iter().skip(own).any(failed));
    if reasons.iter().take(own).any(failed) {
        return Ok(Some(Created::Conflict));
    }
    Ok(others.then_some(Created::Busy))
}

#[async_trait]
impl Generations for Table {
    async fn create(&self, new: &NewGeneration) -> Result<Created, StoreError> {
        let writes = self.creation(new)?;
        let written = self.client.transact_write_items().set_transact_items(Some(writes)).send().await;
        match written {
            Ok(_) => Ok(Created::New),
            Err(error) => {
                if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
                    && let Some(created) = refused(new, cancelled.cancellation_reasons())?
                {
                    return Ok(created);
                }
                Err(store_error("TransactWriteItems create", &error))
            }
        }
    }

    async fn accepted_as(&self, user: &UserId, key: &RequestKey) -> Result<Option<Created>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(Key::request(user, &key.request_id).item()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| store_error("GetItem request", &error))?;
        // An expired key is free again, although its item may still be there.
        let live = answer.item.filter(|item| numeric::<u64>(item, "ttl").is_ok_and(|ttl| ttl >= self.now_s()));
        live.map(|item| stands_for(&item, key)).transpose()
    }

    async fn generation(&self, id: &GenerationId) -> Result<Option<Recorded>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string(Key::generation(id).pk))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| store_error("Query generation", &error))?;
        let (mut generation, mut variants) = (None, Vec::new());
        for item in answer.items() {
            match text(item, "sk")? {
                "GENERATION" => generation = Some(to_generation(item)?),
                _variant => variants.push(to_variant(item)),
            }
        }
        Ok(generation.map(|generation| Recorded { generation, variants }))
    }

    async fn history(&self, user: &UserId, before: Option<&str>, limit: u32) -> Result<HistoryPage, StoreError> {
        // Places start with a digit, so ":" is after all of them.
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("history")
            .key_condition_expression("#owner = :owner AND place < :before")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", string(&user.0))
            .expression_attribute_values(":before", string(before.unwrap_or(":")))
            .scan_index_forward(false)
            .limit(i32::try_from(limit.saturating_add(1)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| store_error("Query history", &error))?;
        let found = answer.items();
        let page = &found[..found.len().min(limit as usize)];
        let next = match page.last() {
            Some(last) if found.len() > page.len() => Some(text(last, "place")?.to_owned()),
            Some(_) | None => None,
        };
        Ok(HistoryPage { items: page.iter().map(to_generation).collect::<Result<_, _>>()?, next })
    }

    async fn share(&self, share: &Share, count_max: u32, now_s: u64) -> Result<Shared, StoreError> {
        if self.add_share(share, count_max).await? {
            return Ok(Shared::Added);
        }
        let Some(recorded) = self.generation(&share.generation).await? else { return Ok(Shared::Missing) };
        let over = recorded.generation.shares.into_iter().filter(|one| !one.is_live(now_s));
        let over: Vec<String> = over.map(|one| of_share(&one)).collect();
        if over.is_empty() {
            return Ok(Shared::TooMany);
        }
        self.remove_shares(&share.generation, over).await?;
        Ok(if self.add_share(share, count_max).await? { Shared::Added } else { Shared::TooMany })
    }

    async fn unshare(&self, share: &Share) -> Result<(), StoreError> {
        self.remove_shares(&share.generation, vec![of_share(share)]).await
    }

    async fn conclude(&self, id: &GenerationId, conclusion: Conclusion) -> Result<Option<Conclusion>, StoreError> {
        let text = serde_json::to_string(&conclusion).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let updated = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::generation(id).item()))
            .update_expression("SET conclusion = if_not_exists(conclusion, :conclusion)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":conclusion", string(text))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match updated {
            Ok(answer) => Ok(to_generation(&answer.attributes.unwrap_or_default())?.conclusion),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(store_error("UpdateItem conclude", &error)),
        }
    }

    async fn pick(&self, id: &GenerationId, winner: Option<u8>) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::generation(id).item()))
            .condition_expression("attribute_exists(pk)");
        let update = match winner {
            Some(index) => {
                update.update_expression("SET winner = :winner").expression_attribute_values(":winner", number(index))
            }
            None => update.update_expression("REMOVE winner"),
        };
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(store_error("UpdateItem pick", &error)),
        }
    }
}
