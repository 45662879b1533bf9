//! Which calls of the AWS SDK a function can make: the port methods that it and its steps call, and the SDK operations
//! that the adapters of these methods use. Both are read from the sources, so there is no second list to keep.

use crate::sources::{compact, files, functions, names_between};
use std::collections::{BTreeMap, BTreeSet};

/// The ports over AWS, under the names that handlers' fields give them.
const PORTS: [(&str, &str); 11] = [
    ("connections", "Connections"),
    ("deletions", "Deletions"),
    ("design_systems", "DesignSystems"),
    ("generations", "Generations"),
    ("invoke", "Invoke"),
    ("objects", "Objects"),
    ("provider_key", "ProviderKey"),
    ("push", "Push"),
    ("quotas", "Quotas"),
    ("uploads", "Uploads"),
    ("variants", "Variants"),
];

/// The parts of a transaction, each of which needs the permission of the single write.
const TRANSACTION_PARTS: [&str; 4] = ["Put", "Update", "Delete", "ConditionCheck"];

/// A method of a port, as in `variants.claim`.
type Method = (String, String);

/// The functions' adapters: what each method of a port does at AWS.
pub(crate) fn adapters() -> BTreeMap<Method, BTreeSet<String>> {
    let mut helpers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut methods: BTreeMap<Method, String> = BTreeMap::new();
    let mut bodies: Vec<(String, String)> = Vec::new();
    for text in files("shared/aws/src").into_values() {
        for part in text.split("\nimpl").skip(1) {
            let Some((port, _)) = part.trim_start().split_once(" for ") else { continue };
            let Some((field, _)) = PORTS.iter().find(|(_, name)| *name == port) else { continue };
            let block = part.split("\n}").next().unwrap_or_default();
            for (name, body) in functions(block) {
                methods.insert(((*field).to_owned(), name), compact(&body));
            }
        }
        bodies.extend(functions(&text).into_iter().map(|(name, body)| (name, compact(&body))));
    }
    for (name, body) in &bodies {
        helpers.entry(name.clone()).or_default().extend(operations(body));
    }
    methods.into_iter().map(|(method, body)| (method, reached(&body, &bodies, &helpers))).collect()
}

/// What a text does itself and through the functions of the adapters that it calls.
fn reached(body: &str, bodies: &[(String, String)], helpers: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let (mut found, mut seen, mut open) = (operations(body), BTreeSet::new(), vec![body.to_owned()]);
    while let Some(text) = open.pop() {
        for name in names_between(&text, "self.", "(").into_iter().map(str::to_owned) {
            if seen.insert(name.clone()) {
                found.extend(helpers.get(&name).into_iter().flatten().cloned());
                open.extend(bodies.iter().filter(|(known, _)| *known == name).map(|(_, body)| body.clone()));
            }
        }
    }
    found
}

/// The SDK's operations in a text: `client.put_item()`; of a query its index, of a transaction its parts.
fn operations(body: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in names_between(body, "client.", "()") {
        match body.split(".index_name(\"").nth(1).and_then(|rest| rest.split('"').next()) {
            Some(index) if name == "query" => found.insert(format!("query {index}")),
            Some(_) | None => found.insert(name.to_owned()),
        };
    }
    // Its parts are what needs permission.
    found.remove("transact_write_items");
    for part in TRANSACTION_PARTS {
        // `ConditionCheck::builder`, but not `TransactWriteItem::builder`.
        if !names_before(body, part).is_empty() {
            found.insert(format!("transacted {part}"));
        }
    }
    found
}

fn names_before<'a>(body: &'a str, part: &str) -> Vec<&'a str> {
    let wanted = format!("{part}::builder()");
    body.match_indices(&wanted)
        .filter(|(at, _)| !body[..*at].ends_with(crate::sources::is_part_of_a_name))
        .map(|(at, _)| &body[at..])
        .collect()
}

/// The methods of ports over AWS that a function calls, itself or through a step of `lifecycle`.
pub(crate) fn called_by(function: &str, known: &BTreeMap<Method, BTreeSet<String>>) -> BTreeSet<Method> {
    let steps = steps();
    let own: String = files(&format!("functions/{function}/src")).into_values().map(|text| compact(&text)).collect();
    let mut texts = vec![own];
    let mut taken = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(text) = texts.pop() {
        for (field, _) in PORTS {
            let methods = names_between(&text, &format!("{field}."), "(");
            let methods = methods.into_iter().map(|method| (field.to_owned(), method.to_owned()));
            found.extend(methods.filter(|method| known.contains_key(method)));
        }
        for (path, (names, step)) in &steps {
            if names.iter().any(|name| mentions(&text, name)) && taken.insert(path.clone()) {
                texts.push(step.clone());
            }
        }
    }
    found
}

/// `lifecycle`'s files: the names that each offers, and its text.
fn steps() -> BTreeMap<String, (Vec<String>, String)> {
    files("shared/lifecycle/src")
        .into_iter()
        .filter(|(path, _)| !path.ends_with("lib.rs"))
        .map(|(path, text)| {
            // Whoever uses a step uses what other files add to it.
            let words = ["pub struct ", "pub async fn ", "pub fn ", "impl "];
            let names = text.lines().filter_map(|line| {
                let rest = words.iter().find_map(|word| line.strip_prefix(word))?;
                Some(rest.split(|character| !crate::sources::is_part_of_a_name(character)).next()?.to_owned())
            });
            (path.display().to_string(), (names.collect(), compact(&text)))
        })
        .collect()
}

/// Whether a text imports or calls a name of `lifecycle`, or imports one of its own crate.
fn mentions(compact: &str, name: &str) -> bool {
    compact.contains(&format!("lifecycle::{name}("))
        || ["use lifecycle::", "use crate::"].iter().any(|word| {
            compact.split(word).skip(1).any(|rest| {
                let import = rest.split(';').next().unwrap_or_default();
                import.split(|character| !crate::sources::is_part_of_a_name(character)).any(|word| word == name)
            })
        })
}

#[test]
fn every_port_over_aws_is_looked_for() {
    let ports: String = files("shared/ports/src").into_values().collect();
    for text in files("shared/aws/src").into_values() {
        for part in text.split("\nimpl ").skip(1) {
            let Some((name, _)) = part.split_once(" for ") else { continue };
            let is_port = ports.contains(&format!("pub trait {name}: "));
            assert!(!is_port || PORTS.iter().any(|(_, port)| *port == name), "say which field {name} has in a handler");
        }
    }
}

#[test]
fn every_method_of_a_port_over_aws_is_called_by_some_function() {
    let known = adapters();
    let called: BTreeSet<Method> = crate::policies::FUNCTIONS.iter().flat_map(|name| called_by(name, &known)).collect();
    let unused: Vec<_> = known.keys().filter(|method| !called.contains(*method)).collect();
    assert!(unused.is_empty(), "nobody calls {unused:?}, or the way it is called is not understood here");
    for (method, operations) in &known {
        assert!(!operations.is_empty(), "{method:?} does nothing, or what it does is not understood here");
    }
}
