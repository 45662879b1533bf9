//! One generation from its first frame to its last item, all of it.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::{Client, Http, View, start_with};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Numbers and names that differ from run to run.
const VOLATILE: [&str; 6] = ["durationMs", "firstTextMs", "id", "url", "generationId", "requestId"];

#[tokio::test(flavor = "multi_thread")]
async fn every_frame_object_and_item_of_a_generation_is_as_documented() {
    // Four times the same model, so that the four are told apart by nothing but their index.
    let (place, stack) = start_with(&[("MODELS", "demo-paced-40x5x4000")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a bakery"}, "variants": 2, "requestId": "r1"})).await;
    client.until_done().await;

    let mut seen = String::new();
    frames(&mut seen, &client.heard);
    objects(&mut seen, &place.path().join("s3/quartet"), &id);
    items(&mut seen, &stack, &id).await;
    insta::assert_snapshot!(seen);

    // The text that was streamed is the page that HTTP serves.
    let http = Http::to(public);
    let views = View::of(&client.heard, false);
    for (variant, view) in &views {
        assert_eq!(view.text(), http.page(&id, *variant).await);
    }
    assert!(client.sizes.iter().all(|size| *size <= 32 * 1024));
    stack.stop().await;
}

/// Frames by variant: how the variants interleave, and where the clock cuts chunks, is chance.
fn frames(seen: &mut String, heard: &[ServerMessage]) {
    let mut by_variant: BTreeMap<Option<u8>, Vec<String>> = BTreeMap::new();
    for message in heard {
        let lines = by_variant.entry(message.variant_index).or_default();
        let line = match message.kind {
            Kind::Chunk => format!("chunk(s) of attempt {}", message.attempt.unwrap()),
            Kind::Connection
            | Kind::Generation
            | Kind::VariantCount
            | Kind::VariantModels
            | Kind::Status
            | Kind::SetCode
            | Kind::Progress
            | Kind::VariantComplete
            | Kind::VariantError
            | Kind::Error
            | Kind::Done
            | Kind::Pong => {
                let mut value = serde_json::to_value(message).unwrap();
                redact(&mut value);
                value.to_string()
            }
        };
        if lines.last() != Some(&line) {
            lines.push(line);
        }
    }
    for (variant, lines) in by_variant {
        let name = variant.map_or_else(|| "the whole".to_owned(), |index| format!("variant {index}"));
        writeln!(seen, "frames of {name}:\n  {}", lines.join("\n  ")).unwrap();
    }
}

fn redact(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if VOLATILE.contains(&name.as_str()) && !field.is_null() {
                    *field = json!(format!("[{name}]"));
                } else if name == "nextSeq" {
                    *field = json!("[count]");
                } else {
                    redact(field);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(redact),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn objects(seen: &mut String, bucket: &Path, id: &str) {
    let mut paths = Vec::new();
    let mut folders = vec![bucket.join("generations").join(id)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(bucket).unwrap().display().to_string();
                paths.push(format!("{} ({} bytes)", name.replace(id, "[id]"), entry.metadata().unwrap().len()));
            }
        }
    }
    paths.sort();
    writeln!(seen, "objects:\n  {}", paths.join("\n  ")).unwrap();
}

/// Items with their attributes' names, types, and the values that are the same in every run.
async fn items(seen: &mut String, stack: &local::Stack, id: &str) {
    let endpoint = format!("http://{}", stack.addresses().dynamodb);
    let all = settled(&endpoint, &stack.settings().table).await;
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for item in all {
        let key = |name: &str| item[name].as_s().unwrap().replace(id, "[id]");
        let (pk, sk) = (key("pk"), key("sk"));
        let (pk, sk) = match &pk[..1] {
            "N" => ("N#[connection]".to_owned(), sk),
            "C" => (pk, "[seq]".to_owned()),
            _ => (pk, sk),
        };
        let mut attributes: Vec<String> = item
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "pk" | "sk"))
            .map(|(name, value)| format!("{name}: {}", shown(name, value)))
            .collect();
        attributes.sort();
        *lines.entry(format!("{pk} | {sk} | {}", attributes.join(", "))).or_default() += 1;
    }
    for (line, count) in lines {
        let times = if count > 1 { " (many)" } else { "" };
        writeln!(seen, "item{times}: {line}").unwrap();
    }
}

/// The items once every end is noted as told, which comes right after the telling.
async fn settled(endpoint: &str, table: &str) -> Vec<HashMap<String, AttributeValue>> {
    for _ in 0..100 {
        let all = end_to_end::scan(endpoint, table).await;
        let is_open = |item: &HashMap<String, AttributeValue>| {
            item.get("open").is_some_and(|value| value.as_s().is_ok_and(|of| of == "open"))
        };
        if !all.iter().any(is_open) {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("an end is never noted as told")
}

fn shown(name: &str, value: &AttributeValue) -> String {
    match (name, value) {
        ("state" | "model" | "models" | "title" | "owner" | "change", AttributeValue::S(text)) => format!("{text:?}"),
        ("attempt" | "claims" | "signals", AttributeValue::N(number)) => number.clone(),
        (_, AttributeValue::S(_)) => "S".to_owned(),
        (_, AttributeValue::N(_)) => "N".to_owned(),
        (_, AttributeValue::Ss(texts)) => format!("SS of {}", texts.len()),
        (_, AttributeValue::Bool(flag)) => flag.to_string(),
        (name, other) => panic!("{name} has an unexpected type: {other:?}"),
    }
}
