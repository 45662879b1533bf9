//! The table that the template makes is the one that the code makes on one machine, as the store describes it.

use crate::document::{resources, template};
use aws_sdk_dynamodb::types::{KeySchemaElement, TimeToLiveStatus};
use end_to_end::{start, table};
use serde_json::{Value, json};

fn keys(schema: &[KeySchemaElement]) -> Value {
    schema.iter().map(|key| json!({"AttributeName": key.attribute_name, "KeyType": key.key_type.as_str()})).collect()
}

fn sorted(values: &Value, by: &str) -> Vec<Value> {
    let mut values = values.as_array().unwrap().clone();
    values.sort_by_key(|value| value[by].as_str().unwrap().to_owned());
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_makes_the_table_that_the_code_makes() {
    let (_place, stack) = start().await;
    let client = table(&format!("http://{}", stack.addresses().dynamodb));
    let made = client.describe_table().table_name("quartet").send().await.unwrap().table.unwrap();
    let lives = client.describe_time_to_live().table_name("quartet").send().await.unwrap();
    stack.stop().await;

    let tables = resources(&template(), "AWS::DynamoDB::Table");
    let [(_, written)] = tables.as_slice() else { panic!("one table") };
    assert_eq!(written["KeySchema"], keys(made.key_schema()));
    let attributes: Value = made
        .attribute_definitions()
        .iter()
        .map(|known| json!({"AttributeName": known.attribute_name, "AttributeType": known.attribute_type.as_str()}))
        .collect();
    assert_eq!(sorted(&written["AttributeDefinitions"], "AttributeName"), sorted(&attributes, "AttributeName"));
    let indexes: Value = made
        .global_secondary_indexes()
        .iter()
        .map(|index| {
            let projection = index.projection().unwrap().projection_type().unwrap();
            json!({
                "IndexName": index.index_name,
                "KeySchema": keys(index.key_schema()),
                "Projection": {"ProjectionType": projection.as_str()}
            })
        })
        .collect();
    assert_eq!(sorted(&written["GlobalSecondaryIndexes"], "IndexName"), sorted(&indexes, "IndexName"));
    assert_eq!(written["BillingMode"], "PAY_PER_REQUEST");
    let lives = lives.time_to_live_description.unwrap();
    assert_eq!(lives.time_to_live_status, Some(TimeToLiveStatus::Enabled));
    assert_eq!(written["TimeToLiveSpecification"], json!({"AttributeName": lives.attribute_name, "Enabled": true}));
}
