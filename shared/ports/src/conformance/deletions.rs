use super::{NOW_MS, new_generation};
use crate::{Appended, Beat, Claim, Created, Deletions, Ended, Generations, Hold, NewGeneration, Variants};
use domain::chunk::{Change, Chunk};
use domain::deletion::Deletion;
use domain::generation::{Conclusion, Overall};
use domain::ids::{AttemptKey, ConnectionId, Holder, UserId};
use domain::limits::CHUNKS_PAGE;
use domain::usage::Totals;
use domain::variant::{Account, Ending};

pub(super) async fn check<T: Generations + Variants>(table: &T, deletions: &dyn Deletions) {
    what_is_taken_away_is_nobodys_any_more(table, deletions).await;
    only_its_owner_takes_a_generation_away(table, deletions).await;
    a_worker_of_what_is_gone_writes_nothing(table, deletions).await;
    chunks_of_every_attempt_are_removed_and_nobody_elses(table, deletions).await;
    an_upload_is_free_when_its_last_user_is_gone(table, deletions).await;
    a_note_is_due_until_it_is_forgotten(table, deletions).await;
    what_was_accepted_before_a_time_is_found(table, deletions).await;
}

fn owner() -> UserId {
    UserId("owner".to_owned())
}

async fn recorded<T: Generations>(table: &T, new: &NewGeneration) {
    assert_eq!(table.create(new).await.unwrap(), Created::New);
}

async fn held<T: Variants>(table: &T, new: &NewGeneration, name: &str, now_ms: u64) -> Hold {
    let holder = Holder(name.to_owned());
    let claim = table.claim(&new.variants[0].key, &holder, now_ms, 500).await.unwrap();
    let Claim::Taken(variant) = claim else { panic!("{name} should get it: {claim:?}") };
    Hold { key: variant.attempt_key(), holder }
}

fn chunk(seq: u32) -> Chunk {
    Chunk { seq, change: Change::Append, text: format!("text {seq}") }
}

async fn taken_away(deletions: &dyn Deletions, new: &NewGeneration) -> Deletion {
    deletions.take_away(&new.generation.id, Some(&owner()), NOW_MS).await.unwrap().unwrap()
}

async fn what_is_taken_away_is_nobodys_any_more<T: Generations + Variants>(table: &T, deletions: &dyn Deletions) {
    let mut new = new_generation(&owner(), NOW_MS + 1_000, 3);
    new.generation.uploads = vec!["uploads/owner/1".to_owned()];
    new.generation.closes = Some(ConnectionId("peer=".to_owned()));
    recorded(table, &new).await;
    let id = &new.generation.id;
    assert_eq!(table.generation(id).await.unwrap().unwrap().generation, new.generation);
    held(table, &new, "a", NOW_MS + 2_000).await;
    held(table, &new, "b", NOW_MS + 3_000).await;
    let tab = ConnectionId("tab=".to_owned());
    table.subscribe(&new.variants[2].key, &tab, None).await.unwrap();
    let deletion = taken_away(deletions, &new).await;
    let expected = Deletion {
        generation_id: id.clone(),
        deleted_at_ms: NOW_MS,
        due_ms: NOW_MS,
        attempts: vec![(0, 2), (1, 0), (2, 0)],
        uploads: new.generation.uploads.clone(),
        listeners: vec![tab.clone()],
        closes: new.generation.closes.clone(),
    };
    assert_eq!(deletion, expected);
    assert_eq!(table.generation(id).await.unwrap(), None);
    for variant in &new.variants {
        assert_eq!(table.variant(&variant.key).await.unwrap(), None);
        assert_eq!(table.subscribe(&variant.key, &tab, None).await.unwrap(), None);
        assert_eq!(table.request_cancel(&variant.key).await.unwrap(), None);
    }
    let history = table.history(&owner(), None, 100).await.unwrap();
    assert!(history.items.iter().all(|item| item.id != *id), "no list names it");
    assert_eq!(deletions.take_away(id, Some(&owner()), NOW_MS).await.unwrap(), None, "it is taken away once");
}

async fn only_its_owner_takes_a_generation_away<T: Generations>(table: &T, deletions: &dyn Deletions) {
    let new = new_generation(&owner(), NOW_MS + 1_000, 1);
    recorded(table, &new).await;
    let somebody = UserId("somebody".to_owned());
    assert_eq!(deletions.take_away(&new.generation.id, Some(&somebody), NOW_MS).await.unwrap(), None);
    assert!(table.generation(&new.generation.id).await.unwrap().is_some(), "it is still there");
    assert!(deletions.take_away(&new.generation.id, None, NOW_MS).await.unwrap().is_some(), "whoever's it is");
}

