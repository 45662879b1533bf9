use crate::failure::store_error;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification,
};
use ports::StoreError;

/// Makes the table as the template does on AWS, if it is not there; the local stack's only set-up.
///
/// # Errors
/// [`StoreError`] if the store does not answer or refuses.
pub async fn create_table(client: &Client, name: &str) -> Result<(), StoreError> {
    let built = |error: BuildError| StoreError::Misconfigured(format!("CreateTable: {error}"));
    let created = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(
            [("pk", false), ("sk", false), ("owner", false), ("place", false), ("open", false), ("lease", true)]
                .into_iter()
                .map(|(name, numeric)| attribute(name, numeric))
                .collect::<Result<_, _>>()
                .map_err(built)?,
        ))
        .set_key_schema(Some(keys("pk", "sk").map_err(built)?))
        .global_secondary_indexes(index("history", keys("owner", "place"), ProjectionType::All).map_err(built)?)
        .global_secondary_indexes(index("open", keys("open", "lease"), ProjectionType::KeysOnly).map_err(built)?)
        .send()
        .await;
    match created {
        Ok(_) => {}
        Err(error)
            if error.as_service_error().is_some_and(
                aws_sdk_dynamodb::operation::create_table::CreateTableError::is_resource_in_use_exception,
            ) =>
        {
            return Ok(());
        }
        Err(error) => return Err(store_error("CreateTable", &error)),
    }
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(
            TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true).build().map_err(built)?,
        )
        .send()
        .await
        .map(drop)
        .map_err(|error| store_error("UpdateTimeToLive", &error))
}

fn attribute(name: &str, numeric: bool) -> Result<AttributeDefinition, BuildError> {
    let kind = if numeric { ScalarAttributeType::N } else { ScalarAttributeType::S };
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()
}

fn keys(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    [(partition, KeyType::Hash), (sort, KeyType::Range)]
        .into_iter()
        .map(|(name, kind)| KeySchemaElement::builder().attribute_name(name).key_type(kind).build())
        .collect()
}

fn index(
    name: &str,
    keys: Result<Vec<KeySchemaElement>, BuildError>,
    projection: ProjectionType,
) -> Result<GlobalSecondaryIndex, BuildError> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(keys?))
        .projection(Projection::builder().projection_type(projection).build())
        .build()
}
