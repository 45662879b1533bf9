use super::*;
use domain::checks::check;
use domain::error::{ErrorCode, Failure};
use domain::generation::{Conclusion, End, Lineage, Outcome, Overall};
use domain::ids::AttemptKey;
use domain::quota::Reserved;
use domain::usage::{Totals, Usage};
use domain::variant::{Answer, Completion, Gone, Guest, Substitute};
use proptest::option;
use proptest::prelude::*;

fn id() -> impl Strategy<Value = GenerationId> {
    "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}".prop_map(|id| GenerationId::parse(&id).unwrap())
}

fn connections() -> impl Strategy<Value = Vec<ConnectionId>> {
    proptest::collection::btree_set("[A-Za-z0-9_-]{15}=", 0..5)
        .prop_map(|ids| ids.into_iter().map(ConnectionId).collect())
}

fn answer() -> impl Strategy<Value = Answer> {
    let usage = (any::<u64>(), any::<u64>(), option::of(any::<u64>()))
        .prop_map(|(input_tokens, output_tokens, cached_tokens)| Usage { input_tokens, output_tokens, cached_tokens });
    (
        option::of("\\PC{0,20}"),
        option::of("[a-z_]{1,12}"),
        option::of(usage),
        option::of(0.0..9.0),
        option::of(any::<u64>()),
    )
        .prop_map(|(model_answered, finish_reason, usage, cost_usd, first_text_ms)| Answer {
            model_answered,
            finish_reason,
            usage,
            cost_usd,
            first_text_ms,
        })
}

fn account() -> impl Strategy<Value = Account> {
    let substitute = ("\\PC{1,20}", any::<bool>())
        .prop_map(|(model, found)| Substitute { model, reason: if found { Gone::ShutDown } else { Gone::NotFound } });
    (option::of(substitute), option::of(any::<u64>()), answer()).prop_map(|(substitute, duration_ms, answer)| Account {
        substitute,
        duration_ms,
        answer,
    })
}

fn status() -> impl Strategy<Value = Status> {
    let completed = (any::<u64>(), "[0-9a-f]{64}", any::<u64>(), any::<bool>(), "\\PC{0,40}", answer()).prop_map(
        |(page_bytes, page_sha256, duration_ms, cut_off, page, answer)| {
            Status::Completed(Completion {
                page_bytes,
                page_sha256,
                duration_ms,
                cut_off,
                checks: check(&page),
                answer,
            })
        },
    );
    prop_oneof![
        Just(Status::Queued),
        Just(Status::Running),
        Just(Status::Cancelled),
        "\\PC{0,60}".prop_map(|message| Status::Failed(Failure::new(ErrorCode::StreamStalled, message))),
        completed,
    ]
}

fn reserved() -> impl Strategy<Value = Option<Reserved>> {
    option::of(any::<(u64, u64, u64)>().prop_map(|(day, tokens, micro_usd)| Reserved { day, tokens, micro_usd }))
}

prop_compose! {
    fn variant()(
        generation_id in id(), variant_index in 0u8..8, model in "\\PC{1,30}", created_at_ms in any::<u64>(),
        attempt in any::<u32>(), holder in option::of("[0-9a-f]{32}"), lease_until_ms in any::<u64>(),
        (next_seq, signals, claims) in any::<(u32, u32, u32)>(), listeners in connections(),
        guests in proptest::collection::btree_map("[A-Za-z0-9_-]{15}=", "[0-9a-f]{64}", 0..4),
        (cancel_requested, told) in any::<(bool, bool)>(), (status, account, reserved) in (status(), account(), reserved()),
    ) -> Variant {
        let guest = |(name, link): (String, String)| Guest {
            connection: ConnectionId(name), link: ShareId::parse(&link).unwrap(),
        };
        Variant {
            guests: guests.into_iter().map(guest).collect(),
            key: VariantKey { generation_id, variant_index }, model, created_at_ms, attempt, claims, holder: holder.map(Holder),
            lease_until_ms, next_seq, signals, listeners, cancel_requested, status, account, reserved, told,
        }
    }
}

