use super::{NOW_MS, new_generation};
use crate::{Claim, Created, Deletions, Generations, Hold, NewGeneration, Quotas, RequestKey, Settled, Variants};
use domain::ids::{Holder, UserId};
use domain::quota::{self, Counted, Quota, Reserved};
use domain::variant::Ending;
use futures_util::future::join_all;

const ASIDE: Reserved = Reserved { day: quota::day_of(NOW_MS), tokens: 100, micro_usd: 10 };
const SPENT: Reserved = Reserved { tokens: 40, ..ASIDE };

pub(super) async fn check<T: Generations + Variants + Deletions>(table: &T, quotas: &dyn Quotas) {
    a_generation_and_what_it_counts_are_one_step(table, quotas).await;
    of_many_starts_at_once_none_passes_a_limit(table, quotas).await;
    a_resend_is_found_whatever_is_left(table, quotas).await;
    a_variant_is_settled_once_and_only_at_its_end(table, quotas).await;
    of_many_settlements_at_once_each_variants_counts_once(table, quotas).await;
    what_is_taken_away_runs_no_more(table, quotas).await;
}

fn limit(running: u64) -> quota::Allowance {
    quota::Allowance { user: Quota { running, ..Quota::NONE }, stack: Quota::NONE }
}

/// A generation that is counted, as the counters stand.
async fn counted(quotas: &dyn Quotas, user: &UserId, variants: u8) -> NewGeneration {
    let before = quotas.counters(user).await.unwrap();
    let mut new = new_generation(user, NOW_MS, variants);
    for variant in &mut new.variants {
        variant.reserved = Some(ASIDE);
    }
    let aside = vec![ASIDE; usize::from(variants)];
    new.counted = Some(before.accept(user, &aside, &limit(u64::MAX), NOW_MS).unwrap());
    new
}

async fn ended<T: Variants>(table: &T, new: &NewGeneration, index: usize) {
    let holder = Holder("a".to_owned());
    let claim = table.claim(&new.variants[index].key, &holder, NOW_MS + 5_000, 500).await.unwrap();
    let Claim::Taken(variant) = claim else { panic!("{claim:?}") };
    assert_eq!(variant.reserved, Some(ASIDE), "a claim leaves it");
    table.end(&Hold { key: variant.attempt_key(), holder }, &Ending::Cancelled, NOW_MS + 9_000).await.unwrap();
}

async fn settled(quotas: &dyn Quotas, new: &NewGeneration, index: usize) -> Settled {
    let user = &new.generation.user;
    loop {
        let after = quotas.counters(user).await.unwrap().settle(&[(ASIDE, SPENT)], NOW_MS);
        match quotas.settle(&new.variants[index].key, user, &after).await {
            Ok(Settled::Changed) | Err(_) => {}
            Ok(settled) => return settled,
        }
    }
}

async fn a_generation_and_what_it_counts_are_one_step<T: Generations>(table: &T, quotas: &dyn Quotas) {
    let user = UserId("counted".to_owned());
    let stack = quotas.counters(&user).await.unwrap().stack;
    assert_eq!(quotas.counters(&user).await.unwrap().user, quota::Counters::default(), "nothing was counted yet");
    let (first, late) = (counted(quotas, &user, 2).await, counted(quotas, &user, 2).await);
    assert_eq!(table.create(&first).await.unwrap(), Created::New);
    let now = quotas.counters(&user).await.unwrap();
    assert_eq!(now, first.counted.unwrap());
    assert_eq!((now.user.running, now.user.tokens, now.user.generations, now.user.version), (2, 200, 1, 1));
    assert_eq!(now.stack.version, stack.version + 1);
    let recorded = table.generation(&first.generation.id).await.unwrap().unwrap();
    assert_eq!(recorded.readable()[1].reserved, Some(ASIDE));

    assert_eq!(table.create(&late).await.unwrap(), Created::Busy, "somebody else was counted since");
    assert_eq!(table.generation(&late.generation.id).await.unwrap(), None, "nothing of it was recorded");
    let other = UserId("counted, but another".to_owned());
    let stale = Counted { user: quota::Counters { version: 1, ..quota::Counters::default() }, stack: now.stack };
    let new = NewGeneration { counted: Some(stale), ..new_generation(&other, NOW_MS, 1) };
    assert_eq!(table.create(&new).await.unwrap(), Created::Busy, "the stack's counters are as old");
    assert_eq!(quotas.counters(&other).await.unwrap().user, quota::Counters::default());
}

