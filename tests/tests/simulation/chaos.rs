//! What goes wrong, and when: all of it from one seed.

use async_trait::async_trait;
use boot::Function;
use end_to_end::World;
use ports::Clock;
use ports::fault::{Fault, Harm, Script};
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Dice from a seed (`SplitMix64`), so that a run can be repeated to the letter.
pub struct Dice(AtomicU64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        let mut mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&self, end: u64) -> u64 {
        self.next() % end
    }

    /// True so many times in a thousand.
    pub fn per_mille(&self, times: u64) -> bool {
        self.below(1_000) < times
    }

    pub fn millis(&self, from: u64, until: u64) -> Duration {
        Duration::from_millis(from + self.below(until - from))
    }
}

/// The chaos of one run: its dice, whether it still rages, and the trace of everything.
pub struct Chaos {
    pub dice: Dice,
    pub raging: AtomicBool,
    pub world: Arc<World>,
    trace: Mutex<String>,
}

impl Chaos {
    pub fn new(seed: u64, world: Arc<World>) -> Arc<Self> {
        Arc::new(Self { dice: Dice::new(seed), raging: AtomicBool::new(true), world, trace: Mutex::default() })
    }

    pub fn rages(&self) -> bool {
        self.raging.load(Ordering::SeqCst)
    }

    pub fn note(&self, what: &str) {
        let now_ms = self.world.clock.now_ms();
        writeln!(self.trace.lock().unwrap(), "{now_ms} {what}").unwrap();
    }

    pub fn trace(&self) -> String {
        self.trace.lock().unwrap().clone()
    }

    fn fault(&self) -> Fault {
        if !self.rages() || !self.dice.per_mille(25) {
            return Fault::None;
        }
        let harm = if self.dice.per_mille(500) { Harm::Crash } else { Harm::Error };
        if self.dice.per_mille(500) { Fault::Before(harm) } else { Fault::After(harm) }
    }

    fn wait(&self) -> Duration {
        match self.dice.below(1_000) {
            // Longer than a lease: the caller comes back as a zombie.
            0..3 if self.rages() => self.dice.millis(20_000, 40_000),
            3..20 if self.rages() => self.dice.millis(500, 5_000),
            _ => self.dice.millis(0, 12),
        }
    }
}

/// The faults of one invocation: it has a crash of its own.
pub struct OneInvocation {
    chaos: Arc<Chaos>,
    name: String,
    crash: Notify,
}

#[async_trait]
impl Script for OneInvocation {
    fn next(&self, call: &'static str) -> Fault {
        let fault = self.chaos.fault();
        self.chaos.note(&format!("{} {call} {fault:?}", self.name));
        fault
    }

    async fn delay(&self, _call: &'static str) {
        tokio::time::sleep(self.chaos.wait()).await;
    }

    fn crashed(&self, _call: &'static str) {
        self.crash.notify_one();
    }
}

/// How an invocation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Returned,
    Failed,
    Died,
}

/// Runs a handler with faults of its own. A crash, or a kill at a random moment, drops it where it is.
pub async fn invoke<F: Function>(
    chaos: &Arc<Chaos>,
    name: &str,
    make: impl FnOnce(end_to_end::Ports) -> F,
    event: &Value,
) -> Outcome {
    let invocation = Arc::new(OneInvocation { chaos: chaos.clone(), name: name.to_owned(), crash: Notify::new() });
    let script: Arc<dyn Script> = invocation.clone();
    let function = make(chaos.world.faulty_ports(&script));
    let event: F::Event = serde_json::from_value(event.clone()).unwrap();
    let killed = chaos.rages() && chaos.dice.per_mille(60);
    let kill_after = chaos.dice.millis(0, 4_000);
    let context = chaos.world.invocation();
    let outcome = tokio::select! {
        biased;
        answer = function.handle(event, &context) => {
            if answer.is_ok() { Outcome::Returned } else { Outcome::Failed }
        }
        () = invocation.crash.notified() => Outcome::Died,
        () = tokio::time::sleep(kill_after), if killed => Outcome::Died,
    };
    chaos.note(&format!("{name} {outcome:?}"));
    outcome
}