prop_compose! {
    fn generation()(
        id in id(), user in "\\PC{1,30}", created_at_ms in 0u64..1_000_000_000_000_000, title in "\\PC{0,120}",
        models in proptest::collection::vec("\\PC{1,20}", 1..8),
        uploads in proptest::collection::vec("uploads/[a-z]{1,9}/[0-9a-f]{8}", 0..4), closes in option::of("[A-Za-z0-9]{15}="),
        conclusion in option::of((any::<u64>(), 0u8..8, option::of(0.0..9.0))),
        parent in option::of((id(), id(), option::of(0u8..8))), winner in option::of(0u8..8),
        shares in proptest::collection::btree_map("[0-9a-f]{64}", (any::<u64>(), option::of(any::<u64>())), 0..4),
    ) -> Generation {
        let share = |(name, (created_at_ms, expires_at_s)): (String, _)| Share {
            generation: id.clone(), id: ShareId::parse(&name).unwrap(), created_at_ms, expires_at_s,
        };
        let shares = shares.into_iter().map(share).collect();
        Generation {
            id, user: UserId(user), created_at_ms, title, models, uploads, closes: closes.map(ConnectionId), shares,
            conclusion: conclusion.map(|(ended_at_ms, told_by, cost_usd)| {
                let totals = Totals { cost_usd, usage_unknown: vec![told_by], ..Totals::default() };
                let outcomes = vec![Outcome { end: End::Completed, cost_usd, ..Outcome::default() }];
                Conclusion { status: Overall::Partial, ended_at_ms, told_by, totals, outcomes }
            }),
            lineage: parent.map(|(root, parent, variant_index)| Lineage { root, parent, variant_index }),
            winner,
        }
    }
}

proptest! {
    #[test]
    fn a_variants_item_reads_back_as_it_was(variant in variant()) {
        prop_assert_eq!(to_variant(&of_variant(&variant).unwrap()).unwrap(), variant);
    }

    #[test]
    fn a_generations_item_reads_back_as_it_was(generation in generation()) {
        prop_assert_eq!(to_generation(&of_generation(&generation).unwrap()).unwrap(), generation);
    }

    #[test]
    fn a_deletions_item_reads_back_as_it_was(
        generation_id in id(), (deleted_at_ms, due_ms) in any::<(u64, u64)>(), attempts in any::<Vec<(u8, u32)>>(),
        listeners in connections(), closes in option::of("[A-Za-z0-9]{15}="),
    ) {
        let uploads = vec!["uploads/a/b".to_owned()];
        let closes = closes.map(ConnectionId);
        let deletion = Deletion { generation_id, deleted_at_ms, due_ms, attempts, uploads, listeners, closes };
        prop_assert_eq!(to_deletion(&of_deletion(&deletion).unwrap()).unwrap(), deletion);
    }

    #[test]
    fn an_item_of_counters_reads_back_as_it_was(
        numbers in any::<[u64; 7]>(), user in option::of("\\PC{1,30}"),
    ) {
        let [version, minute, generations, running, day, tokens, micro_usd] = numbers;
        let counters = Counters { version, minute, generations, running, day, tokens, micro_usd };
        let scope = user.map_or(Scope::Stack, |user| Scope::User(UserId(user)));
        prop_assert_eq!(to_counters(&of_counters(&scope, &counters).unwrap()).unwrap(), counters);
    }

    #[test]
    fn a_design_systems_item_reads_back_as_it_was(
        id in id(), name in "\\PC{1,30}", content in "\\PC{0,200}", created_at_ms in any::<u64>(), age in 0u64..9,
    ) {
        let id = DesignSystemId::parse(id.as_str()).unwrap();
        let updated_at_ms = created_at_ms.saturating_add(age);
        let kept = DesignSystem { id, name, content, created_at_ms, updated_at_ms };
        prop_assert_eq!(to_design_system(&of_design_system(&UserId::anonymous(), &kept)).unwrap(), kept);
    }

    #[test]
    fn a_chunks_item_reads_back_as_it_was(
        generation_id in id(), seq in any::<u32>(), text in "\\PC{0,200}", replaces in any::<bool>(),
    ) {
        let change = if replaces { Change::Replace } else { Change::Append };
        let chunk = Chunk { seq, change, text };
        let attempt = AttemptKey { variant: VariantKey { generation_id, variant_index: 0 }, attempt: 1 };
        prop_assert_eq!(to_chunk(&of_chunk(&Key::chunk(&attempt, seq), &chunk, 7)).unwrap(), chunk);
    }

    #[test]
    fn an_item_without_one_of_its_attributes_is_corrupt_or_complete_and_never_a_panic(
        variant in variant(), dropped in 0usize..12,
    ) {
        let mut item = of_variant(&variant).unwrap();
        let name = item.keys().nth(dropped % item.len()).unwrap().clone();
        item.remove(&name);
        let read = to_variant(&item);
        prop_assert!(matches!(read, Ok(_) | Err(StoreError::Corrupt(_))), "{:?}", read);
    }
}

