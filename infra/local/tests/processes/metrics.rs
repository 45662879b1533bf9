//! What CloudWatch is told: the metrics in the logs of the functions' own processes.

use crate::programs::programs;
use crate::{BINARY, LEASE};
use domain::wire::server::Kind;
use end_to_end::{Client, Http, Quartet, ended};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

/// A page in six seconds.
const PACED: &str = "demo-paced-300x20x4000";

/// Every metric of a log in the embedded format, with the dimensions that it is told by:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
fn metrics(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
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
                    assert!(line[name].is_number() || line[name].is_array(), "{name} has no value: {line}");
                    found.entry(name.to_owned()).or_default().insert(dimensions.join(" "));
                }
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_in_the_logs_by_stack_and_outcomes_by_model() {
    let data = TempDir::new().unwrap();
    let models = format!("demo-ok,demo-busy-once,demo-refusal,{PACED}");
    let environment = [("METRICS_STACK", "quartet"), ("MODELS", models.as_str()), LEASE];
    let bootstraps = ["--bootstraps", programs().to_str().unwrap()];
    let quartet = Quartet::start_with(BINARY, data.path(), &environment, &bootstraps).await;
    let mut client = Client::connect(quartet.public()).await;
    let id = client.generate(&json!({"prompt": {"text": "a page"}})).await;
    client.until(|message| message.kind == Kind::Chunk && message.variant_index == Some(3)).await;
    client.send(&json!({"action": "cancel", "generationId": id, "variantIndex": 3})).await;
    client.until_done().await;

    // Its worker is gone without a word: the sweep finds it.
    let one = json!({"prompt": {"text": "a page"}, "variants": 1, "models": [PACED]});
    let id = client.generate(&one).await;
    client.until(|message| message.kind == Kind::Chunk && message.seq >= Some(1)).await;
    quartet.kill().await;
    let quartet = Quartet::start_with(BINARY, data.path(), &environment, &bootstraps).await;
    assert_eq!(ended(&Http::to(quartet.public()), &id).await["status"], "completed");
    quartet.interrupt().await;

    let told = metrics(&data.path().join("logs"));
    let by_both = BTreeSet::from(["Stack".to_owned(), "Stack Model".to_owned()]);
    for name in ["Completed", "Failed", "Cancelled", "FirstChunkMs"] {
        assert_eq!(told.get(name), Some(&by_both), "{name} of {told:#?}");
    }
    let by_stack = BTreeSet::from(["Stack".to_owned()]);
    for name in [
        "Generations",
        "DurationMs",
        "InputTokens",
        "OutputTokens",
        "Pushes",
        "Retries",
        "Sweeps",
        "Swept",
        "OldestUnfinishedMs",
    ] {
        assert_eq!(told.get(name), Some(&by_stack), "{name} of {told:#?}");
    }
}
