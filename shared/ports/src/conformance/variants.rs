use super::{NOW_MS, new_generation};
use crate::{Appended, Beat, Claim, Created, Ended, Generations, Hold, Variants};
use domain::checks;
use domain::chunk::{Change, Chunk};
use domain::error::{ErrorCode, Failure};
use domain::ids::{ConnectionId, GenerationId, Holder, UserId, VariantKey};
use domain::limits::CLAIMS_MAX;
use domain::share::ShareId;
use domain::usage::Usage;
use domain::variant::{Account, Answer, ClaimRule, Completion, Ending, Gone, Guest, Status, Substitute, Variant};
use futures_util::future::join_all;

pub(super) async fn check<T: Generations + Variants>(table: &T) {
    a_claim_takes_a_free_variant_once(table).await;
    of_many_claims_one_gets_the_attempt(table).await;
    one_claim_too_many_is_refused(table).await;
    chunks_are_recorded_in_order_and_once(table).await;
    a_subscriber_is_known_before_the_next_chunk(table).await;
    a_worker_that_lost_its_attempt_writes_nothing(table).await;
    a_note_of_the_work_is_its_holders_and_outlives_the_attempt(table).await;
    an_ended_variant_never_changes(table).await;
    a_released_variant_can_be_taken_at_once(table).await;
    a_claim_that_is_given_back_uncounted_does_not_count(table).await;
    an_abandoned_variant_ends_only_as_it_was_seen(table).await;
    what_is_due_is_found_until_it_was_told(table).await;
    what_does_not_exist_is_missing(table).await;
}

async fn recorded<T: Generations>(table: &T) -> VariantKey {
    let new = new_generation(&UserId("worker".to_owned()), NOW_MS + 1_000, 1);
    assert_eq!(table.create(&new).await.unwrap(), Created::New);
    new.variants[0].key.clone()
}

fn holder(name: &str) -> Holder {
    Holder(name.to_owned())
}

async fn taken<T: Variants>(table: &T, key: &VariantKey, name: &str, now_ms: u64) -> (Hold, Variant) {
    let claim = table.claim(key, &holder(name), now_ms, 500).await.unwrap();
    let Claim::Taken(variant) = claim else { panic!("{name} should get {key}: {claim:?}") };
    (Hold { key: variant.attempt_key(), holder: holder(name) }, variant)
}

fn chunk(seq: u32) -> Chunk {
    Chunk { seq, change: if seq == 0 { Change::Replace } else { Change::Append }, text: format!("text {seq} é\"") }
}

fn completion() -> Completion {
    Completion {
        page_bytes: 20,
        page_sha256: "00ff".to_owned(),
        duration_ms: 7,
        cut_off: true,
        checks: checks::check(""),
        answer: Answer { finish_reason: Some("stop".to_owned()), cost_usd: Some(0.25), ..Answer::default() },
    }
}

async fn a_claim_takes_a_free_variant_once<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    let (_, variant) = taken(table, &key, "a", NOW_MS + 2_000).await;
    assert_eq!((variant.attempt, variant.lease_until_ms, &variant.status), (1, NOW_MS + 2_500, &Status::Running));
    let (_, again) = taken(table, &key, "a", NOW_MS + 2_100).await;
    assert_eq!(again, variant, "the same holder gets the same attempt");
    let refused = table.claim(&key, &holder("b"), NOW_MS + 2_500, 500).await.unwrap();
    assert_eq!(refused, Claim::Refused(ClaimRule::Held, variant));
    let (_, second) = taken(table, &key, "b", NOW_MS + 2_501).await;
    assert_eq!((second.attempt, second.next_seq), (2, 0));
}

async fn of_many_claims_one_gets_the_attempt<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    let holders: Vec<Holder> = (0..8).map(|number| holder(&format!("racer {number}"))).collect();
    let claims = join_all(holders.iter().map(|holder| table.claim(&key, holder, NOW_MS + 2_000, 500))).await;
    let winners = claims.iter().filter(|claim| matches!(claim, Ok(Claim::Taken(_)))).count();
    assert_eq!(winners, 1, "{claims:?}");
}

