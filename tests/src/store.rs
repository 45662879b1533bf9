use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;

/// The SDK's client of a stack's table.
#[must_use]
pub fn table(endpoint: &str) -> Client {
    let access = aws::Access {
        region: "us-east-1".to_owned(),
        access_key_id: "local".to_owned(),
        secret_access_key: "local-secret".to_owned(),
        session_token: None,
    };
    let endpoint = Some(endpoint.to_owned());
    let endpoints = aws::Endpoints {
        dynamodb: endpoint.clone(),
        s3: endpoint.clone(),
        lambda: endpoint.clone(),
        secrets: endpoint.clone(),
        connections: endpoint,
    };
    aws::Platform::new(access, endpoints).dynamodb()
}

/// Every item of a table, as the SDK reads it.
pub async fn scan(endpoint: &str, name: &str) -> Vec<HashMap<String, AttributeValue>> {
    let client = table(endpoint);
    let (mut items, mut start) = (Vec::new(), None);
    loop {
        let page = client.scan().table_name(name).set_exclusive_start_key(start).send().await.unwrap();
        items.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key;
        if start.is_none() {
            return items;
        }
    }
}
