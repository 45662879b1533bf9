//! The protocol, explored exhaustively: every interleaving, within bounds, of what workers, the sweep, the network and
//! browsers may do to one variant. One is enough: variants share nothing but `done`, which is told here with the end.
//!
//! What may happen at any time:
//! - An event reaches a worker, the first time or again; whoever held the variant becomes a zombie and goes on.
//! - A worker does its next effect, one a step. One that takes no further step has crashed; nobody can tell that from
//!   being slow, so a crash needs no action of its own.
//! - The model breaks off, or the invocation's time is up; somebody asks to cancel.
//! - The model finishes, and its answer is saved, while chunks of it are still to be written.
//! - A message arrives, in any order with all others. One that never does is lost.
//! - A browser resumes with the cursor it has, or forgets everything and comes back on a new connection.
//!
//! What must happen sooner or later: the sweep looks at a variant that is not told of; a browser that has not heard the
//! end once it is told asks again (by socket or HTTP), and that ask is answered.
//!
//! Not in the model: the text itself (a chunk is its attempt and number), an answer that is no page, several pages of a
//! replay, expiry of chunks, a table that fails for long.
//!
//! All at once would be too many states for a test, so several bounds together stand for 3 chunks by 3 attempts by two
//! browsers: the whole depth with one browser, be it there from the start or come later, and two browsers at less
//! depth. A fault that needs three attempts of several chunks *and* two browsers would not be found here.
//!
//! It is millions of states: `Cargo.toml` has this crate optimised in the test profile as well.

#[path = "model/client.rs"]
mod client;
#[path = "model/design.rs"]
mod design;
#[path = "model/mutations.rs"]
mod mutations;
#[path = "model/properties.rs"]
mod properties;
#[path = "model/replay.rs"]
mod replay;
#[path = "model/state.rs"]
mod state;
#[path = "model/store.rs"]
mod store;
#[path = "model/worker.rs"]
mod worker;
#[path = "model/world.rs"]
mod world;

use design::{Bounds, Design, Quartet};
use stateright::{Checker, Model};

/// Explores every state within the bounds and asserts every property of it.
fn holds(bounds: Bounds) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // No target and no timeout: the search ends only when nothing is left to explore.
    let checker = Quartet { design: Design::default(), bounds }.checker().threads(threads).spawn_bfs().join();
    println!("{bounds:?}: {} states, depth {}", checker.unique_state_count(), checker.max_depth());
    assert!(checker.is_done(), "not every state was explored");
    checker.assert_properties();
}

#[test]
fn the_design_holds_for_three_attempts_of_three_chunks() {
    holds(Bounds {
        chunks: 3,
        attempts: 3,
        asking: 3,
        clients: 1,
        listens: true,
        asks: [1, 0],
        reloads: [1, 0],
        cancel: true,
    });
}

#[test]
fn the_design_holds_for_attempts_that_may_only_finish() {
    holds(Bounds {
        chunks: 2,
        attempts: 3,
        asking: 1,
        clients: 1,
        listens: true,
        asks: [1, 0],
        reloads: [1, 0],
        cancel: true,
    });
}

#[test]
fn the_design_holds_for_two_browsers_that_resume() {
    holds(mutations::SMALL);
}

#[test]
fn the_design_holds_for_a_browser_that_comes_later_and_is_reloaded() {
    holds(Bounds {
        chunks: 2,
        attempts: 2,
        asking: 2,
        clients: 2,
        listens: true,
        asks: [0, 2],
        reloads: [0, 1],
        cancel: true,
    });
}

#[test]
fn the_design_holds_for_a_browser_that_comes_during_any_of_three_attempts() {
    holds(Bounds {
        chunks: 3,
        attempts: 3,
        asking: 3,
        clients: 1,
        listens: false,
        asks: [2, 0],
        reloads: [0, 0],
        cancel: true,
    });
}

#[test]
fn the_design_holds_for_two_browsers_and_three_attempts() {
    holds(Bounds {
        chunks: 1,
        attempts: 3,
        asking: 3,
        clients: 2,
        listens: true,
        asks: [0, 1],
        reloads: [0, 0],
        cancel: true,
    });
}
