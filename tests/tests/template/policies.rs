//! Least privilege: each role allows what its function can call, no more and no less.

use crate::calls::{adapters, called_by};
use crate::document::{resources, template};
use crate::sources::{compact, files};
use serde_json::Value;
use std::collections::BTreeSet;

/// The functions.
pub(crate) const FUNCTIONS: [&str; 4] = ["api", "socket", "sweep", "variant"];

/// An action and what it is allowed on.
type Grant = (String, String);

fn grant(action: &str, on: &str) -> Grant {
    (action.to_owned(), on.to_owned())
}

/// What an operation of the SDK needs: <https://docs.aws.amazon.com/service-authorization/latest/reference/>. Writes in
/// a transaction need the permissions of the single writes.
fn needed(operation: &str) -> Vec<Grant> {
    match operation {
        "batch_write_item" => vec![grant("dynamodb:BatchWriteItem", "table"), grant("dynamodb:DeleteItem", "table")],
        "delete_item" | "transacted Delete" => vec![grant("dynamodb:DeleteItem", "table")],
        "get_item" => vec![grant("dynamodb:GetItem", "table")],
        "put_item" | "transacted Put" => vec![grant("dynamodb:PutItem", "table")],
        "query" => vec![grant("dynamodb:Query", "table")],
        "query history" => vec![grant("dynamodb:Query", "index history")],
        "query open" => vec![grant("dynamodb:Query", "index open")],
        "update_item" | "transacted Update" => vec![grant("dynamodb:UpdateItem", "table")],
        // Without the second, a key that is not there is answered with 403 instead of 404.
        "get_object" => vec![grant("s3:GetObject", "objects"), grant("s3:ListBucket", "bucket")],
        "list_objects_v2" => vec![grant("s3:ListBucket", "bucket")],
        "delete_object" => vec![grant("s3:DeleteObject", "objects")],
        "put_object" => vec![grant("s3:PutObject", "objects")],
        "invoke" => vec![grant("lambda:InvokeFunction", "function variant")],
        "post_to_connection" => vec![grant("execute-api:ManageConnections", "connections POST")],
        "describe_secret" => vec![grant("secretsmanager:DescribeSecret", "the key's secret")],
        "get_connection" => vec![grant("execute-api:ManageConnections", "connections GET")],
        "delete_connection" => vec![grant("execute-api:ManageConnections", "connections DELETE")],
        other => panic!("say which permission {other} needs"),
    }
}

/// What Lambda itself does in a function's name: its log, and its destination.
fn of_the_platform(function: &str, properties: &Value) -> Vec<Grant> {
    let logs = format!("logs {function}");
    let mut grants = vec![grant("logs:CreateLogStream", &logs), grant("logs:PutLogEvents", &logs)];
    let destination = &properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
    match (destination["Type"].as_str(), destination["Destination"]["Fn::GetAtt"].as_str()) {
        (Some("Lambda"), Some("SweepFunction.Arn")) => grants.push(grant("lambda:InvokeFunction", "function sweep")),
        (Some("SQS"), Some("DeadLetters.Arn")) => grants.push(grant("sqs:SendMessage", "dead letters")),
        (None, None) => {}
        other => panic!("say which permission the destination {other:?} needs"),
    }
    grants
}

