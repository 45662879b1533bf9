//! Items as records and back. A field that is missing or of the wrong type is a corrupt record, named.

use super::deletions::{DELETED, KEPT};
use super::{Item, Key, number, string};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::chunk::{Change, Chunk};
use domain::deletion::Deletion;
use domain::design_system::DesignSystem;
use domain::generation::Generation;
use domain::ids::{ConnectionId, DesignSystemId, GenerationId, Holder, UserId, VariantKey};
use domain::quota::{Counters, Scope};
use domain::share::{Share, ShareId};
use domain::variant::{Account, Status, Variant};
use ports::StoreError;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_str};
use std::str::FromStr;

pub(super) fn text<'a>(item: &'a Item, name: &str) -> Result<&'a str, StoreError> {
    match item.get(name) {
        Some(AttributeValue::S(text)) => Ok(text),
        // The SDK's enum is non-exhaustive.
        Some(_) | None => Err(corrupt(item, name)),
    }
}

pub(super) fn numeric<T: FromStr>(item: &Item, name: &str) -> Result<T, StoreError> {
    match item.get(name) {
        Some(AttributeValue::N(text)) => text.parse().map_err(|_| corrupt(item, name)),
        Some(_) | None => Err(corrupt(item, name)),
    }
}

/// A record that is written as JSON, if it is there.
fn parsed<T: DeserializeOwned>(item: &Item, name: &str) -> Result<Option<T>, StoreError> {
    match item.get(name) {
        None => Ok(None),
        Some(_) => from_str(text(item, name)?).map(Some).map_err(|_| corrupt(item, name)),
    }
}

fn flag(item: &Item, name: &str) -> bool {
    matches!(item.get(name), Some(AttributeValue::Bool(true)))
}

pub(super) fn strings(item: &Item, name: &str) -> Vec<String> {
    match item.get(name) {
        Some(AttributeValue::Ss(texts)) => {
            let mut texts = texts.clone();
            texts.sort();
            texts
        }
        Some(_) | None => Vec::new(),
    }
}

fn corrupt(item: &Item, name: &str) -> StoreError {
    let part = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).map_or("?", String::as_str);
    StoreError::Corrupt(format!("item {} {}: attribute {name} is missing or malformed", part("pk"), part("sk")))
}

pub(super) fn of_generation(generation: &Generation) -> Result<Item, StoreError> {
    let unwritable = |error: serde_json::Error| StoreError::Corrupt(error.to_string());
    let mut item = Key::generation(&generation.id).item();
    let Generation { id, user, created_at_ms, title, models, uploads, closes, shares, conclusion, lineage, winner } =
        generation;
    item.insert("owner".to_owned(), string(&user.0));
    item.insert("place".to_owned(), string(format!("{created_at_ms:015}#{id}")));
    item.insert("createdAt".to_owned(), number(created_at_ms));
    item.insert("title".to_owned(), string(title));
    item.insert("models".to_owned(), string(serde_json::to_string(models).map_err(unwritable)?));
    item.insert("open".to_owned(), string(KEPT));
    item.insert("lease".to_owned(), number(created_at_ms));
    if !uploads.is_empty() {
        item.insert("uploads".to_owned(), string(serde_json::to_string(uploads).map_err(unwritable)?));
    }
    if let Some(connection) = closes {
        item.insert("closes".to_owned(), string(&connection.0));
    }
    if !shares.is_empty() {
        item.insert("shares".to_owned(), AttributeValue::Ss(shares.iter().map(of_share).collect()));
    }
    if let Some(conclusion) = conclusion {
        item.insert("conclusion".to_owned(), string(serde_json::to_string(conclusion).map_err(unwritable)?));
    }
    if let Some(lineage) = lineage {
        item.insert("lineage".to_owned(), string(serde_json::to_string(lineage).map_err(unwritable)?));
    }
    if let Some(winner) = winner {
        item.insert("winner".to_owned(), number(winner));
    }
    Ok(item)
}

pub(super) fn to_generation(item: &Item) -> Result<Generation, StoreError> {
    let id = to_generation_id(item)?;
    Ok(Generation {
        shares: strings(item, "shares")
            .iter()
            .map(|share| to_share(&id, share).ok_or_else(|| corrupt(item, "shares")))
            .collect::<Result<_, _>>()?,
        id,
        user: UserId(text(item, "owner")?.to_owned()),
        created_at_ms: numeric(item, "createdAt")?,
        title: text(item, "title")?.to_owned(),
        models: from_str(text(item, "models")?).map_err(|_| corrupt(item, "models"))?,
        uploads: parsed(item, "uploads")?.unwrap_or_default(),
        closes: item.get("closes").map(|_| text(item, "closes").map(|id| ConnectionId(id.to_owned()))).transpose()?,
        conclusion: parsed(item, "conclusion")?,
        lineage: parsed(item, "lineage")?,
        winner: item.get("winner").map(|_| numeric(item, "winner")).transpose()?,
    })
}

