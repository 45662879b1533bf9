//! Metrics for CloudWatch, in the embedded format of its logs:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//!
//! They are read off the lines of the stages, and off events with the target `metrics` for what is counted without a line;
//! one line an invocation carries all of them. Only what is worth a dimension is told by model: CloudWatch charges for
//! each name with each set of dimensions.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// The target of events that only count.
pub(crate) const TARGET: &str = "metrics";

/// CloudWatch takes this many values of one metric in one line.
const VALUES_MAX: usize = 100;

/// How values of one invocation become one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// They are added up.
    Sum,
    /// Each is told.
    Each,
    /// The largest is told.
    Largest,
}

/// A metric: its name, its unit, how values are put together, and whether it is told by model, too.
struct Metric(&'static str, &'static str, Kind, bool);

const METRICS: [Metric; 18] = [
    Metric("Generations", "Count", Kind::Sum, false),
    Metric("Completed", "Count", Kind::Sum, true),
    Metric("Failed", "Count", Kind::Sum, true),
    Metric("Cancelled", "Count", Kind::Sum, true),
    Metric("FirstChunkMs", "Milliseconds", Kind::Each, true),
    Metric("DurationMs", "Milliseconds", Kind::Each, false),
    Metric("InputTokens", "Count", Kind::Sum, false),
    Metric("OutputTokens", "Count", Kind::Sum, false),
    Metric("CostUsd", "None", Kind::Sum, true),
    Metric("Pushes", "Count", Kind::Sum, false),
    Metric("PushesGone", "Count", Kind::Sum, false),
    Metric("PushesFailed", "Count", Kind::Sum, false),
    Metric("Retries", "Count", Kind::Sum, false),
    Metric("LeasesLost", "Count", Kind::Sum, false),
    Metric("HandOvers", "Count", Kind::Sum, false),
    Metric("Sweeps", "Count", Kind::Sum, false),
    Metric("Swept", "Count", Kind::Sum, false),
    Metric("OldestUnfinishedMs", "Milliseconds", Kind::Largest, false),
];

/// What a variant has taken, however it ended.
const TAKEN: [(&str, &str); 3] =
    [("input_tokens", "InputTokens"), ("output_tokens", "OutputTokens"), ("cost_usd", "CostUsd")];

/// What a stage counts, and which of its line's fields are metrics.
fn of_stage(stage: &str) -> Option<(&'static str, &'static [(&'static str, &'static str)])> {
    Some(match stage {
        "generation_saved" => ("Generations", &[]),
        "first_chunk" => ("", &[("since_accepted_ms", "FirstChunkMs")]),
        "completed" => ("Completed", &[TAKEN[0], TAKEN[1], TAKEN[2], ("duration_ms", "DurationMs")]),
        "failed" => ("Failed", &TAKEN),
        "cancelled" => ("Cancelled", &TAKEN),
        "retried" => ("Retries", &[]),
        "lease_lost" => ("LeasesLost", &[]),
        "handed_over" => ("HandOvers", &[]),
        "swept" => ("Swept", &[]),
        _ => return None,
    })
}

/// What has been counted since the last line.
#[derive(Default)]
struct Counted {
    values: BTreeMap<&'static str, Vec<f64>>,
    model: Option<String>,
}

/// Counts, and writes what was counted.
#[derive(Clone)]
pub(crate) struct Metrics {
    stack: String,
    counted: Arc<Mutex<Counted>>,
}

impl Metrics {
    /// For the stack of that name, which is the dimension of every metric.
    pub(crate) fn new(stack: String) -> Self {
        Self { stack, counted: Arc::default() }
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        // Every change is one push.
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, name: &str, value: f64) {
        let Some(Metric(name, ..)) = METRICS.iter().find(|metric| metric.0 == name) else { return };
        self.counted().values.entry(name).or_default().push(value);
    }

    /// The line of everything that was counted since the last one; none if there was nothing.
    pub(crate) fn line(&self, now_ms: u64) -> Option<String> {
        let Counted { values, model } = std::mem::take(&mut *self.counted());
        if values.is_empty() {
            return None;
        }
        let mut line = Map::new();
        let mut directives = vec![(vec!["Stack"], Vec::new())];
        if model.is_some() {
            directives.push((vec!["Stack", "Model"], Vec::new()));
        }
        for Metric(name, unit, kind, by_model) in METRICS {
            let Some(values) = values.get(name) else { continue };
            line.insert(name.to_owned(), together(kind, values));
            let definition = json!({"Name": name, "Unit": unit});
            for (dimensions, metrics) in &mut directives {
                if dimensions.len() == 1 || by_model {
                    metrics.push(definition.clone());
                }
            }
        }
        let directives: Vec<Value> = directives
            .into_iter()
            .filter(|(_, metrics)| !metrics.is_empty())
            .map(|(set, metrics)| json!({"Namespace": "Quartet", "Dimensions": [set], "Metrics": metrics}))
            .collect();
        line.insert("_aws".to_owned(), json!({"Timestamp": now_ms, "CloudWatchMetrics": directives}));
        line.insert("Stack".to_owned(), json!(self.stack));
        if let Some(model) = model {
            line.insert("Model".to_owned(), json!(model));
        }
        Some(Value::Object(line).to_string())
    }
}