async fn one_claim_too_many_is_refused<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    for attempt in 1..=CLAIMS_MAX {
        let (_, variant) = taken(table, &key, &format!("{attempt}"), NOW_MS + u64::from(attempt) * 10_000).await;
        assert_eq!(variant.attempt, attempt);
    }
    let late = table.claim(&key, &holder("late"), NOW_MS + 90_000, 500).await.unwrap();
    assert!(matches!(late, Claim::Refused(ClaimRule::Exhausted, _)), "{late:?}");
}

async fn chunks_are_recorded_in_order_and_once<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    let (hold, variant) = taken(table, &key, "a", NOW_MS + 2_000).await;
    for seq in 0..5 {
        let lease = (seq == 3).then_some(NOW_MS + 9_000);
        assert_eq!(table.append(&hold, &chunk(seq), variant.signals, lease).await.unwrap(), Appended::Recorded);
        let again = table.append(&hold, &chunk(seq), variant.signals, None).await.unwrap();
        assert_eq!(again, Appended::Recorded, "our own write whose answer was lost");
    }
    let now = table.variant(&key).await.unwrap().unwrap();
    assert_eq!((now.next_seq, now.lease_until_ms), (5, NOW_MS + 9_000));
    let read = |after, limit| table.chunks(&hold.key, after, limit);
    assert_eq!(read(None, 100).await.unwrap(), (0..5).map(chunk).collect::<Vec<_>>());
    assert_eq!(read(Some(1), 2).await.unwrap(), [chunk(2), chunk(3)]);
    assert_eq!(read(Some(4), 100).await.unwrap(), []);
    assert_eq!(read(Some(u32::MAX), 100).await.unwrap(), []);
}

async fn a_subscriber_is_known_before_the_next_chunk<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    let (hold, variant) = taken(table, &key, "a", NOW_MS + 2_000).await;
    table.append(&hold, &chunk(0), variant.signals, None).await.unwrap();
    let tab = ConnectionId("tab=".to_owned());
    let seen = table.subscribe(&key, &tab, None).await.unwrap().unwrap();
    assert_eq!((seen.next_seq, &seen.listeners[..]), (1, &[tab.clone()][..]));
    assert_eq!(
        table.subscribe(&key, &tab, None).await.unwrap().unwrap().listeners,
        std::slice::from_ref(&tab),
        "once is enough"
    );

    let Appended::Changed(changed) = table.append(&hold, &chunk(1), variant.signals, None).await.unwrap() else {
        panic!("the writer has to look first")
    };
    assert_eq!((changed.next_seq, &changed.listeners[..]), (1, &[tab.clone()][..]));
    assert_eq!(table.append(&hold, &chunk(1), changed.signals, None).await.unwrap(), Appended::Recorded);

    let asked = table.request_cancel(&key).await.unwrap().unwrap();
    assert!(asked.cancel_requested);
    let Appended::Changed(changed) = table.append(&hold, &chunk(2), changed.signals, None).await.unwrap() else {
        panic!("the writer has to see the cancel")
    };
    assert!(changed.cancel_requested);
    let link = ShareId::parse(&"0a".repeat(32)).unwrap();
    let guests = [Guest { connection: tab.clone(), link: link.clone() }];
    assert_eq!(table.subscribe(&key, &tab, Some(&link)).await.unwrap().unwrap().guests, guests);
    assert_eq!(
        table.subscribe(&key, &tab, None).await.unwrap().unwrap().guests,
        [],
        "who may by themselves is no guest"
    );
    table.subscribe(&key, &tab, Some(&link)).await.unwrap();
    let Beat::Held(now) = table.heartbeat(&hold, NOW_MS + 8_000).await.unwrap() else { panic!("the lease is held") };
    assert_eq!((&now.listeners[..], &now.guests[..]), (&[tab.clone()][..], &guests[..]));
    table.unsubscribe(&key, &tab).await.unwrap();
    table.unsubscribe(&key, &tab).await.unwrap();
    assert_eq!(table.variant(&key).await.unwrap().unwrap().guests, []);
    let Beat::Held(now) = table.heartbeat(&hold, NOW_MS + 8_000).await.unwrap() else { panic!("the lease is held") };
    assert_eq!((now.lease_until_ms, now.cancel_requested, &now.listeners[..]), (NOW_MS + 8_000, true, &[][..]));
}

