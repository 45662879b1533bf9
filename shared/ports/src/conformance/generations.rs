use super::{NOW_MS, new_generation};
use crate::{Created, Generations, RequestKey, Shared};
use domain::generation::{Conclusion, Generation, Lineage, Overall};
use domain::ids::{GenerationId, UserId};
use domain::share::{Share, ShareId};
use domain::usage::Totals;

pub(super) async fn check<T: Generations>(table: &T) {
    a_created_generation_reads_back_whole(table).await;
    an_idempotency_key_attaches_only_the_same_request_of_the_same_user(table).await;
    the_first_conclusion_stands(table).await;
    the_last_pick_stands(table).await;
    a_link_is_there_until_it_is_taken_away(table).await;
    history_is_mine_newest_first_and_paged(table).await;
}

fn user(name: &str) -> UserId {
    UserId(name.to_owned())
}

async fn a_created_generation_reads_back_whole<T: Generations>(table: &T) {
    let new = new_generation(&user("reader"), NOW_MS + 1_000, 8);
    assert_eq!(table.create(&new).await.unwrap(), Created::New);
    let recorded = table.generation(&new.generation.id).await.unwrap().unwrap();
    assert_eq!(recorded.generation, new.generation);
    assert_eq!(recorded.readable(), new.variants, "variants come in order");
    let absent = GenerationId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff").unwrap();
    assert_eq!(table.generation(&absent).await.unwrap(), None);
}

async fn an_idempotency_key_attaches_only_the_same_request_of_the_same_user<T: Generations>(table: &T) {
    let key = |fingerprint: &str| {
        Some(RequestKey {
            request_id: "request-1".to_owned(),
            fingerprint: fingerprint.to_owned(),
            expires_at_s: 4_000_000_000,
        })
    };
    let mut first = new_generation(&user("keys"), NOW_MS + 1_000, 2);
    first.request_key = key("a");
    assert_eq!(table.create(&first).await.unwrap(), Created::New);
    assert_eq!(table.create(&first).await.unwrap(), Created::Same(first.generation.id.clone()), "our own write again");

    let mut resent = new_generation(&user("keys"), NOW_MS + 2_000, 2);
    resent.request_key = key("a");
    assert_eq!(table.create(&resent).await.unwrap(), Created::Same(first.generation.id.clone()));
    let mut other = new_generation(&user("keys"), NOW_MS + 3_000, 2);
    other.request_key = key("b");
    assert_eq!(table.create(&other).await.unwrap(), Created::Conflict);
    for refused in [&resent, &other] {
        assert_eq!(table.generation(&refused.generation.id).await.unwrap(), None, "nothing of it was recorded");
    }

    let mut another_users = new_generation(&user("keys, but another"), NOW_MS + 4_000, 2);
    another_users.request_key = key("b");
    assert_eq!(table.create(&another_users).await.unwrap(), Created::New);
}

async fn the_first_conclusion_stands<T: Generations>(table: &T) {
    let new = new_generation(&user("conclusion"), NOW_MS + 1_000, 2);
    table.create(&new).await.unwrap();
    let id = &new.generation.id;
    let conclusion = |told_by| Conclusion {
        status: Overall::Partial,
        ended_at_ms: NOW_MS + 5_000,
        told_by,
        totals: Totals::default(),
        outcomes: Vec::new(),
    };
    assert_eq!(table.conclude(id, conclusion(1)).await.unwrap(), Some(conclusion(1)));
    assert_eq!(table.conclude(id, conclusion(0)).await.unwrap(), Some(conclusion(1)));
    let recorded = table.generation(id).await.unwrap().unwrap();
    assert_eq!(recorded.generation.conclusion, Some(conclusion(1)));
    let absent = GenerationId::parse("ffffffff-ffff-4fff-8fff-fffffffffffe").unwrap();
    assert_eq!(table.conclude(&absent, conclusion(0)).await.unwrap(), None);
    assert_eq!(table.generation(&absent).await.unwrap(), None, "a conclusion makes no generation");
}

