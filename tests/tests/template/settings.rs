//! Settings: what the template sets is what the functions read, and nothing secret is among it.

use crate::document::{resources, template};
use crate::policies::FUNCTIONS;
use crate::sources::files;
use local::functions::Name;
use serde_json::Value;
use std::collections::BTreeSet;

fn variables(of: &Value) -> BTreeSet<String> {
    of["Environment"]["Variables"].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn every_variable_that_the_template_sets_is_read_and_none_is_a_secret() {
    let template = template();
    let boot: String = files("shared/boot/src").into_values().collect();
    let mut set = variables(&template["Globals"]["Function"]);
    for (_, function) in resources(&template, "AWS::Serverless::Function") {
        set.extend(variables(&function));
    }
    for name in &set {
        assert!(boot.contains(&format!("\"{name}\"")), "no function reads {name}");
    }
    assert!(!set.contains("OPENAI_API_KEY") && !set.contains("JWT_KEY"), "keys come from their secrets");
    assert!(template["Parameters"]["Auth"].get("Default").is_none(), "who may use it is said and not assumed");
    // Lambda sets the others: the Region and the credentials.
    for required in ["TABLE", "BUCKET", "VARIANT_FUNCTION", "CONNECTIONS_ENDPOINT", "OPENAI_API_KEY_SECRET", "AUTH"] {
        assert!(set.contains(required), "{required} is not set");
    }
}

#[test]
fn every_metric_that_an_alarm_or_the_dashboard_shows_is_written() {
    let template = template();
    let metrics: String = files("shared/boot/src").into_values().collect();
    let mut shown: Vec<String> = resources(&template, "AWS::CloudWatch::Alarm")
        .into_iter()
        .filter(|(_, alarm)| alarm["Namespace"] == "Quartet")
        .map(|(_, alarm)| alarm["MetricName"].as_str().unwrap().to_owned())
        .collect();
    let (_, dashboard) = resources(&template, "AWS::CloudWatch::Dashboard").remove(0);
    let body: Value = serde_json::from_str(dashboard["DashboardBody"]["Fn::Sub"].as_str().unwrap()).unwrap();
    for widget in body["widgets"].as_array().unwrap() {
        for metric in widget["properties"]["metrics"].as_array().unwrap() {
            if metric[0] == "Quartet" {
                shown.push(metric[1].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(shown.len() > 15, "{shown:?}");
    for name in shown {
        assert!(metrics.contains(&format!("Metric(\"{name}\"")), "no function writes {name}");
    }
}

#[test]
fn every_function_has_the_timeout_that_it_has_on_one_machine() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    assert_eq!(functions.len(), FUNCTIONS.len());
    for name in Name::ALL {
        let wanted = format!("../../functions/{name}");
        let (_, function) = functions.iter().find(|(_, found)| found["CodeUri"] == wanted).unwrap();
        assert_eq!(function["Timeout"].as_u64().map(|seconds| seconds * 1_000), Some(name.timeout_ms()), "{name}");
    }
}

#[test]
fn functions_are_small_arm_programs_without_a_runtime() {
    let template = template();
    let all = &template["Globals"]["Function"];
    assert_eq!(all["Runtime"], "provided.al2023");
    assert_eq!(template["Parameters"]["Architecture"]["Default"], "arm64");
    for function in template["Resources"].as_object().unwrap().values() {
        if function["Type"] == "AWS::Serverless::Function" {
            assert_eq!(function["Metadata"]["BuildMethod"], "rust-cargolambda");
        }
    }
}
