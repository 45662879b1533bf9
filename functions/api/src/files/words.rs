//! What the server says by a code is said by the page in words, in each of its languages.

use domain::checks::FindingCode;
use domain::error::ErrorCode;
use domain::generation::Overall;
use domain::ids::{GenerationId, VariantKey};
use domain::progress::Agent;
use domain::quota::{Limit, Scope};
use domain::request::notice::NoticeCode;
use domain::variant::Gone;
use domain::wire::server::ServerMessage;
use serde_json::from_str;

const TABLES: [&str; 2] = [include_str!("../../web/messages.js"), include_str!("../../web/texts.js")];
const GENERATION: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

/// In place of a code: serde complains, and names every code of the enum that it expects.
const NO_CODE: &str = "\"\"";

/// The keys of all codes of an enum, under their names on the wire.
fn all<T>(kind: &str, read: serde_json::Result<T>) -> Vec<String> {
    let complaint = read.err().unwrap().to_string();
    let (_, expected) = complaint.split_once("expected").unwrap();
    expected.split('`').skip(1).step_by(2).map(|code| format!("{kind}.{code}")).collect()
}

/// The English and the Russian text of a key.
fn texts(key: &str) -> [String; 2] {
    let begin = format!("  \"{key}\": ");
    let line = TABLES.iter().flat_map(|table| table.lines()).find_map(|line| line.strip_prefix(&begin));
    let line = line.unwrap_or_else(|| panic!("the page has no words for {key}: add them to messages.js"));
    from_str(line.trim_end_matches(',')).unwrap_or_else(|error| panic!("{key}: {error}: {line}"))
}

fn assert_said(keys: &[String]) {
    assert!(!keys.is_empty());
    for key in keys {
        let [english, russian] = texts(key);
        assert!(english.is_ascii() || english.contains('…'), "{key}: {english}");
        assert!(russian.chars().any(|letter| ('а'..='я').contains(&letter)), "{key}: {russian}");
    }
}

#[test]
fn every_error_has_words_in_both_languages() {
    let errors = all("error", from_str::<ErrorCode>(NO_CODE));
    assert!(errors.len() >= 27 && errors.contains(&"error.quota_exceeded".to_owned()), "{errors:?}");
    assert_said(&errors);
}

#[test]
fn every_limit_finding_state_and_stage_has_words_in_both_languages() {
    let user = Scope::User(domain::ids::UserId::anonymous());
    for scope in [user.name(), Scope::Stack.name()] {
        assert_said(&all(&format!("quota.{scope}"), from_str::<Limit>(NO_CODE)));
    }
    assert_said(&all("finding", from_str::<FindingCode>(NO_CODE)));
    assert_said(&all("generation", from_str::<Overall>(NO_CODE)));
    assert_said(&all("state", from_str::<Overall>(NO_CODE)));
    assert_said(&all("agent", from_str::<Agent>(NO_CODE)));
}

#[test]
fn every_notice_is_said_in_both_languages() {
    let key = VariantKey { generation_id: GenerationId::parse(GENERATION).unwrap(), variant_index: 0 };
    let said = [ServerMessage::waiting(&key, "m"), ServerMessage::asking_again(&key, 1)];
    let said = said.map(|message| format!("notice.{}", message.data.unwrap()["code"].as_str().unwrap()));
    assert_said(&said);
    assert_said(&all("notice", from_str::<Gone>(NO_CODE)));
    assert_said(&all("notice", from_str::<NoticeCode>(NO_CODE)));
}

#[test]
#[should_panic(expected = "the page has no words for error.of_tomorrow")]
fn a_code_without_words_is_found() {
    texts("error.of_tomorrow");
}