async fn the_last_pick_stands<T: Generations>(table: &T) {
    let mut new = new_generation(&user("picker"), NOW_MS + 1_000, 2);
    let id = new.generation.id.clone();
    new.generation.lineage = Some(Lineage { root: id.clone(), parent: id.clone(), variant_index: Some(1) });
    table.create(&new).await.unwrap();
    for winner in [Some(1), Some(0), None, Some(1)] {
        assert!(table.pick(&id, winner).await.unwrap());
        let recorded = table.generation(&id).await.unwrap().unwrap();
        assert_eq!(recorded.generation, Generation { winner, ..new.generation.clone() }, "the winner and nothing else");
    }
    let listed = table.history(&new.generation.user, None, 1).await.unwrap();
    assert_eq!(listed.items[0].winner, Some(1), "lists say it, too");
    let absent = GenerationId::parse("ffffffff-ffff-4fff-8fff-fffffffffffd").unwrap();
    assert!(!table.pick(&absent, Some(0)).await.unwrap());
    assert_eq!(table.generation(&absent).await.unwrap(), None, "a pick makes no generation");
}

async fn a_link_is_there_until_it_is_taken_away<T: Generations>(table: &T) {
    let new = new_generation(&user("shares"), NOW_MS + 1_000, 1);
    table.create(&new).await.unwrap();
    let generation = new.generation.id;
    let share = |number: u32, expires_at_s| Share {
        generation: generation.clone(),
        id: ShareId::parse(&format!("{number:064x}")).unwrap(),
        created_at_ms: NOW_MS + 1_000,
        expires_at_s,
    };
    let shares = async || table.generation(&generation).await.unwrap().unwrap().generation.shares;
    let (first, short, third) = (share(1, None), share(2, Some(50)), share(3, Some(500)));
    for one in [&first, &first, &short] {
        assert_eq!(table.share(one, 2, 10).await.unwrap(), Shared::Added);
    }
    assert_eq!(shares().await, [first.clone(), short.clone()]);
    assert_eq!(table.share(&third, 2, 49).await.unwrap(), Shared::TooMany);
    assert_eq!(table.share(&third, 2, 50).await.unwrap(), Shared::Added, "one that is over is not counted");
    let kept = shares().await;
    assert!(kept.contains(&first) && kept.contains(&third), "{kept:?}");
    table.unshare(&third).await.unwrap();
    table.unshare(&third).await.unwrap();
    table.unshare(&short).await.unwrap();
    assert_eq!(shares().await, std::slice::from_ref(&first), "the other stays");
    let recorded = table.generation(&generation).await.unwrap().unwrap();
    assert_eq!(recorded.readable(), new.variants, "and nothing else has changed");
    table.unshare(&first).await.unwrap();
    assert_eq!(shares().await, []);

    let absent = GenerationId::parse("ffffffff-ffff-4fff-8fff-fffffffffffd").unwrap();
    let nowhere = Share { generation: absent.clone(), ..first };
    assert_eq!(table.share(&nowhere, 2, 10).await.unwrap(), Shared::Missing);
    table.unshare(&nowhere).await.unwrap();
    assert_eq!(table.generation(&absent).await.unwrap(), None, "a link makes no generation");
}

async fn history_is_mine_newest_first_and_paged<T: Generations>(table: &T) {
    let me = user("historian");
    let mut ids = Vec::new();
    for minute in 0..5 {
        let new = new_generation(&me, NOW_MS + 60_000 * minute, 1);
        ids.push(new.generation.id.clone());
        table.create(&new).await.unwrap();
    }
    table.create(&new_generation(&user("somebody else"), 1, 1)).await.unwrap();
    ids.reverse();
    let first = table.history(&me, None, 2).await.unwrap();
    let second = table.history(&me, first.next.as_deref(), 2).await.unwrap();
    let third = table.history(&me, second.next.as_deref(), 2).await.unwrap();
    let pages = [&first, &second, &third].map(|page| page.items.iter().map(|one| one.id.clone()).collect::<Vec<_>>());
    assert_eq!(pages.concat(), ids);
    assert_eq!((pages[0].len(), pages[1].len(), third.next), (2, 2, None));
    let nonsense = table.history(&me, Some("no such place"), 2).await.unwrap();
    assert_eq!(nonsense.items, first.items, "an unknown place gives the first page");
}