async fn a_worker_that_lost_its_attempt_writes_nothing<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    let (zombie, variant) = taken(table, &key, "zombie", NOW_MS + 2_000).await;
    table.append(&zombie, &chunk(0), variant.signals, None).await.unwrap();
    let (successor, _) = taken(table, &key, "successor", NOW_MS + 3_000).await;
    assert_eq!(table.append(&zombie, &chunk(1), variant.signals, None).await.unwrap(), Appended::Lost);
    assert_eq!(table.heartbeat(&zombie, NOW_MS + 9_000).await.unwrap(), Beat::Lost);
    assert_eq!(table.end(&zombie, &Ending::Cancelled, NOW_MS + 9_000).await.unwrap(), Ended::Lost);
    table.release(&zombie, NOW_MS + 9_000, true).await.unwrap();
    let now = table.variant(&key).await.unwrap().unwrap();
    assert_eq!((now.attempt, &now.status, now.next_seq), (2, &Status::Running, 0));
    assert_eq!(table.append(&successor, &chunk(0), variant.signals, None).await.unwrap(), Appended::Recorded);
    assert_eq!(table.chunks(&zombie.key, None, 10).await.unwrap(), [chunk(0)], "earlier attempts stay readable");
}

async fn a_note_of_the_work_is_its_holders_and_outlives_the_attempt<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    let (hold, _) = taken(table, &key, "a", NOW_MS + 2_000).await;
    let account = Account {
        substitute: Some(Substitute { model: "m2".to_owned(), reason: Gone::NotFound }),
        duration_ms: Some(7),
        answer: Answer {
            usage: Some(Usage { input_tokens: 1, output_tokens: 2, cached_tokens: Some(1) }),
            ..Answer::default()
        },
    };
    let Beat::Held(noted) = table.note(&hold, &account).await.unwrap() else { panic!("the lease is held") };
    assert_eq!((&noted.account, noted.lease_until_ms, noted.next_seq), (&account, NOW_MS + 2_500, 0));
    let (_, second) = taken(table, &key, "b", NOW_MS + 3_000).await;
    assert_eq!(second.account, account, "the next attempt asks the same model");
    assert_eq!(table.note(&hold, &Account::default()).await.unwrap(), Beat::Lost);
    assert_eq!(table.variant(&key).await.unwrap().unwrap().account, account);
}

async fn an_ended_variant_never_changes<T: Generations + Variants>(table: &T) {
    for ending in [
        Ending::Completed(completion()),
        Ending::Failed(Failure::new(ErrorCode::NoPage, "The model sent no page.")),
        Ending::Cancelled,
    ] {
        let key = recorded(table).await;
        let (hold, variant) = taken(table, &key, "a", NOW_MS + 2_000).await;
        let Ended::Recorded(ended) = table.end(&hold, &ending, NOW_MS + 9_000).await.unwrap() else { panic!("held") };
        assert_eq!((&ended.status, ended.lease_until_ms), (&Status::from(ending.clone()), NOW_MS + 9_000));
        let again = table.end(&hold, &Ending::Cancelled, NOW_MS + 9_999).await.unwrap();
        assert_eq!(again, Ended::Recorded(ended.clone()), "the first ending stands and its holder is told so");
        assert_eq!(table.append(&hold, &chunk(0), variant.signals, None).await.unwrap(), Appended::Lost);
        assert_eq!(table.heartbeat(&hold, NOW_MS + 9_999).await.unwrap(), Beat::Lost);
        assert_eq!(table.note(&hold, &Account::default()).await.unwrap(), Beat::Lost);
        table.release(&hold, NOW_MS + 9_999, true).await.unwrap();
        let refused = table.claim(&key, &holder("b"), NOW_MS + 99_000, 500).await.unwrap();
        assert_eq!(refused, Claim::Refused(ClaimRule::Ended, ended.clone()));
        assert_eq!(table.request_cancel(&key).await.unwrap().unwrap().status, ended.status);
        assert_eq!(table.end_abandoned(&ended, &Ending::Cancelled, 1).await.unwrap(), None);
        assert_eq!(table.variant(&key).await.unwrap().unwrap().status, ended.status);
    }
}

