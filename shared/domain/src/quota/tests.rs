use super::*;
use crate::error::{ErrorCode, Failure};
use crate::ids::{GenerationId, VariantKey};
use crate::limits::{QUOTA_OF_STACK, QUOTA_OF_USER};
use crate::usage::Usage;
use crate::variant::{Account, Answer};
use proptest::prelude::*;

const NOON_MS: u64 = 1_795_255_200_000;

fn quota() -> Quota {
    Quota { generations_per_minute: 3, running: 4, tokens_per_day: 1_000, micro_usd_per_day: 2_000_000 }
}

fn set_aside(tokens: u64, micro_usd: u64) -> Reserved {
    Reserved { day: day_of(NOON_MS), tokens, micro_usd }
}

fn user() -> Scope {
    Scope::User(UserId("me".to_owned()))
}

fn accept(counters: Counters, variants: &[Reserved], now_ms: u64) -> Result<Counters, Exceeded> {
    counters.accept(&user(), variants, &quota(), now_ms)
}

#[test]
fn each_limit_is_reached_and_not_passed_and_says_when_it_resets() {
    let one = [set_aside(0, 0)];
    let mut counters = Counters::default();
    for _ in 0..3 {
        counters = accept(counters, &one, NOON_MS).unwrap();
    }
    let refused = accept(counters, &one, NOON_MS).unwrap_err();
    assert_eq!((refused.limit, refused.max, refused.retry_after_s(NOON_MS)), (Limit::GenerationsPerMinute, 3, 60));
    assert!(accept(counters, &one, NOON_MS + MINUTE_MS).is_ok());

    let refused = accept(counters, &[set_aside(0, 0); 2], NOON_MS + MINUTE_MS).unwrap_err();
    assert_eq!((refused.limit, refused.retry_after_s(NOON_MS + MINUTE_MS)), (Limit::Running, 10));
    assert_eq!(accept(Counters::default(), &[set_aside(0, 0); 4], NOON_MS).unwrap().running, 4);

    assert!(accept(Counters::default(), &[set_aside(500, 0); 2], NOON_MS).is_ok());
    let refused = accept(Counters::default(), &[set_aside(501, 0), set_aside(500, 0)], NOON_MS).unwrap_err();
    assert_eq!((refused.limit, refused.resets_at_ms), (Limit::TokensPerDay, (day_of(NOON_MS) + 1) * DAY_MS));

    assert!(accept(Counters::default(), &[set_aside(0, 2_000_000)], NOON_MS).is_ok());
    let refused = accept(Counters::default(), &[set_aside(0, 2_000_001)], NOON_MS).unwrap_err();
    assert_eq!(refused.limit, Limit::UsdPerDay);
    assert!(refused.to_string().contains("$2.00 a day"), "{refused}");
}

#[test]
fn what_ends_frees_its_place_and_leaves_what_it_took() {
    let accepted = accept(Counters::default(), &[set_aside(400, 1_000); 2], NOON_MS).unwrap();
    let ended = accepted.settle(&[(set_aside(400, 1_000), set_aside(150, 300))], NOON_MS + 1);
    assert_eq!((ended.running, ended.tokens, ended.micro_usd), (1, 550, 1_300));
    assert_eq!(ended.version, 2);
    let tomorrow = ended.settle(&[(set_aside(400, 1_000), set_aside(999, 999))], NOON_MS + DAY_MS);
    assert_eq!((tomorrow.running, tomorrow.tokens, tomorrow.micro_usd), (0, 0, 0), "counted on its day");
}

#[test]
fn a_clock_that_is_behind_opens_no_window_again() {
    let full = accept(Counters::default(), &[set_aside(1_000, 0)], NOON_MS).unwrap();
    let refused = accept(full, &[set_aside(1, 0)], NOON_MS - DAY_MS).unwrap_err();
    assert_eq!(refused.limit, Limit::TokensPerDay);
}

