use super::item::{guest, of_account, of_status, text, to_chunk, to_variant, to_variant_key};
use super::{Key, Table, number, string};
use crate::failure::store_error;
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::chunk::Chunk;
use domain::ids::{AttemptKey, ConnectionId, Holder, VariantKey};
use domain::limits::CLAIMS_MAX;
use domain::share::ShareId;
use domain::variant::{Account, ClaimRule, Ending, Status, Variant};
use ports::{Appended, Beat, Claim, Ended, Hold, StoreError, Variants};

mod append;
mod change;

use change::{Change, Changed};

/// The condition that fences an attempt's writes: it is the current attempt, mine, and it has not ended.
const HELD: &str = "#attempt = :attempt AND #holder = :holder AND #state = :running";

impl Change {
    /// A change that only the attempt's holder may make.
    fn by_holder(hold: &Hold, update: &str) -> Self {
        Self::of(&hold.key.variant, update, HELD)
            .value(":attempt", number(hold.key.attempt))
            .value(":holder", string(&hold.holder.0))
            .value(":running", string("running"))
    }
}

#[async_trait]
impl Variants for Table {
    async fn claim(&self, key: &VariantKey, holder: &Holder, now_ms: u64, lease_ms: u64) -> Result<Claim, StoreError> {
        let change = Change::of(
            key,
            "SET #state = :running, #attempt = #attempt + :one, #claims = #claims + :one, #holder = :holder, \
             #lease = :lease, #nextSeq = :zero",
            "#claims < :max AND (#state = :queued OR (#state = :running AND #lease < :now))",
        )
        .value(":running", string("running"))
        .value(":queued", string("queued"))
        .value(":one", number(1))
        .value(":zero", number(0))
        .value(":max", number(CLAIMS_MAX))
        .value(":holder", string(&holder.0))
        .value(":now", number(now_ms))
        .value(":lease", number(now_ms + lease_ms));
        match self.change(change).await? {
            Changed::Done(item) => Ok(Claim::Taken(to_variant(&item)?)),
            Changed::Missing => Ok(Claim::Missing),
            Changed::Refused(item) => {
                let variant = to_variant(&item)?;
                if variant.is_held_by(variant.attempt, holder) {
                    return Ok(Claim::Taken(variant));
                }
                match variant.claim_rule(now_ms) {
                    // The condition and the rule say the same, so this is a race that another try settles.
                    ClaimRule::Free => Err(StoreError::Unavailable(format!("claim of {key} raced"))),
                    rule @ (ClaimRule::Held | ClaimRule::Ended | ClaimRule::Exhausted) => {
                        Ok(Claim::Refused(rule, variant))
                    }
                }
            }
        }
    }

    async fn append(
        &self,
        hold: &Hold,
        chunk: &Chunk,
        signals: u32,
        lease_until_ms: Option<u64>,
    ) -> Result<Appended, StoreError> {
        self.append_chunk(hold, chunk, signals, lease_until_ms).await
    }

    async fn heartbeat(&self, hold: &Hold, lease_until_ms: u64) -> Result<Beat, StoreError> {
        let change = Change::by_holder(hold, "SET #lease = :lease").value(":lease", number(lease_until_ms));
        match self.change(change).await? {
            Changed::Done(item) => Ok(Beat::Held(to_variant(&item)?)),
            Changed::Missing | Changed::Refused(_) => Ok(Beat::Lost),
        }
    }

    async fn note(&self, hold: &Hold, account: &Account) -> Result<Beat, StoreError> {
        let change = Change::by_holder(hold, "SET #account = :account").value(":account", of_account(account)?);
        match self.change(change).await? {
            Changed::Done(item) => Ok(Beat::Held(to_variant(&item)?)),
            Changed::Missing | Changed::Refused(_) => Ok(Beat::Lost),
        }
    }

    async fn release(&self, hold: &Hold, due_ms: u64, counts: bool) -> Result<(), StoreError> {
        let change = if counts {
            Change::by_holder(hold, "SET #state = :queued, #lease = :lease")
        } else {
            Change::by_holder(hold, "SET #state = :queued, #lease = :lease, #claims = #claims - :one")
                .value(":one", number(1))
        };
        self.change(change.value(":queued", string("queued")).value(":lease", number(due_ms))).await.map(drop)
    }

    async fn end(&self, hold: &Hold, ending: &Ending, lease_until_ms: u64) -> Result<Ended, StoreError> {
        let (state, outcome) = of_status(&Status::from(ending.clone()))?;
        let change = Change::by_holder(hold, "SET #state = :state, #outcome = :outcome, #lease = :lease")
            .value(":state", state)
            .value(":outcome", outcome.unwrap_or_else(|| string("")))
            .value(":lease", number(lease_until_ms));
        match self.change(change).await? {
            Changed::Done(item) => Ok(Ended::Recorded(to_variant(&item)?)),
            Changed::Missing => Ok(Ended::Lost),
            Changed::Refused(item) => {
                let variant = to_variant(&item)?;
                let mine = variant.attempt == hold.key.attempt && variant.holder.as_ref() == Some(&hold.holder);
                Ok(if mine && variant.status.has_ended() { Ended::Recorded(variant) } else { Ended::Lost })
            }
        }
    }

