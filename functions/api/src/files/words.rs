//! What the server says by a code is said by the page in words, in each of its languages.

use domain::checks::FindingCode;
use domain::error::ErrorCode;
use domain::generation::Overall;
use domain::ids::{GenerationId, VariantKey};
use domain::progress::Agent;
use domain::quota::{Limit, Scope};
use domain::variant::Gone;
use domain::wire::server::ServerMessage;
use serde::de::DeserializeOwned;

const TABLES: [&str; 2] = [include_str!("../../web/messages.js"), include_str!("../../web/texts.js")];
const GENERATION: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

/// Every code of an enum, under its name on the wire: what serde says that it expects in place of none of them.
fn codes<T: DeserializeOwned>() -> Vec<String> {
    let complaint = serde_json::from_str::<T>("\"\"").err().unwrap().to_string();
    let (_, expected) = complaint.split_once("expected").unwrap();
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The English and the Russian text of a key.
fn texts(key: &str) -> [String; 2] {
    let begin = format!("  \"{key}\": ");
    let line = TABLES.iter().flat_map(|table| table.lines()).find_map(|line| line.strip_prefix(&begin));
    let line = line.unwrap_or_else(|| panic!("the page has no words for {key}: add them to messages.js"));
    serde_json::from_str(line.trim_end_matches(',')).unwrap_or_else(|error| panic!("{key}: {error}: {line}"))
}

fn assert_said(keys: &[String]) {
    assert!(!keys.is_empty());
    for key in keys {
        let [english, russian] = texts(key);
        assert!(english.is_ascii() || english.contains('…'), "{key}: {english}");
        assert!(russian.chars().any(|letter| ('а'..='я').contains(&letter)), "{key}: {russian}");
    }
}

fn all<T: DeserializeOwned>(kind: &str) -> Vec<String> {
    codes::<T>().iter().map(|code| format!("{kind}.{code}")).collect()
}

#[test]
fn every_error_has_words_in_both_languages() {
    let errors = all::<ErrorCode>("error");
    assert!(errors.len() >= 27 && errors.contains(&"error.quota_exceeded".to_owned()), "{errors:?}");
    assert_said(&errors);
}

#[test]
fn every_limit_finding_state_and_stage_has_words_in_both_languages() {
    let user = Scope::User(domain::ids::UserId::anonymous());
    for scope in [user.name(), Scope::Stack.name()] {
        assert_said(&all::<Limit>(&format!("quota.{scope}")));
    }
    assert_said(&all::<FindingCode>("finding"));
    assert_said(&all::<Overall>("generation"));
    assert_said(&all::<Overall>("state"));
    assert_said(&all::<Agent>("agent"));
}

#[test]
fn every_word_about_a_variant_is_said_in_both_languages() {
    let key = VariantKey { generation_id: GenerationId::parse(GENERATION).unwrap(), variant_index: 0 };
    let said = [ServerMessage::waiting(&key, "m"), ServerMessage::asking_again(&key, 1)];
    let said = said.map(|message| format!("notice.{}", message.data.unwrap()["code"].as_str().unwrap()));
    assert_said(&said);
    assert_said(&all::<Gone>("notice"));
}

#[test]
#[should_panic(expected = "the page has no words for error.of_tomorrow")]
fn a_code_without_words_is_found() {
    texts("error.of_tomorrow");
}
