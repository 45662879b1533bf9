#[cfg(test)]
mod broken;

use super::NOW_MS;
use crate::DesignSystems;
use domain::design_system::{DesignSystem, DesignSystemChange};
use domain::ids::{DesignSystemId, UserId};
use std::sync::atomic::{AtomicU64, Ordering};

const MAX: u32 = 3;

pub(super) async fn check(table: &dyn DesignSystems) {
    what_is_kept_reads_back_oldest_first(table).await;
    a_change_touches_only_what_it_names(table).await;
    no_user_sees_or_touches_anothers(table).await;
    a_user_keeps_no_more_than_the_limit(table).await;
    many_at_once_do_not_pass_the_limit(table).await;
}

fn user(name: &str) -> UserId {
    UserId(name.to_owned())
}

/// One under an id that this process has not used.
fn new(created_at_ms: u64) -> DesignSystem {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    DesignSystem {
        id: DesignSystemId::parse(&format!("00000000-0000-4000-9000-{number:012x}")).unwrap(),
        name: format!("Number {number}"),
        content: "# Blue\n\u{1f9c1} \"everything\"\n".to_owned(),
        created_at_ms,
        updated_at_ms: created_at_ms,
    }
}

async fn what_is_kept_reads_back_oldest_first(table: &dyn DesignSystems) {
    let me = user("designer");
    assert_eq!(table.design_systems(&me).await.unwrap(), []);
    let (late, early) = (new(NOW_MS + 2_000), new(NOW_MS + 1_000));
    for one in [&late, &early] {
        assert!(table.add_design_system(&me, one, MAX).await.unwrap());
    }
    assert_eq!(table.design_systems(&me).await.unwrap(), [early, late]);
}

async fn a_change_touches_only_what_it_names(table: &dyn DesignSystems) {
    let me = user("changer");
    let before = new(NOW_MS + 1_000);
    table.add_design_system(&me, &before, MAX).await.unwrap();
    let rename = DesignSystemChange { name: Some("Red".to_owned()), content: None };
    let renamed = table.change_design_system(&me, &before.id, &rename, NOW_MS + 2_000).await.unwrap().unwrap();
    assert_eq!(renamed, DesignSystem { name: "Red".to_owned(), updated_at_ms: NOW_MS + 2_000, ..before.clone() });
    let empty = DesignSystemChange { name: None, content: Some(String::new()) };
    let emptied = table.change_design_system(&me, &before.id, &empty, NOW_MS + 3_000).await.unwrap().unwrap();
    assert_eq!(emptied, DesignSystem { content: String::new(), updated_at_ms: NOW_MS + 3_000, ..renamed });
    assert_eq!(table.design_systems(&me).await.unwrap(), [emptied]);
    let absent = new(1).id;
    assert_eq!(table.change_design_system(&me, &absent, &rename, NOW_MS + 4_000).await.unwrap(), None);
    assert_eq!(table.design_systems(&me).await.unwrap().len(), 1, "a change makes nothing new");
}

async fn no_user_sees_or_touches_anothers(table: &dyn DesignSystems) {
    let (me, you) = (user("mine"), user("yours"));
    let one = new(NOW_MS + 1_000);
    table.add_design_system(&me, &one, MAX).await.unwrap();
    assert_eq!(table.design_systems(&you).await.unwrap(), []);
    let change = DesignSystemChange { name: Some("Stolen".to_owned()), content: None };
    assert_eq!(table.change_design_system(&you, &one.id, &change, NOW_MS + 2_000).await.unwrap(), None);
    assert!(!table.remove_design_system(&you, &one.id).await.unwrap());
    assert_eq!(table.design_systems(&me).await.unwrap(), [one]);
}

async fn a_user_keeps_no_more_than_the_limit(table: &dyn DesignSystems) {
    let me = user("collector");
    let mut kept = Vec::new();
    for minute in 0..MAX {
        let one = new(u64::from(minute));
        assert!(table.add_design_system(&me, &one, MAX).await.unwrap());
        kept.push(one);
    }
    assert!(!table.add_design_system(&me, &new(9), MAX).await.unwrap());
    assert_eq!(table.design_systems(&me).await.unwrap(), kept, "nothing of the refused one was kept");
    assert!(table.remove_design_system(&me, &kept[0].id).await.unwrap());
    assert!(!table.remove_design_system(&me, &kept[0].id).await.unwrap(), "it is gone already");
    assert!(table.add_design_system(&me, &new(10), MAX).await.unwrap(), "a place is free again");
    assert!(!table.add_design_system(&me, &new(11), MAX).await.unwrap(), "one place, not two");
}

async fn many_at_once_do_not_pass_the_limit(table: &dyn DesignSystems) {
    let me = user("hasty");
    let all: Vec<DesignSystem> = (0..8).map(new).collect();
    // A store may answer that it is busy; what it has kept decides.
    let _ = futures_util::future::join_all(all.iter().map(|one| table.add_design_system(&me, one, MAX))).await;
    assert!(table.design_systems(&me).await.unwrap().len() <= MAX as usize);
}