    async fn end_abandoned(
        &self,
        seen: &Variant,
        ending: &Ending,
        lease_until_ms: u64,
    ) -> Result<Option<Variant>, StoreError> {
        let (state, outcome) = of_status(&ending.clone().into())?;
        let change = Change::of(
            &seen.key,
            "SET #state = :state, #outcome = :outcome, #lease = :lease",
            "#attempt = :attempt AND #lease = :seen AND #state IN (:queued, :running)",
        )
        .value(":state", state)
        .value(":outcome", outcome.unwrap_or_else(|| string("")))
        .value(":lease", number(lease_until_ms))
        .value(":attempt", number(seen.attempt))
        .value(":seen", number(seen.lease_until_ms))
        .value(":queued", string("queued"))
        .value(":running", string("running"));
        match self.change(change).await? {
            Changed::Done(item) => to_variant(&item).map(Some),
            Changed::Missing | Changed::Refused(_) => Ok(None),
        }
    }

    async fn told(&self, key: &VariantKey) -> Result<(), StoreError> {
        self.change(Change::of(key, "REMOVE #open", "attribute_exists(pk)")).await.map(drop)
    }

    async fn subscribe(
        &self,
        key: &VariantKey,
        connection: &ConnectionId,
        link: Option<&ShareId>,
    ) -> Result<Option<Variant>, StoreError> {
        let added = "ADD #listeners :connection, #signals :one";
        let update = format!("{added} {}", if link.is_some() { "SET #guest = :link" } else { "REMOVE #guest" });
        let mut change = Change::of(key, &update, "attribute_exists(pk)")
            .name("#guest", guest(connection))
            .value(":connection", AttributeValue::Ss(vec![connection.0.clone()]))
            .value(":one", number(1));
        if let Some(link) = link {
            change = change.value(":link", string(link.as_str()));
        }
        match self.change(change).await? {
            Changed::Done(item) => to_variant(&item).map(Some),
            Changed::Missing | Changed::Refused(_) => Ok(None),
        }
    }

    async fn unsubscribe(&self, key: &VariantKey, connection: &ConnectionId) -> Result<(), StoreError> {
        let update = "DELETE #listeners :connection ADD #signals :one REMOVE #guest";
        let change = Change::of(key, update, "attribute_exists(pk)")
            .name("#guest", guest(connection))
            .value(":connection", AttributeValue::Ss(vec![connection.0.clone()]))
            .value(":one", number(1));
        self.change(change).await.map(drop)
    }

    async fn request_cancel(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        let change = Change::of(key, "SET #cancel = :true ADD #signals :one", "#state IN (:queued, :running)")
            .value(":true", AttributeValue::Bool(true))
            .value(":one", number(1))
            .value(":queued", string("queued"))
            .value(":running", string("running"));
        match self.change(change).await? {
            Changed::Done(item) | Changed::Refused(item) => to_variant(&item).map(Some),
            Changed::Missing => Ok(None),
        }
    }

    async fn variant(&self, key: &VariantKey) -> Result<Option<Variant>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(Key::variant(key).item()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| store_error("GetItem variant", &error))?;
        answer.item.map(|item| to_variant(&item)).transpose()
    }

    async fn chunks(&self, key: &AttemptKey, after: Option<u32>, limit: u32) -> Result<Vec<Chunk>, StoreError> {
        let first = match after {
            None => 0,
            Some(u32::MAX) => return Ok(Vec::new()),
            Some(seq) => seq + 1,
        };
        let from = Key::chunk(key, first);
        let mut chunks: Vec<Chunk> = Vec::new();
        // One page of a query ends at 1 MB, which may be before `limit`.
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :pk AND sk >= :from")
                .expression_attribute_values(":pk", string(&from.pk))
                .expression_attribute_values(":from", string(&from.sk))
                .consistent_read(true)
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| store_error("Query chunks", &error))?;
            for item in answer.items() {
                chunks.push(to_chunk(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() || chunks.len() >= limit as usize {
                chunks.truncate(limit as usize);
                return Ok(chunks);
            }
        }
    }

    async fn due(&self, now_ms: u64, limit: u32) -> Result<Vec<VariantKey>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("open")
            .key_condition_expression("#open = :open AND #lease < :now")
            .expression_attribute_names("#open", "open")
            .expression_attribute_names("#lease", "lease")
            .expression_attribute_values(":open", string("open"))
            .expression_attribute_values(":now", number(now_ms))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| store_error("Query open", &error))?;
        // An item that cannot be read must not keep the sweep from the others.
        let (keys, unreadable): (Vec<_>, Vec<_>) = answer.items().iter().map(to_variant_key).partition(Result::is_ok);
        for error in unreadable.into_iter().filter_map(Result::err) {
            tracing::error!(%error, pk = ?answer.items().first().and_then(|item| text(item, "pk").ok()), "corrupt_record");
        }
        Ok(keys.into_iter().flatten().collect())
    }
}