/// What a resource in a policy stands for.
fn resource(value: &Value) -> String {
    let (kind, text) = value.as_object().and_then(|object| object.iter().next()).expect("a reference, not a plain ARN");
    let text = text.as_str().unwrap();
    let here = "${AWS::Region}:${AWS::AccountId}";
    match (kind.as_str(), text.replace("arn:${AWS::Partition}:", "").replace(here, "HERE").as_str()) {
        ("Fn::GetAtt", "Table.Arn") => "table".to_owned(),
        ("Fn::Sub", "${Table.Arn}/index/history") => "index history".to_owned(),
        ("Fn::Sub", "${Table.Arn}/index/open") => "index open".to_owned(),
        ("Fn::GetAtt", "Bucket.Arn") => "bucket".to_owned(),
        ("Fn::Sub", "${Bucket.Arn}/*") => "objects".to_owned(),
        ("Fn::Sub", "lambda:HERE:function:${AWS::StackName}-variant") => "function variant".to_owned(),
        ("Fn::GetAtt", "SweepFunction.Arn") => "function sweep".to_owned(),
        ("Fn::GetAtt", "DeadLetters.Arn") => "dead letters".to_owned(),
        ("Fn::Sub", "execute-api:HERE:${WebSocketApi}/generate-code/POST/@connections/*") => {
            "connections POST".to_owned()
        }
        ("Fn::Sub", "execute-api:HERE:${WebSocketApi}/generate-code/GET/@connections/*") => {
            "connections GET".to_owned()
        }
        ("Fn::Sub", "execute-api:HERE:${WebSocketApi}/generate-code/DELETE/@connections/*") => {
            "connections DELETE".to_owned()
        }
        ("Fn::Sub", "secretsmanager:HERE:secret:${OpenAiKeySecret}-??????") => "the key's secret".to_owned(),
        ("Fn::Sub", "secretsmanager:HERE:secret:${JwtKeySecret}-??????") => "the tokens' secret".to_owned(),
        ("Fn::GetAtt", logs) if logs.ends_with("Logs.Arn") => {
            format!("logs {}", logs.trim_end_matches("Logs.Arn").to_lowercase())
        }
        other => panic!("{other:?} is not a resource that any function uses"),
    }
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

/// A statement that is there if a parameter is set, as if it were: `!If [condition, statement, nothing]`.
fn statement_if_set(statement: &Value) -> &Value {
    match statement["Fn::If"].as_array().map(Vec::as_slice) {
        Some([_, then, otherwise]) => {
            assert_eq!(otherwise["Ref"], "AWS::NoValue");
            then
        }
        Some(_) | None => statement,
    }
}

/// What a role allows.
fn granted(role: &Value) -> BTreeSet<Grant> {
    assert!(role.get("ManagedPolicyArns").is_none(), "a managed policy allows more than is used");
    let mut grants = BTreeSet::new();
    for policy in list(&role["Policies"]) {
        for statement in list(&policy["PolicyDocument"]["Statement"]) {
            let statement = statement_if_set(statement);
            assert_eq!(statement["Effect"], "Allow");
            for action in list(&statement["Action"]) {
                for on in list(&statement["Resource"]) {
                    let fresh = grants.insert(grant(action.as_str().unwrap(), &resource(on)));
                    assert!(fresh, "{action} on {on} is there twice");
                }
            }
        }
    }
    grants
}

#[test]
fn each_role_allows_what_its_function_can_call_and_nothing_else() {
    let template = template();
    let known = adapters();
    let mut wrong = Vec::new();
    for function in FUNCTIONS {
        let binary = format!("${{AWS::StackName}}-{function}");
        let of_kind = resources(&template, "AWS::Serverless::Function");
        let (_, properties) = of_kind.iter().find(|(_, found)| found["FunctionName"]["Fn::Sub"] == binary).unwrap();
        let role = properties["Role"]["Fn::GetAtt"].as_str().unwrap().trim_end_matches(".Arn").to_owned();
        let mut needs: BTreeSet<Grant> = of_the_platform(function, properties).into_iter().collect();
        for method in called_by(function, &known) {
            needs.extend(known[&method].iter().flat_map(|operation| needed(operation)));
        }
        let own: String =
            files(&format!("functions/{function}/src")).into_values().map(|text| compact(&text)).collect();
        if own.contains("boot.model()") {
            needs.insert(grant("secretsmanager:GetSecretValue", "the key's secret"));
        }
        if own.contains("boot.authenticator()") {
            needs.insert(grant("secretsmanager:GetSecretValue", "the tokens' secret"));
        }
        let has = granted(&template["Resources"][&role]["Properties"]);
        wrong.extend(needs.difference(&has).map(|grant| format!("{role} lacks {grant:?}")));
        wrong.extend(has.difference(&needs).map(|grant| format!("{role} has {grant:?}, which nothing uses")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