#[test]
fn chunks_sort_by_their_number() {
    let generation_id = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
    let attempt = AttemptKey { variant: VariantKey { generation_id, variant_index: 0 }, attempt: 1 };
    let keys: Vec<String> = [0, 9, 10, 99, 100, u32::MAX].map(|seq| Key::chunk(&attempt, seq).sk).into();
    assert!(keys.is_sorted());
}

/// An item in DynamoDB's JSON.
fn item(line: &str) -> Item {
    let attribute = |value: &Value| match value.as_object().and_then(|typed| typed.iter().next()).unwrap() {
        (kind, Value::String(text)) if kind == "S" => AttributeValue::S(text.clone()),
        (kind, Value::String(digits)) if kind == "N" => AttributeValue::N(digits.clone()),
        (kind, Value::Bool(set)) if kind == "BOOL" => AttributeValue::Bool(*set),
        (kind, Value::Array(texts)) if kind == "SS" => {
            AttributeValue::Ss(texts.iter().map(|text| text.as_str().unwrap().to_owned()).collect())
        }
        other => panic!("{other:?}"),
    };
    let Value::Object(attributes) = from_str(line).unwrap() else { panic!("{line}") };
    attributes.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

/// Items as a table once held them. Records outlive the program that wrote them: a change here needs a way for the old ones.
#[test]
fn items_of_before_are_read_and_written_as_they_were() {
    let mut kinds = std::collections::BTreeSet::new();
    for line in include_str!("../../../golden/items.jsonl").lines() {
        let before = item(line);
        let kind = text(&before, "sk").unwrap().trim_end_matches(|last: char| last.is_ascii_digit()).to_owned();
        let partition = text(&before, "pk").unwrap()[..2].to_owned();
        let written = match (partition.as_str(), kind.as_str()) {
            ("G#", "GENERATION") => {
                let mut written = of_generation(&to_generation(&before).unwrap()).unwrap();
                // Those of before are not named by the index of what is kept.
                if !before.contains_key("open") {
                    written.remove("open");
                    written.remove("lease");
                }
                written
            }
            ("S#", _) => of_counters(&Scope::Stack, &to_counters(&before).unwrap()).unwrap(),
            ("X#", _) => of_deletion(&to_deletion(&before).unwrap()).unwrap(),
            ("G#", _) => of_variant(&to_variant(&before).unwrap()).unwrap(),
            ("D#", _) => of_design_system(&UserId::anonymous(), &to_design_system(&before).unwrap()),
            ("N#", _) => {
                // What it follows, and that it was greeted, is written by updates of their own.
                let connection = to_connection(&before).unwrap();
                let mut written = of_connection(&connection);
                let follows = connection.follows.iter().map(ToString::to_string).collect();
                written.insert("follows".to_owned(), AttributeValue::Ss(follows));
                written.insert("greeted".to_owned(), AttributeValue::Bool(true));
                written
            }
            ("C#", _) => {
                let key =
                    Key { pk: text(&before, "pk").unwrap().to_owned(), sk: text(&before, "sk").unwrap().to_owned() };
                of_chunk(&key, &to_chunk(&before).unwrap(), numeric(&before, "ttl").unwrap())
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(written, before, "{line}");
        kinds.insert(partition + &kind);
    }
    assert_eq!(kinds.len(), 7, "one of every kind: {kinds:?}");
}
