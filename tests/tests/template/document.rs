//! The template as JSON. CloudFormation's tags become their long forms: `!Ref x` is `{"Ref": "x"}`, `!Sub x` is
//! `{"Fn::Sub": "x"}`.

use saphyr::{LoadableYamlNode, ScalarOwned, YamlOwned};
use serde_json::{Map, Value, json};
use std::path::Path;

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/aws/template.yaml");

/// The whole template.
pub(crate) fn template() -> Value {
    let text = std::fs::read_to_string(Path::new(TEMPLATE)).unwrap();
    let documents = YamlOwned::load_from_str(&text).unwrap();
    assert_eq!(documents.len(), 1);
    to_json(&documents[0])
}

/// The properties of every resource of a type, by logical name.
pub(crate) fn resources(template: &Value, kind: &str) -> Vec<(String, Value)> {
    let found: Vec<_> = template["Resources"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(name, resource)| (name.clone(), resource["Properties"].clone()))
        .collect();
    assert!(!found.is_empty(), "the template has no {kind}");
    found
}

fn to_json(yaml: &YamlOwned) -> Value {
    match yaml {
        YamlOwned::Value(scalar) => match scalar {
            ScalarOwned::Null => Value::Null,
            ScalarOwned::Boolean(value) => json!(value),
            ScalarOwned::Integer(value) => json!(value),
            ScalarOwned::FloatingPoint(value) => json!(value.into_inner()),
            ScalarOwned::String(value) => json!(value),
        },
        YamlOwned::Sequence(items) => items.iter().map(to_json).collect(),
        YamlOwned::Mapping(entries) => {
            let mut object = Map::new();
            for (name, value) in entries {
                let name = to_json(name).as_str().expect("names are text").to_owned();
                assert!(object.insert(name.clone(), to_json(value)).is_none(), "{name} is there twice");
            }
            Value::Object(object)
        }
        YamlOwned::Tagged(tag, value) => {
            let name = if tag.suffix == "Ref" { "Ref".to_owned() } else { format!("Fn::{}", tag.suffix) };
            json!({ name: to_json(value) })
        }
        YamlOwned::Representation(text, ..) => json!(text),
        YamlOwned::Alias(_) | YamlOwned::BadValue => panic!("the template has no aliases and no bad values"),
    }
}
