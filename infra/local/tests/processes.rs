//! Real processes, really killed: a worker in mid-stream, and the whole stack again and again. Each check is also shown to
//! fail: with a worker that saves nothing, and without a sweep. And functions whose settings are wrong.

#![expect(clippy::unwrap_used, reason = "helpers of tests end their test")]

#[path = "processes/broken.rs"]
mod broken;
#[path = "processes/browser.rs"]
mod browser;
#[path = "processes/garbage.rs"]
mod garbage;
#[path = "processes/metrics.rs"]
mod metrics;
#[path = "processes/misconfigured.rs"]
mod misconfigured;
#[path = "processes/programs.rs"]
mod programs;
#[path = "processes/secrets.rs"]
mod secrets;
#[path = "processes/stack.rs"]
mod stack;
#[path = "processes/worker.rs"]
mod worker;

const BINARY: &str = env!("CARGO_BIN_EXE_quartet");
/// The shortest lease that is allowed, so that a takeover is not waited for longer than it has to be.
const LEASE: (&str, &str) = ("LEASE_MS", "4500");
