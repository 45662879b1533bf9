//! A record or an object that cannot be read: its variant says so, the others are served.

use aws_sdk_dynamodb::types::AttributeValue;
use end_to_end::{Client, Http, start_with, table};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_item_fails_its_variant_and_no_other() {
    let (_place, stack) = start_with(&[("MODELS", "demo-paced-20x5x3000")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    client.until_done().await;

    let endpoint = format!("http://{}", stack.addresses().dynamodb);
    table(&endpoint)
        .put_item()
        .table_name(&stack.settings().table)
        .item("pk", AttributeValue::S(format!("G#{id}")))
        .item("sk", AttributeValue::S("VARIANT#00".to_owned()))
        .item("state", AttributeValue::S("nonsense".to_owned()))
        .send()
        .await
        .unwrap();
    let http = Http::to(public);
    let record = http.generation(&id).await;
    assert_eq!(record["variants"][0]["error"]["code"], "corrupt_record");
    assert_eq!(record["variants"][1]["status"], "completed");
    assert_eq!(record["html"], http.page(&id, 1).await);
    let (status, refused) = http.get(&format!("/api/generations/{id}/variants/0")).await;
    assert_eq!((status, refused["error"]["code"].as_str()), (500, Some("corrupt_record")));

    let mut later = Client::connect(public).await;
    later.send(&json!({"action": "resume", "generationId": id})).await;
    later.until_done().await;
    assert!(later.heard.iter().all(|message| message.variant_index != Some(0)), "nothing is made up");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_object_fails_its_page_and_no_other() {
    let (place, stack) = start_with(&[("MODELS", "demo-paced-20x5x3000")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}, "variants": 2})).await;
    client.until_done().await;

    let page = place.path().join(format!("s3/quartet/generations/{id}/0/1/index.html"));
    std::fs::remove_file(page).unwrap();
    let http = Http::to(public);
    let (status, refused) = http.get(&format!("/api/generations/{id}/variants/0")).await;
    assert_eq!((status, refused["error"]["code"].as_str()), (500, Some("corrupt_record")));
    assert!(http.page(&id, 1).await.ends_with("</html>"));
    assert_eq!(http.generation(&id).await["status"], "completed", "the record is served around it");
    stack.stop().await;
}
