//! `GET /api/openapi.json` against the route table, and against what the routes answer.

use super::Answer;
use api::{Access, Route};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const OPENAPI: &str = include_str!("../../../../functions/api/src/openapi.json");

/// The page's files are no API.
fn operation(described: &Value, route: Route) -> Option<&Value> {
    let (method, path) = route.key().split_once(' ')?;
    described["paths"].get(path)?.get(method.to_lowercase())
}

fn resolved<'a>(described: &'a Value, part: &'a Value) -> &'a Value {
    match part["$ref"].as_str() {
        Some(place) => described.pointer(place.trim_start_matches('#')).unwrap_or_else(|| panic!("{place}")),
        None => part,
    }
}

/// Whether an answer is one that is described, by its status and the type of its body.
pub(super) fn has(described: &Value, route: Route, answer: &Answer) -> bool {
    if route == Route::File {
        return true;
    }
    let Some(operation) = operation(described, route) else { return false };
    let Some(response) = operation["responses"].get(answer.status.to_string()) else { return false };
    let content_type = answer.headers.get("content-type").map(|value| value.to_str().unwrap()).unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default();
    match resolved(described, response).get("content") {
        Some(content) => content.get(kind).is_some(),
        None => answer.body.is_empty(),
    }
}

#[test]
fn every_route_is_described_and_nothing_else_is() {
    let described: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut found = BTreeSet::new();
    for (path, operations) in described["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            found.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let routes = Route::ALL.into_iter().filter(|route| *route != Route::File);
    assert_eq!(found, routes.map(|route| route.key().to_owned()).collect());
    assert_eq!(described["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_operation_says_who_it_is_for_and_names_only_parts_that_are_there() {
    let described: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut names = BTreeSet::new();
    for route in Route::ALL.into_iter().filter(|route| *route != Route::File) {
        let operation = operation(&described, route).unwrap();
        let expected = match route.access() {
            Access::Public => json!([]),
            Access::User | Access::Owner => json!([{"bearer": []}]),
            Access::Viewer => json!([{"bearer": []}, {"link": []}]),
        };
        assert_eq!(operation["security"], expected, "{route}");
        let has = |status: &str| operation["responses"].get(status).is_some();
        assert_eq!(has("401"), route.access() != Access::Public, "{route}");
        // A request may go back to what is not there.
        let names_another = matches!(route.access(), Access::Owner | Access::Viewer) || route == Route::Start;
        assert_eq!(has("404"), names_another, "{route}");
        assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{route}");
    }
    let mut open = vec![&described];
    while let Some(part) = open.pop() {
        resolved(&described, part);
        match part {
            Value::Object(parts) => open.extend(parts.values()),
            Value::Array(parts) => open.extend(parts),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