fn together(kind: Kind, values: &[f64]) -> Value {
    match kind {
        Kind::Sum => json!(values.iter().sum::<f64>()),
        Kind::Each => json!(&values[..values.len().min(VALUES_MAX)]),
        Kind::Largest => json!(values.iter().copied().fold(0.0, f64::max)),
    }
}

impl<S: Subscriber> Layer<S> for Metrics {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        if event.metadata().target() == TARGET {
            for (name, value) in fields.numbers {
                self.count(name, value);
            }
            return;
        }
        let Some((counts, measured)) = fields.stage.as_deref().and_then(of_stage) else { return };
        self.count(counts, 1.0);
        for (field, metric) in measured {
            if let Some((_, value)) = fields.numbers.iter().find(|(name, _)| name == field) {
                self.count(metric, *value);
            }
        }
        if fields.model.is_some() {
            self.counted().model = fields.model;
        }
    }
}

/// The fields of an event that matter here.
#[derive(Default)]
struct Fields {
    stage: Option<String>,
    model: Option<String>,
    numbers: Vec<(&'static str, f64)>,
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.numbers.push((field.name(), value));
    }

    #[expect(clippy::cast_precision_loss, reason = "counts and milliseconds are far below 2^52")]
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record_f64(field, value as f64);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "model" {
            self.model = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "stage" => self.stage = Some(format!("{value:?}")),
            "model" => self.model = Some(format!("{value:?}")),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::stage::Stage;
    use tracing_subscriber::prelude::*;

    fn counting(work: impl FnOnce()) -> Option<Value> {
        let metrics = Metrics::new("quartet".to_owned());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(metrics.clone()), work);
        metrics.line(1_000).map(|line| serde_json::from_str(&line).unwrap())
    }

    #[test]
    fn one_line_carries_everything_that_an_invocation_counted() {
        let line = counting(|| {
            tracing::info!(stage = %Stage::FirstChunk, since_accepted_ms = 40_u64);
            tracing::info!(target: TARGET, Pushes = 1_u64);
            tracing::info!(target: TARGET, Pushes = 1_u64);
            let model = String::from("gpt-4.1");
            tracing::info!(stage = %Stage::Completed, model, duration_ms = 90_u64, input_tokens = Some(7_u64), cost_usd = 0.5);
        });
        let line = line.unwrap();
        assert_eq!(line["Completed"], 1.0);
        assert_eq!(line["Pushes"], 2.0);
        assert_eq!(line["FirstChunkMs"], json!([40.0]));
        assert_eq!(line["DurationMs"], json!([90.0]));
        assert_eq!((&line["InputTokens"], &line["CostUsd"]), (&json!(7.0), &json!(0.5)));
        assert_eq!((&line["Stack"], &line["Model"]), (&json!("quartet"), &json!("gpt-4.1")));
        assert_eq!(line["_aws"]["Timestamp"], 1_000);
        let directives = &line["_aws"]["CloudWatchMetrics"];
        assert_eq!(directives[0]["Dimensions"], json!([["Stack"]]));
        assert_eq!(directives[1]["Dimensions"], json!([["Stack", "Model"]]));
        let names = |at: usize| -> Vec<&str> {
            directives[at]["Metrics"]
                .as_array()
                .unwrap()
                .iter()
                .map(|metric| metric["Name"].as_str().unwrap())
                .collect()
        };
        assert_eq!(names(0), ["Completed", "FirstChunkMs", "DurationMs", "InputTokens", "CostUsd", "Pushes"]);
        assert_eq!(names(1), ["Completed", "FirstChunkMs", "CostUsd"]);
    }

    #[test]
    fn an_invocation_without_anything_to_count_writes_no_line() {
        assert_eq!(counting(|| tracing::info!(stage = %Stage::Connected, connection = "c")), None);
    }

    #[test]
    fn what_a_stage_counts_is_a_metric_and_every_stage_of_that_name_exists() {
        let stages = [
            Stage::GenerationSaved,
            Stage::FirstChunk,
            Stage::Completed,
            Stage::Failed,
            Stage::Cancelled,
            Stage::Retried,
            Stage::LeaseLost,
            Stage::HandedOver,
            Stage::Swept,
        ];
        for stage in stages {
            let (counts, measured) = of_stage(stage.name()).unwrap();
            for name in measured.iter().map(|(_, name)| *name).chain([counts]).filter(|name| !name.is_empty()) {
                assert!(METRICS.iter().any(|metric| metric.0 == name), "{name}");
            }
        }
    }
}