async fn of_many_starts_at_once_none_passes_a_limit<T: Generations>(table: &T, quotas: &dyn Quotas) {
    let user = UserId("hasty".to_owned());
    let starts = (0..12).map(|_| async {
        for _ in 0..40 {
            let before = quotas.counters(&user).await.unwrap();
            let Ok(after) = before.accept(&user, &[ASIDE], &limit(5), NOW_MS) else { return false };
            let new = NewGeneration { counted: Some(after), ..new_generation(&user, NOW_MS, 1) };
            if table.create(&new).await == Ok(Created::New) {
                return true;
            }
        }
        panic!("nobody gets anywhere")
    });
    let accepted = join_all(starts).await.into_iter().filter(|accepted| *accepted).count();
    let counted = quotas.counters(&user).await.unwrap().user;
    assert_eq!((accepted, counted.running), (5, 5));
}

async fn a_resend_is_found_whatever_is_left<T: Generations>(table: &T, quotas: &dyn Quotas) {
    let user = UserId("resending".to_owned());
    let key = |fingerprint: &str| RequestKey {
        request_id: "once".to_owned(),
        fingerprint: fingerprint.to_owned(),
        expires_at_s: 4_000_000_000,
    };
    assert_eq!(table.accepted_as(&user, &key("a")).await.unwrap(), None);
    let first = NewGeneration { request_key: Some(key("a")), ..counted(quotas, &user, 1).await };
    assert_eq!(table.create(&first).await.unwrap(), Created::New);
    let same = Created::Same(first.generation.id.clone());
    assert_eq!(table.accepted_as(&user, &key("a")).await.unwrap(), Some(same.clone()));
    assert_eq!(table.accepted_as(&user, &key("b")).await.unwrap(), Some(Created::Conflict));
    assert_eq!(table.accepted_as(&UserId("another".to_owned()), &key("a")).await.unwrap(), None);
    let resent = NewGeneration { request_key: Some(key("a")), ..counted(quotas, &user, 1).await };
    assert_eq!(table.create(&resent).await.unwrap(), same);
    assert_eq!(quotas.counters(&user).await.unwrap(), first.counted.unwrap(), "a resend counts nothing");
}

async fn a_variant_is_settled_once_and_only_at_its_end<T: Generations + Variants>(table: &T, quotas: &dyn Quotas) {
    let user = UserId("settling".to_owned());
    let new = counted(quotas, &user, 1).await;
    table.create(&new).await.unwrap();
    assert_eq!(settled(quotas, &new, 0).await, Settled::Nothing, "it runs");
    ended(table, &new, 0).await;
    let stale = quotas.counters(&user).await.unwrap();
    assert_eq!(quotas.settle(&new.variants[0].key, &user, &stale).await.unwrap(), Settled::Changed);
    assert_eq!(settled(quotas, &new, 0).await, Settled::Done);
    let now = quotas.counters(&user).await.unwrap();
    assert_eq!((now.user.running, now.user.tokens), (0, 40));
    assert_eq!(settled(quotas, &new, 0).await, Settled::Nothing, "twice is once");
    assert_eq!(quotas.counters(&user).await.unwrap(), now);
    assert_eq!(table.variant(&new.variants[0].key).await.unwrap().unwrap().reserved, None);
}

async fn of_many_settlements_at_once_each_variants_counts_once<T: Generations + Variants>(
    table: &T,
    quotas: &dyn Quotas,
) {
    let user = UserId("settling at once".to_owned());
    let new = counted(quotas, &user, 4).await;
    table.create(&new).await.unwrap();
    for index in 0..4 {
        ended(table, &new, index).await;
    }
    let settlements = join_all((0..8).map(|number| settled(quotas, &new, number % 4))).await;
    assert_eq!(settlements.iter().filter(|settled| **settled == Settled::Done).count(), 4);
    let now = quotas.counters(&user).await.unwrap().user;
    assert_eq!((now.running, now.tokens), (0, 160));
}

async fn what_is_taken_away_runs_no_more<T: Generations + Variants + Deletions>(table: &T, quotas: &dyn Quotas) {
    let user = UserId("deleting".to_owned());
    let new = counted(quotas, &user, 3).await;
    table.create(&new).await.unwrap();
    ended(table, &new, 0).await;
    assert_eq!(settled(quotas, &new, 0).await, Settled::Done);
    table.take_away(&new.generation.id, Some(&user), NOW_MS).await.unwrap().unwrap();
    let now = quotas.counters(&user).await.unwrap().user;
    assert_eq!((now.running, now.tokens), (0, 240), "what it may have taken stays counted");
    assert_eq!(settled(quotas, &new, 1).await, Settled::Nothing);
}

#[cfg(test)]
mod broken;