/// A link as one text, so that a set of them is added to, taken from and counted within one write.
pub(super) fn of_share(share: &Share) -> String {
    let end = share.expires_at_s.map(|end| end.to_string()).unwrap_or_default();
    format!("{}#{}#{end}", share.id.as_str(), share.created_at_ms)
}

fn to_share(generation: &GenerationId, text: &str) -> Option<Share> {
    let (id, times) = text.split_once('#')?;
    let (created, end) = times.split_once('#')?;
    Some(Share {
        generation: generation.clone(),
        id: ShareId::parse(id)?,
        created_at_ms: created.parse().ok()?,
        expires_at_s: if end.is_empty() { None } else { Some(end.parse().ok()?) },
    })
}

pub(super) fn to_generation_id(item: &Item) -> Result<GenerationId, StoreError> {
    let id = text(item, "pk")?.strip_prefix("G#").and_then(|id| GenerationId::parse(id).ok());
    id.ok_or_else(|| corrupt(item, "pk"))
}

pub(super) fn of_deletion(deletion: &Deletion) -> Result<Item, StoreError> {
    let record = serde_json::to_string(deletion).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let mut item = Key::deletion(&deletion.generation_id).item();
    item.insert("open".to_owned(), string(DELETED));
    item.insert("lease".to_owned(), number(deletion.due_ms));
    item.insert("record".to_owned(), string(record));
    Ok(item)
}

pub(super) fn to_deletion(item: &Item) -> Result<Deletion, StoreError> {
    from_str(text(item, "record")?).map_err(|_| corrupt(item, "record"))
}

pub(super) fn to_deletion_id(item: &Item) -> Result<GenerationId, StoreError> {
    let id = text(item, "pk")?.strip_prefix("X#").and_then(|id| GenerationId::parse(id).ok());
    id.ok_or_else(|| corrupt(item, "pk"))
}

pub(super) fn of_variant(variant: &Variant) -> Result<Item, StoreError> {
    let mut item = Key::variant(&variant.key).item();
    item.insert("model".to_owned(), string(&variant.model));
    item.insert("createdAt".to_owned(), number(variant.created_at_ms));
    item.insert("attempt".to_owned(), number(variant.attempt));
    item.insert("claims".to_owned(), number(variant.claims));
    item.insert("lease".to_owned(), number(variant.lease_until_ms));
    item.insert("nextSeq".to_owned(), number(variant.next_seq));
    item.insert("signals".to_owned(), number(variant.signals));
    if let Some(holder) = &variant.holder {
        item.insert("holder".to_owned(), string(&holder.0));
    }
    if !variant.listeners.is_empty() {
        let listeners = variant.listeners.iter().map(|listener| listener.0.clone()).collect();
        item.insert("listeners".to_owned(), AttributeValue::Ss(listeners));
    }
    for one in &variant.guests {
        item.insert(guest(&one.connection), string(one.link.as_str()));
    }
    if variant.cancel_requested {
        item.insert("cancel".to_owned(), AttributeValue::Bool(true));
    }
    if !variant.told {
        item.insert("open".to_owned(), string("open"));
    }
    if let Some(reserved) = &variant.reserved {
        let reserved = serde_json::to_string(reserved).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        item.insert("reserved".to_owned(), string(reserved));
    }
    if !variant.account.is_empty() {
        item.insert("account".to_owned(), of_account(&variant.account)?);
    }
    let (state, outcome) = of_status(&variant.status)?;
    item.insert("state".to_owned(), state);
    if let Some(outcome) = outcome {
        item.insert("outcome".to_owned(), outcome);
    }
    Ok(item)
}

/// A status as the attributes `state` (its name, for conditions) and `outcome` (all of it, once ended).
pub(super) fn of_status(status: &Status) -> Result<(AttributeValue, Option<AttributeValue>), StoreError> {
    let outcome = if status.has_ended() {
        Some(string(serde_json::to_string(status).map_err(|error| StoreError::Corrupt(error.to_string()))?))
    } else {
        None
    };
    Ok((string(status.name()), outcome))
}

pub(super) fn of_account(account: &Account) -> Result<AttributeValue, StoreError> {
    Ok(string(serde_json::to_string(account).map_err(|error| StoreError::Corrupt(error.to_string()))?))
}

