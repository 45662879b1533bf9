//! The workspace's own sources as text, for what only they can say: who calls what.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The text of every file below a folder of the workspace, without comments and tests, by path.
pub(crate) fn files(folder: &str) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    collect(&Path::new(ROOT).join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().map(|line| line.split("// ").next().unwrap_or_default());
            let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
            found.insert(path, lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// The text without white space except between two words, so that a call reads the same however it is broken into lines.
pub(crate) fn compact(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if short.ends_with(is_part_of_a_name) && word.starts_with(is_part_of_a_name) {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

/// The words that follow `before` in a compact text, each up to the first character that no name has, if `after` comes
/// next.
pub(crate) fn names_between<'a>(compact: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    compact
        .match_indices(before)
        .filter(|(at, _)| !compact[..*at].ends_with(is_part_of_a_name))
        .filter_map(|(at, _)| {
            let rest = &compact[at + before.len()..];
            let end = rest.find(|character| !is_part_of_a_name(character))?;
            (end > 0 && rest[end..].starts_with(after)).then_some(&rest[..end])
        })
        .collect()
}

pub(crate) fn is_part_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Each function's name and its text, up to the next one's.
pub(crate) fn functions(code: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in code.lines() {
        let words = ["pub ", "pub(crate) ", "pub(super) ", "const ", "async "];
        let mut rest = line.trim_start();
        while let Some(shorter) = words.iter().find_map(|word| rest.strip_prefix(word)) {
            rest = shorter;
        }
        if let Some(name) = rest.strip_prefix("fn ") {
            let end = name.find(|character| !is_part_of_a_name(character)).unwrap_or(name.len());
            found.push((name[..end].to_owned(), String::new()));
        }
        if let Some((_, text)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}
