//! What the template makes beside the functions: who may reach the bucket, what outlives the stack, who is told of what went
//! wrong, and what a person is given at the end.

use crate::document::{resources, template};
use domain::limits::UPLOAD_TTL_S;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DAY_S: u64 = 86_400;

#[test]
fn the_bucket_is_private_encrypted_and_takes_uploads_of_the_page() {
    let template = template();
    let (_, bucket) = resources(&template, "AWS::S3::Bucket").remove(0);
    let access = bucket["PublicAccessBlockConfiguration"].as_object().unwrap();
    for rule in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
        assert_eq!(access[rule], true, "{rule}");
    }
    let encryption = &bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
    assert_eq!(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256");
    let (_, policy) = resources(&template, "AWS::S3::BucketPolicy").remove(0);
    let statement = &policy["PolicyDocument"]["Statement"][0];
    assert_eq!((&statement["Effect"], &statement["Principal"]), (&json!("Deny"), &json!("*")));
    assert_eq!(statement["Condition"]["Bool"]["aws:SecureTransport"], "false");
    let rules = bucket["CorsConfiguration"]["CorsRules"].as_array().unwrap();
    assert_eq!((rules.len(), &rules[0]["AllowedMethods"]), (1, &json!(["PUT"])));
    let uploads = bucket["LifecycleConfiguration"]["Rules"].as_array().unwrap();
    let kept = uploads.iter().find(|rule| rule["Prefix"] == "uploads/").unwrap()["ExpirationInDays"].as_u64().unwrap();
    assert!(kept * DAY_S >= UPLOAD_TTL_S, "an upload is there as long as it may be named");
}

#[test]
fn what_was_paid_for_outlives_the_stack_and_nothing_else_does() {
    let template = template();
    for (name, resource) in template["Resources"].as_object().unwrap() {
        let is_kept = resource["DeletionPolicy"] == "Retain";
        assert_eq!(is_kept, ["Table", "Bucket"].contains(&name.as_str()), "{name}");
        assert_eq!(is_kept, resource["UpdateReplacePolicy"] == "Retain", "{name}");
    }
}

#[test]
fn every_log_ends_and_every_function_writes_to_one() {
    let template = template();
    for (name, group) in resources(&template, "AWS::Logs::LogGroup") {
        assert_eq!(group["RetentionInDays"], json!({"Ref": "LogRetentionDays"}), "{name}");
    }
    for (name, function) in resources(&template, "AWS::Serverless::Function") {
        let group = function["LoggingConfig"]["LogGroup"]["Ref"].as_str().unwrap();
        assert_eq!(template["Resources"][group]["Type"], "AWS::Logs::LogGroup", "{name}");
    }
}

#[test]
fn the_sweep_comes_every_minute_and_for_what_lambda_gives_up() {
    let template = template();
    let functions = template["Resources"].as_object().unwrap();
    let given_up = |name: &str| &functions[name]["Properties"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
    let sweep = &functions["SweepFunction"]["Properties"];
    assert_eq!(sweep["Events"]["EveryMinute"]["Properties"]["Schedule"], "rate(1 minute)");
    assert_eq!(given_up("VariantFunction")["Destination"], json!({"Fn::GetAtt": "SweepFunction.Arn"}));
    assert_eq!(given_up("SweepFunction")["Destination"], json!({"Fn::GetAtt": "DeadLetters.Arn"}));
}

#[test]
fn somebody_is_told_of_failures_dead_letters_throttles_and_what_does_not_end() {
    let template = template();
    let alarms = resources(&template, "AWS::CloudWatch::Alarm");
    let of = |alarm: &Value| alarm["MetricName"].as_str().unwrap().to_owned();
    let watched: BTreeSet<String> = alarms.iter().map(|(_, alarm)| of(alarm)).collect();
    let wanted =
        ["Failed", "OldestUnfinishedMs", "ApproximateNumberOfMessagesVisible", "Throttles", "ThrottledRequests"];
    assert_eq!(watched, wanted.map(str::to_owned).into());
    let throttled: BTreeSet<&str> = alarms
        .iter()
        .filter(|(_, alarm)| alarm["MetricName"] == "Throttles")
        .map(|(_, alarm)| alarm["Dimensions"][0]["Value"]["Ref"].as_str().unwrap())
        .collect();
    let functions = resources(&template, "AWS::Serverless::Function");
    assert_eq!(throttled, functions.iter().map(|(name, _)| name.as_str()).collect(), "of every function");
    for (name, alarm) in &alarms {
        assert_eq!(alarm["AlarmActions"]["Fn::If"][1], json!([{"Ref": "AlarmTopic"}]), "{name}");
    }
}

#[test]
fn a_person_is_given_the_page_and_the_socket_at_its_stage() {
    let template = template();
    let output = |name: &str| template["Outputs"][name]["Value"]["Fn::Sub"].as_str().unwrap().to_owned();
    assert!(output("PageUrl").starts_with("https://${HttpApi}.execute-api."), "{}", output("PageUrl"));
    let socket = output("SocketUrl");
    assert!(socket.starts_with("wss://${WebSocketApi}.execute-api.") && socket.ends_with("/generate-code"), "{socket}");
    let stage = &template["Resources"]["WebSocketStage"]["Properties"];
    assert_eq!(stage["StageName"], "generate-code");
    let key = &template["Parameters"]["OpenAiKeySecret"];
    assert!(key["Description"].as_str().unwrap().contains("Name of the secret"), "a name, and not the key: {key}");
}