pub(super) fn to_variant(item: &Item) -> Result<Variant, StoreError> {
    let status = match text(item, "state")? {
        "queued" => Status::Queued,
        "running" => Status::Running,
        "completed" | "failed" | "cancelled" => {
            from_str(text(item, "outcome")?).map_err(|_| corrupt(item, "outcome"))?
        }
        _ => return Err(corrupt(item, "state")),
    };
    Ok(Variant {
        key: to_variant_key(item)?,
        model: text(item, "model")?.to_owned(),
        created_at_ms: numeric(item, "createdAt")?,
        attempt: numeric(item, "attempt")?,
        claims: numeric(item, "claims")?,
        holder: item.get("holder").map(|_| text(item, "holder").map(|name| Holder(name.to_owned()))).transpose()?,
        lease_until_ms: numeric(item, "lease")?,
        next_seq: numeric(item, "nextSeq")?,
        signals: numeric(item, "signals")?,
        listeners: strings(item, "listeners").into_iter().map(ConnectionId).collect(),
        guests: to_guests(item)?,
        cancel_requested: flag(item, "cancel"),
        account: parsed(item, "account")?.unwrap_or_default(),
        reserved: parsed(item, "reserved")?,
        told: !item.contains_key("open"),
        status,
    })
}

pub(super) fn to_variant_key(item: &Item) -> Result<VariantKey, StoreError> {
    let id = text(item, "pk")?.strip_prefix("G#").and_then(|id| GenerationId::parse(id).ok());
    let index = text(item, "sk")?.strip_prefix("VARIANT#").and_then(|index| index.parse().ok());
    match (id, index) {
        (Some(generation_id), Some(variant_index)) => Ok(VariantKey { generation_id, variant_index }),
        (Some(_) | None, Some(_) | None) => Err(corrupt(item, "sk")),
    }
}

pub(super) fn of_counters(scope: &Scope, counters: &Counters) -> Result<Item, StoreError> {
    let record = serde_json::to_string(counters).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let mut item = Key::counters(scope).item();
    item.insert("version".to_owned(), number(counters.version));
    item.insert("record".to_owned(), string(record));
    Ok(item)
}

pub(super) fn to_counters(item: &Item) -> Result<Counters, StoreError> {
    let counters: Counters = from_str(text(item, "record")?).map_err(|_| corrupt(item, "record"))?;
    Ok(Counters { version: numeric(item, "version")?, ..counters })
}

pub(super) fn of_chunk(key: &Key, chunk: &Chunk, expires_at_s: u64) -> Item {
    let change = match chunk.change {
        Change::Append => "chunk",
        Change::Replace => "setCode",
    };
    let mut item = key.item();
    item.insert("change".to_owned(), string(change));
    item.insert("text".to_owned(), string(&chunk.text));
    item.insert("ttl".to_owned(), number(expires_at_s));
    item
}

pub(super) fn to_chunk(item: &Item) -> Result<Chunk, StoreError> {
    Ok(Chunk {
        seq: text(item, "sk")?.parse().map_err(|_| corrupt(item, "sk"))?,
        change: serde_json::from_value(Value::from(text(item, "change")?)).map_err(|_| corrupt(item, "change"))?,
        text: text(item, "text")?.to_owned(),
    })
}

pub(super) fn of_design_system(user: &UserId, design_system: &DesignSystem) -> Item {
    let DesignSystem { id, name, content, created_at_ms, updated_at_ms } = design_system;
    let mut item = Key::design_system(user, id).item();
    item.insert("name".to_owned(), string(name));
    item.insert("content".to_owned(), string(content));
    item.insert("createdAt".to_owned(), number(created_at_ms));
    item.insert("updatedAt".to_owned(), number(updated_at_ms));
    item
}

pub(super) fn to_design_system(item: &Item) -> Result<DesignSystem, StoreError> {
    let id = text(item, "sk")?.strip_prefix(Key::DESIGN).and_then(|id| DesignSystemId::parse(id).ok());
    Ok(DesignSystem {
        id: id.ok_or_else(|| corrupt(item, "sk"))?,
        name: text(item, "name")?.to_owned(),
        content: text(item, "content")?.to_owned(),
        created_at_ms: numeric(item, "createdAt")?,
        updated_at_ms: numeric(item, "updatedAt")?,
    })
}

mod connection;
mod guest;

pub(super) use connection::{of_connection, of_seat, to_connection, to_seats};
pub(super) use guest::guest;
use guest::to_guests;

#[cfg(test)]
mod tests;
