//! Seeded simulation: many browsers, at-least-once delivery, crashes, lost answers, slow stores, lost pushes, zombies,
//! reloads and cancels, in paused time. A checker replays every browser's view against the store.
//!
//! `SEEDS=10000 cargo test -p end-to-end --test simulation -- --nocapture` runs more; `SEED=17` runs one and prints its trace.

mod simulation {
    mod browser;
    mod chaos;
    mod platform;
    mod run;
}