async fn a_released_variant_can_be_taken_at_once<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    let (hold, _) = taken(table, &key, "a", NOW_MS + 2_000).await;
    table.release(&hold, NOW_MS + 2_001, true).await.unwrap();
    assert_eq!(table.heartbeat(&hold, NOW_MS + 9_000).await.unwrap(), Beat::Lost);
    let (_, variant) = taken(table, &key, "b", NOW_MS + 2_002).await;
    assert_eq!(variant.attempt, 2);
}

async fn a_claim_that_is_given_back_uncounted_does_not_count<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    for stop in 1..=CLAIMS_MAX * 2 {
        let (hold, variant) = taken(table, &key, &format!("{stop}"), NOW_MS + 2_000).await;
        assert_eq!((variant.attempt, variant.claims), (stop, 1), "the fence goes up, the count does not");
        table.release(&hold, NOW_MS + 2_000, false).await.unwrap();
    }
}

async fn an_abandoned_variant_ends_only_as_it_was_seen<T: Generations + Variants>(table: &T) {
    for ending in [Ending::Failed(Failure::new(ErrorCode::AttemptsExhausted, "Gone.")), Ending::Cancelled] {
        let key = recorded(table).await;
        let (hold, seen) = taken(table, &key, "a", NOW_MS + 2_000).await;
        table.heartbeat(&hold, NOW_MS + 5_000).await.unwrap();
        assert_eq!(table.end_abandoned(&seen, &ending, NOW_MS + 9_000).await.unwrap(), None, "its worker lives");
        let now = table.variant(&key).await.unwrap().unwrap();
        let ended = table.end_abandoned(&now, &ending, NOW_MS + 9_000).await.unwrap().unwrap();
        assert_eq!(ended.status, Status::from(ending));
    }
}

async fn what_is_due_is_found_until_it_was_told<T: Generations + Variants>(table: &T) {
    let key = recorded(table).await;
    let due = async |now_ms| table.due(now_ms, 1_000).await.unwrap().contains(&key);
    assert!(!due(NOW_MS + 2_000).await && due(NOW_MS + 2_001).await, "queued: due after its grace");
    let (hold, _) = taken(table, &key, "a", NOW_MS + 3_000).await;
    assert!(!due(NOW_MS + 3_500).await && due(NOW_MS + 3_501).await, "running: due after its lease");
    table.end(&hold, &Ending::Cancelled, NOW_MS + 4_000).await.unwrap();
    assert!(!due(NOW_MS + 4_000).await && due(NOW_MS + 4_001).await, "ended: due until it was told");
    table.told(&key).await.unwrap();
    table.told(&key).await.unwrap();
    assert!(!due(u64::MAX / 2).await, "told: never again");
    assert!(table.variant(&key).await.unwrap().unwrap().told);
}

async fn what_does_not_exist_is_missing<T: Generations + Variants>(table: &T) {
    let generation_id = GenerationId::parse("ffffffff-ffff-4fff-8fff-fffffffffffd").unwrap();
    let key = VariantKey { generation_id, variant_index: 0 };
    let tab = ConnectionId("tab=".to_owned());
    assert_eq!(table.claim(&key, &holder("a"), 1, 1).await.unwrap(), Claim::Missing);
    assert_eq!(table.subscribe(&key, &tab, None).await.unwrap(), None);
    assert_eq!(table.request_cancel(&key).await.unwrap(), None);
    table.unsubscribe(&key, &tab).await.unwrap();
    table.told(&key).await.unwrap();
    assert_eq!(table.variant(&key).await.unwrap(), None, "none of these makes a record");
}