fn variant(attempt: u32, status: Status, usage: Option<Usage>, cost_usd: Option<f64>) -> Variant {
    let generation_id = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
    let queued = Variant::queued(VariantKey { generation_id, variant_index: 0 }, "m", 0, 0);
    let account = Account { answer: Answer { usage, cost_usd, ..Answer::default() }, ..Account::default() };
    Variant { attempt, status, account, ..queued }
}

#[test]
fn what_was_taken_is_what_was_counted_and_otherwise_what_was_set_aside_unless_no_model_answered() {
    let aside = set_aside(1_000, 500);
    let usage = Some(Usage { input_tokens: 100, output_tokens: 50, cached_tokens: None });
    let failed = |code| Status::Failed(Failure::new(code, ""));
    let broken = || failed(ErrorCode::StreamInterrupted);
    for (variant, tokens, micro) in [
        (variant(1, broken(), usage, Some(0.000_001_5)), 150, 2),
        (variant(1, broken(), usage, None), 150, 500),
        (variant(2, broken(), usage, Some(0.000_001)), 1_000, 500),
        (variant(1, Status::Cancelled, None, None), 1_000, 500),
        (variant(0, Status::Cancelled, None, None), 0, 0),
        (variant(1, failed(ErrorCode::ProviderAuthentication), None, None), 0, 0),
        (variant(3, failed(ErrorCode::ProviderRateLimit), None, None), 0, 0),
        (variant(1, broken(), None, None), 1_000, 500),
    ] {
        assert_eq!(aside.taken_by(&variant), set_aside(tokens, micro), "{variant:?}");
    }
}

#[test]
fn a_setting_changes_what_it_names_and_reads_back() {
    let read = |text: &str| Quota::read(text, quota());
    assert_eq!(read("").unwrap(), quota());
    let changed = read(" minute:10, usd:0.5,tokens:none").unwrap();
    let expected =
        Quota { generations_per_minute: 10, tokens_per_day: u64::MAX, micro_usd_per_day: 500_000, ..quota() };
    assert_eq!(changed, expected);
    for quota in [changed, quota(), Quota::NONE, QUOTA_OF_USER, QUOTA_OF_STACK] {
        assert_eq!(Quota::read(&quota.to_string(), Quota::NONE).unwrap(), quota);
    }
    for wrong in ["minute", "minute:-1", "usd:-1", "usd:NaN", "usd:inf", "hour:3", "running:many"] {
        assert_eq!(read(wrong), Err(NotAQuota(wrong.to_owned())));
    }
}

proptest! {
    /// Whatever is accepted, settled and settled late: no limit is passed by what is accepted, nothing goes below zero, and
    /// when everything has ended nothing runs.
    #[test]
    fn no_order_of_starts_and_ends_passes_a_limit(
        steps in proptest::collection::vec((0u64..90_000_000, 1usize..4, 0u64..600, any::<bool>()), 1..60),
    ) {
        let (mut counters, mut now_ms, mut open) = (Counters::default(), NOON_MS, Vec::new());
        for (pause_ms, count, tokens, ends) in steps {
            now_ms += pause_ms;
            if ends && !open.is_empty() {
                let variants: Vec<Reserved> = open.remove(0);
                let settled: Vec<_> = variants.iter().map(|aside| (*aside, Reserved { tokens: aside.tokens / 2, ..*aside })).collect();
                counters = counters.settle(&settled, now_ms);
            } else {
                let variants = vec![Reserved { day: day_of(now_ms), tokens, micro_usd: tokens }; count];
                if let Ok(after) = counters.accept(&user(), &variants, &quota(), now_ms) {
                    prop_assert!(after.generations <= 3 && after.running <= 4 && after.tokens <= 1_000);
                    counters = after;
                    open.push(variants);
                }
            }
            let running: usize = open.iter().map(Vec::len).sum();
            prop_assert_eq!(counters.running, running as u64);
        }
    }
}