async fn a_worker_of_what_is_gone_writes_nothing<T: Generations + Variants>(table: &T, deletions: &dyn Deletions) {
    let new = new_generation(&owner(), NOW_MS + 1_000, 1);
    recorded(table, &new).await;
    let hold = held(table, &new, "a", NOW_MS + 2_000).await;
    assert_eq!(table.append(&hold, &chunk(0), 0, None).await.unwrap(), Appended::Recorded);
    let seen = table.variant(&hold.key.variant).await.unwrap().unwrap();
    taken_away(deletions, &new).await;
    assert_eq!(table.append(&hold, &chunk(1), 0, Some(NOW_MS + 9_000)).await.unwrap(), Appended::Lost);
    assert_eq!(table.heartbeat(&hold, NOW_MS + 9_000).await.unwrap(), Beat::Lost);
    assert_eq!(table.note(&hold, &Account::default()).await.unwrap(), Beat::Lost);
    assert_eq!(table.end(&hold, &Ending::Cancelled, NOW_MS + 9_000).await.unwrap(), Ended::Lost);
    assert_eq!(table.end_abandoned(&seen, &Ending::Cancelled, NOW_MS + 9_000).await.unwrap(), None);
    table.release(&hold, NOW_MS + 9_000, true).await.unwrap();
    table.told(&hold.key.variant).await.unwrap();
    table.unsubscribe(&hold.key.variant, &ConnectionId("tab=".to_owned())).await.unwrap();
    let again = table.claim(&hold.key.variant, &Holder("b".to_owned()), NOW_MS + 99_000, 500).await.unwrap();
    assert_eq!(again, Claim::Missing);
    let id = &new.generation.id;
    let conclusion = Conclusion {
        status: Overall::Cancelled,
        ended_at_ms: 1,
        told_by: 0,
        totals: Totals::default(),
        outcomes: Vec::new(),
    };
    assert_eq!(table.conclude(id, conclusion).await.unwrap(), None);
    assert_eq!(table.variant(&hold.key.variant).await.unwrap(), None, "none of these brings it back");
    assert_eq!(table.generation(id).await.unwrap(), None);
    assert_eq!(table.chunks(&hold.key, None, 10).await.unwrap(), [chunk(0)], "chunks are left to be removed");
}

async fn chunks_of_every_attempt_are_removed_and_nobody_elses<T: Generations + Variants>(
    table: &T,
    deletions: &dyn Deletions,
) {
    let (mine, other) = (new_generation(&owner(), NOW_MS + 1_000, 1), new_generation(&owner(), NOW_MS + 1_000, 1));
    let mut holds = Vec::new();
    for new in [&mine, &other] {
        recorded(table, new).await;
        let first = held(table, new, "a", NOW_MS + 2_000).await;
        table.append(&first, &chunk(0), 0, None).await.unwrap();
        let second = held(table, new, "b", NOW_MS + 3_000).await;
        // More than one write of a batch holds.
        for seq in 0..40 {
            table.append(&second, &chunk(seq), 0, None).await.unwrap();
        }
        holds.extend([first, second]);
    }
    let deletion = taken_away(deletions, &mine).await;
    deletions.remove_chunks(&deletion).await.unwrap();
    deletions.remove_chunks(&deletion).await.unwrap();
    let left = async |key: &AttemptKey| table.chunks(key, None, CHUNKS_PAGE).await.unwrap().len();
    let counts =
        [left(&holds[0].key).await, left(&holds[1].key).await, left(&holds[2].key).await, left(&holds[3].key).await];
    assert_eq!(counts, [0, 0, 1, 40]);
}

async fn an_upload_is_free_when_its_last_user_is_gone<T: Generations>(table: &T, deletions: &dyn Deletions) {
    let key = "uploads/owner/shared";
    let mut users = [new_generation(&owner(), NOW_MS + 1_000, 1), new_generation(&owner(), NOW_MS + 1_000, 1)];
    for new in &mut users {
        new.generation.uploads = vec![key.to_owned()];
        recorded(table, new).await;
    }
    let [first, second] = &users;
    assert!(!deletions.give_up_upload(&first.generation.id, key).await.unwrap(), "another uses it");
    assert!(!deletions.give_up_upload(&first.generation.id, key).await.unwrap(), "twice is once");
    assert!(deletions.give_up_upload(&second.generation.id, key).await.unwrap());
    assert!(deletions.give_up_upload(&second.generation.id, key).await.unwrap(), "and stays so");
}

async fn a_note_is_due_until_it_is_forgotten<T: Generations>(table: &T, deletions: &dyn Deletions) {
    let new = new_generation(&owner(), NOW_MS + 1_000, 1);
    recorded(table, &new).await;
    let id = &new.generation.id;
    let deletion = taken_away(deletions, &new).await;
    let due = async |now_ms| {
        let due = deletions.deletions_due(now_ms, 1_000).await.unwrap();
        due.into_iter().find(|deletion| deletion.generation_id == *id)
    };
    assert_eq!(due(NOW_MS).await, None);
    assert_eq!(due(NOW_MS + 1).await, Some(deletion.clone()));
    let left = Deletion { due_ms: NOW_MS + 11_000, attempts: Vec::new(), ..deletion };
    deletions.left_of(&left).await.unwrap();
    assert_eq!(due(NOW_MS + 11_000).await, None);
    assert_eq!(due(NOW_MS + 11_001).await, Some(left.clone()));
    deletions.forget_deletion(id).await.unwrap();
    deletions.forget_deletion(id).await.unwrap();
    deletions.left_of(&left).await.unwrap();
    assert_eq!(due(u64::MAX / 2).await, None, "a late look brings no note back");
}

async fn what_was_accepted_before_a_time_is_found<T: Generations>(table: &T, deletions: &dyn Deletions) {
    // Older than most of what a store holds already, so that a limit does not hide them.
    let (older, newer) = (new_generation(&owner(), 10, 2), new_generation(&owner(), 20, 2));
    recorded(table, &newer).await;
    recorded(table, &older).await;
    let (old, new) = (older.generation.id.clone(), newer.generation.id.clone());
    let before = async |accepted_ms| {
        let found = deletions.accepted_before(accepted_ms, 1_000).await.unwrap();
        found.into_iter().filter(|id| *id == old || *id == new).collect::<Vec<_>>()
    };
    assert_eq!(before(20).await, std::slice::from_ref(&old));
    assert_eq!(before(21).await, [old.clone(), new.clone()], "oldest first");
    assert_eq!(deletions.accepted_before(21, 1).await.unwrap().len(), 1, "as many as were asked for");
    for id in [&old, &new] {
        deletions.take_away(id, None, NOW_MS).await.unwrap();
    }
    assert!(before(21).await.is_empty());
}

#[cfg(test)]
mod broken;
