//! What CloudWatch is told: the metrics in the logs of the functions' own processes.

use crate::programs::programs;
use crate::{BINARY, LEASE};
use domain::wire::server::Kind;
use end_to_end::{Client, Http, Quartet, ended};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A page in six seconds.
const PACED: &str = "demo-paced-300x20x4000";

/// What is paid for the models' answers.
const PRICED: &str = r#"{"models": [
    {"id": "demo-ok", "family": "compatible", "price": {"inputUsd": 1, "outputUsd": 2}},
    {"id": "demo-busy-once", "family": "compatible", "price": {"inputUsd": 3, "outputUsd": 4}},
    {"id": "demo-refusal", "family": "compatible", "price": {"inputUsd": 5, "outputUsd": 6}}]}"#;

/// One metric of a log: the dimensions that it is told by, and its values.
#[derive(Debug, Default)]
struct Told {
    dimensions: BTreeSet<String>,
    values: Vec<f64>,
}

impl Told {
    fn sum(&self) -> f64 {
        self.values.iter().sum()
    }
}

/// Every metric of a log in the embedded format:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
fn metrics(folder: &Path) -> BTreeMap<String, Told> {
    let mut found: BTreeMap<String, Told> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        for line in lines.filter(|line| line["_aws"].is_object()) {
            assert!(line["_aws"]["Timestamp"].as_u64() > Some(1_600_000_000_000), "{line}");
            for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
                assert_eq!(directive["Namespace"], "Quartet");
                let dimensions: Vec<&str> =
                    directive["Dimensions"][0].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
                assert!(dimensions.iter().all(|name| line[*name].is_string()), "a dimension without its value: {line}");
                for metric in directive["Metrics"].as_array().unwrap() {
                    let name = metric["Name"].as_str().unwrap();
                    let told = found.entry(name.to_owned()).or_default();
                    told.dimensions.insert(dimensions.join(" "));
                    // Told once, whatever it is told by.
                    if dimensions.len() == 1 {
                        let values = line[name].as_array().map_or(std::slice::from_ref(&line[name]), Vec::as_slice);
                        told.values.extend(values.iter().map(|value| value.as_f64().unwrap()));
                    }
                }
            }
        }
    }
    found
}

fn are_told(told: &BTreeMap<String, Told>, names: &[&str], dimensions: &[&str]) {
    let dimensions: BTreeSet<String> = dimensions.iter().map(|&name| name.to_owned()).collect();
    for name in names {
        let found = told.get(*name).map(|told| &told.dimensions);
        assert_eq!(found, Some(&dimensions), "{name} of {told:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_in_the_logs_by_stack_and_outcomes_by_model() {
    let data = TempDir::new().unwrap();
    let models = format!("demo-ok,demo-busy-once,demo-refusal,{PACED}");
    let environment = [("METRICS_STACK", "quartet"), ("MODELS", models.as_str()), ("MODEL_CATALOGUE", PRICED), LEASE];
    let bootstraps = ["--bootstraps", programs().to_str().unwrap()];
    let quartet = Quartet::start_with(BINARY, data.path(), &environment, &bootstraps).await;
    let mut client = Client::connect(quartet.public()).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}})).await;
    client.until(|message| message.kind == Kind::Chunk && message.variant_index == Some(3)).await;
    client.send(&json!({"action": "cancel", "generationId": id, "variantIndex": 3})).await;
    client.until_done().await;
    let record = ended(&Http::to(quartet.public()), &id).await;
    let totals = &record["totals"];
    assert_eq!(totals["costUnknown"], json!([1, 3]), "one was asked twice, one was stopped before its count came");

    let told = metrics(&data.path().join("logs"));
    are_told(&told, &["Completed", "Failed", "Cancelled", "FirstChunkMs", "CostUsd"], &["Stack", "Stack Model"]);
    are_told(&told, &["Generations", "DurationMs", "InputTokens", "OutputTokens", "Pushes", "Retries"], &["Stack"]);
    for (name, times) in
        [("Generations", 1.0), ("Completed", 2.0), ("Failed", 1.0), ("Cancelled", 1.0), ("Retries", 1.0)]
    {
        assert!((told[name].sum() - times).abs() < 1e-9, "{name} of {told:#?}");
    }
    for (name, total) in [("InputTokens", "inputTokens"), ("OutputTokens", "outputTokens"), ("CostUsd", "costUsd")] {
        let total = totals[total].as_f64().unwrap();
        assert!(total > 0.0 && (told[name].sum() - total).abs() < 1e-9, "{name} is what the record says: {totals}");
    }

    // Its worker is gone without a word, and so is whoever listened: the sweep finds it, and the gateway says 410.
    let one = json!({"prompt": {"text": "a page"}, "variants": 1, "models": [PACED]});
    let id = client.generate(&one).await;
    client.until(|message| message.kind == Kind::Chunk && message.seq >= Some(1)).await;
    quartet.kill().await;
    let quartet = Quartet::start_with(BINARY, data.path(), &environment, &bootstraps).await;
    assert_eq!(ended(&Http::to(quartet.public()), &id).await["status"], "completed");
    // Its worker counts when it has done everything, which is after the end that others see.
    for _ in 0..300 {
        if metrics(&data.path().join("logs")).contains_key("PushesGone") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    quartet.interrupt().await;
    let told = metrics(&data.path().join("logs"));
    are_told(&told, &["Sweeps", "Swept", "OldestUnfinishedMs", "PushesGone"], &["Stack"]);
    assert!((told["Generations"].sum() - 2.0).abs() < 1e-9, "{told:#?}");
    assert!(told["Swept"].sum() >= 1.0 && told["PushesGone"].sum() >= 1.0, "{told:#?}");
}
