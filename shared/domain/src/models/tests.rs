use super::*;
use crate::error::ErrorCode;
use crate::usage::Usage;
use proptest::prelude::*;

/// 2026-11-21T10:00:00Z.
const NOW_MS: u64 = 1_795_255_200_000;
/// 2027-01-15T00:00:00Z: the day of the shutdown is over.
const AFTER_MS: u64 = 1_799_971_200_000;

fn built_in() -> Catalogue {
    Catalogue::built_in().unwrap()
}

#[test]
fn no_model_of_the_line_up_is_asked_for_more_tokens_than_it_gives() {
    let catalogue = built_in();
    let asked: Vec<u32> = catalogue.line_up().iter().map(|id| catalogue.shape(id).output_tokens).collect();
    assert_eq!(asked, [16_384, 20_000, 20_000, 16_384]);
}

#[test]
fn each_model_of_the_line_up_has_a_successor_of_its_own_that_answers_without_reasoning() {
    let catalogue = built_in();
    let successors: std::collections::BTreeSet<&str> =
        catalogue.line_up().iter().map(|id| catalogue.successor(id, NOW_MS).unwrap()).collect();
    assert_eq!(successors.len(), 4);
    assert!(successors.iter().all(|id| catalogue.get(id).unwrap().usable));
    assert!(successors.iter().all(|id| catalogue.shape(id).family == Family::Gpt5));
}

#[test]
fn a_model_is_asked_on_the_day_of_its_shutdown_and_its_successor_from_the_next_day_on() {
    let catalogue = built_in();
    for id in catalogue.line_up() {
        assert_eq!(catalogue.present(id, NOW_MS), id);
        assert_eq!(catalogue.present(id, AFTER_MS - 1), id);
        assert_eq!(Some(catalogue.present(id, AFTER_MS)), catalogue.successor(id, AFTER_MS));
    }
    assert_eq!(catalogue.present("of-another-server", AFTER_MS), "of-another-server");
}

#[test]
fn a_successor_that_is_gone_too_is_passed_over() {
    let catalogue = Catalogue::configured(
        r#"{"models": [
            {"id": "a", "family": "compatible", "shutdownDate": "2026-01-01", "successor": "b"},
            {"id": "b", "family": "compatible", "shutdownDate": "2026-02-01", "successor": "c"},
            {"id": "c", "family": "compatible", "shutdownDate": "2026-03-01"}
        ]}"#,
    )
    .unwrap();
    assert_eq!(catalogue.present("a", NOW_MS), "c", "the last one is asked although its date has passed");
    assert_eq!(catalogue.successor("a", NOW_MS), Some("c"));
    assert_eq!(catalogue.successor("c", NOW_MS), None);
}

#[test]
fn a_configuration_changes_and_adds_models_and_leaves_the_others() {
    let catalogue = Catalogue::configured(
        r#"{"lineUp": ["llama/3:70b", "gpt-6-luna"], "models": [
            {"id": "llama/3:70b", "family": "compatible", "maxOutputTokens": 8192},
            {"id": "gpt-6-luna", "family": "gpt5", "price": {"inputUsd": 1, "outputUsd": 2, "cachedInputUsd": 0.5}}
        ]}"#,
    )
    .unwrap();
    assert_eq!(catalogue.line_up(), ["llama/3:70b", "gpt-6-luna"]);
    assert_eq!(catalogue.shape("llama/3:70b").output_tokens, 8_192);
    assert!(catalogue.get("llama/3:70b").unwrap().configured && !catalogue.get("gpt-6-sol").unwrap().configured);
    let usage = Usage { input_tokens: 1_000_000, output_tokens: 1_000_000, cached_tokens: Some(200_000) };
    assert!((catalogue.cost_usd("gpt-6-luna", usage).unwrap() - 2.9).abs() < 1e-9);
    assert_eq!(catalogue.cost_usd("llama/3:70b", usage), None, "no price, no cost");
    assert_eq!(catalogue.get("gpt-6-sol"), built_in().get("gpt-6-sol"));
}

#[test]
fn what_is_wrong_with_a_configuration_is_named() {
    for (text, named) in [
        ("no json", "expected"),
        (r#"{"model": []}"#, "unknown field `model`"),
        (r#"{"models": [{"id": "a", "family": "gpt9"}]}"#, "unknown variant `gpt9`"),
        (r#"{"models": [{"id": "a", "family": "gpt4", "prize": 1}]}"#, "unknown field `prize`"),
        (r#"{"models": [{"id": "a", "family": "gpt4", "maxOutputTokens": 0}]}"#, "a: maxOutputTokens"),
        (r#"{"models": [{"id": "a", "family": "gpt4", "price": {"inputUsd": -1, "outputUsd": 1}}]}"#, "a: a price"),
        (r#"{"models": [{"id": "a", "family": "gpt4", "shutdownDate": "2027-02-30"}]}"#, "2027-02-30"),
        (r#"{"models": [{"id": "a", "family": "gpt4", "successor": "b"}]}"#, "its successor b"),
        (r#"{"models": [{"id": "a", "family": "gpt4", "successor": "gpt-6-astra"}]}"#, "its successor gpt-6-astra"),
        (r#"{"models": [{"id": "a", "family": "gpt4", "successor": "a"}]}"#, "lead back to a"),
        (r#"{"models": [{"id": "a", "family": "gpt4"}, {"id": "a", "family": "gpt4"}]}"#, "a twice"),
        (r#"{"lineUp": []}"#, "lineUp has 0 models"),
        (r#"{"lineUp": ["gpt-6-astra"]}"#, "gpt-6-astra cannot be used. It always reasons"),
        (r#"{"lineUp": [" "]}"#, "a model's id"),
    ] {
        let problem = Catalogue::configured(text).unwrap_err().to_string();
        assert!(problem.contains(named), "{text}: {problem}");
        assert!(!problem.contains('\n'), "one line: {problem}");
    }
}

#[test]
fn more_variants_than_models_start_the_line_up_again() {
    let offer = Offer::new(vec!["a".to_owned(), "b".to_owned()], []);
    assert_eq!(offer.choose(None, 3).unwrap(), ["a", "b", "a"]);
}

#[test]
fn a_request_may_choose_what_is_allowed_and_hears_which_of_its_models_is_not() {
    let offer = Offer::new(vec!["a".to_owned()], ["b".to_owned(), "a".to_owned()]);
    assert_eq!(offer.allowed(), ["a", "b"]);
    let chosen = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(offer.choose(Some(&chosen(&["b", "a"])), 2).unwrap(), ["b", "a"]);
    assert_eq!(offer.choose(Some(&[]), 1).unwrap(), ["a"], "an empty list chooses nothing");
    let refusal = offer.choose(Some(&chosen(&["a", "c"])), 2).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (ErrorCode::InvalidField, Some("models[1]")));
}

proptest! {
    #[test]
    fn a_date_reads_back_as_it_was_written(year in 1970i32..=9999, day in 1u16..=365) {
        let text = ShutdownDate(time::Date::from_ordinal_date(year, day).unwrap()).to_string();
        let read = ShutdownDate::try_from(text.clone()).unwrap();
        prop_assert_eq!(read.to_string(), text);
    }
}
