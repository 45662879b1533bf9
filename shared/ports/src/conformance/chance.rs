use crate::{Clock, Ids};
use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;

/// How many ids of each kind are compared.
const IDS: usize = 1_000;
/// 2020-01-01T00:00:00Z, in milliseconds: earlier than any time that a clock of this project tells.
const LONG_AGO_MS: u64 = 1_577_836_800_000;
/// 2200-01-01T00:00:00Z.
const FAR_AHEAD_MS: u64 = 7_258_118_400_000;

/// Runs every check of the clock port. Panics with the first guarantee that does not hold.
pub fn clock(clock: &dyn Clock) {
    let mut before = clock.now_ms();
    assert!((LONG_AGO_MS..FAR_AHEAD_MS).contains(&before), "{before} is no time in milliseconds since 1970");
    for _ in 0..IDS {
        let now = clock.now_ms();
        assert!(now >= before, "the clock went back from {before} to {now}");
        before = now;
    }
}

/// Runs every check of the id port that can be seen from outside; that nobody can guess an id cannot. Panics with the first
/// guarantee that does not hold.
pub fn ids(ids: &dyn Ids) {
    never_twice(|| ids.generation_id());
    never_twice(|| ids.design_system_id());
    never_twice(|| ids.upload_id());
    let generation = ids.generation_id();
    never_twice(|| ids.share_token(&generation).as_str().to_owned());
    assert_eq!(ids.share_token(&generation).generation(), Some(generation), "a link is for its generation");
    never_twice(|| ids.holder().0);
    for _ in 0..IDS {
        let jitter = ids.jitter();
        assert!((0.0..1.0).contains(&jitter), "{jitter} is not from 0 up to, and without, 1");
    }
}

fn never_twice<Id: Debug + Eq + Hash>(next: impl Fn() -> Id) {
    let mut seen = HashSet::new();
    for _ in 0..IDS {
        let id = next();
        let shown = format!("{id:?}");
        assert!(seen.insert(id), "{shown} was used before");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{DesignSystemId, GenerationId, Holder, UploadId};
    use domain::share::ShareToken;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Keeps every word of both ports but one.
    struct Broken(&'static str, AtomicU64);

    impl Broken {
        fn number(&self, kind: &str) -> u64 {
            let number = self.1.fetch_add(1, Ordering::Relaxed);
            if self.0 == kind { number / 2 } else { number }
        }

        fn id(&self, kind: &str) -> String {
            format!("00000000-0000-4000-8000-{:012x}", self.number(kind))
        }
    }

    impl Ids for Broken {
        fn generation_id(&self) -> GenerationId {
            GenerationId::parse(&self.id("generation")).unwrap()
        }

        fn design_system_id(&self) -> DesignSystemId {
            DesignSystemId::parse(&self.id("design system")).unwrap()
        }

        fn upload_id(&self) -> UploadId {
            UploadId::parse(&self.id("upload")).unwrap()
        }

        fn share_token(&self, generation: &GenerationId) -> ShareToken {
            ShareToken::new(generation, &format!("{:064x}", self.number("link")))
        }

        fn holder(&self) -> Holder {
            Holder(self.id("holder"))
        }

        fn jitter(&self) -> f64 {
            if self.0 == "jitter" { 1.0 } else { 0.0 }
        }
    }

    impl Clock for Broken {
        fn now_ms(&self) -> u64 {
            match self.0 {
                "seconds" => LONG_AGO_MS / 1_000 + self.number(""),
                "backwards" => LONG_AGO_MS + 10_000 - self.number(""),
                _ => LONG_AGO_MS + self.number(""),
            }
        }
    }

    fn broken(how: &'static str) -> Broken {
        Broken(how, AtomicU64::new(0))
    }

    #[test]
    fn every_broken_clock_is_found() {
        clock(&broken("in no way"));
        for how in ["seconds", "backwards"] {
            assert!(catch_unwind(AssertUnwindSafe(|| clock(&broken(how)))).is_err(), "{how}");
        }
    }

    #[test]
    fn every_broken_maker_of_ids_is_found() {
        ids(&broken("in no way"));
        for how in ["generation", "design system", "upload", "link", "holder", "jitter"] {
            assert!(catch_unwind(AssertUnwindSafe(|| ids(&broken(how)))).is_err(), "{how}");
        }
    }
}
