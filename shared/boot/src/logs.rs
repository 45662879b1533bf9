//! Logs. Lines go to standard output on Lambda, where the platform collects them, and to standard error on a terminal.

use crate::metrics::{Metrics, TARGET};
use std::io::{self, IsTerminal};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{MakeWriter, layer};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

/// The crates whose stages are told by default; of everything else, warnings and errors.
const OURS: [&str; 10] =
    ["aws", "openai", "identity", "boot", "lifecycle", "socket", "variant", "api", "sweep", "local"];

/// `LOG` overrides the default, as in `LOG=warn,variant=debug`.
fn filter() -> Targets {
    let default = || Targets::new().with_default(Level::WARN).with_targets(OURS.map(|name| (name, Level::INFO)));
    std::env::var("LOG").ok().and_then(|directives| directives.parse().ok()).unwrap_or_else(default)
}

/// One JSON object a line, and metrics beside them where there are any. Without effect if logs are already set up.
pub(crate) fn json(metrics: Option<Metrics>) {
    let lines = layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
    // Counting does not depend on which lines are wanted.
    let counted = Targets::new().with_targets(OURS.map(|name| (name, Level::INFO))).with_target(TARGET, Level::TRACE);
    let metrics = metrics.map(|metrics| metrics.with_filter(counted));
    let _ = registry().with(lines.with_filter(filter())).with(metrics).try_init();
}

/// Lines for people, and the stages' lines as JSON to where they are kept, whatever `LOG` shows. Without effect if logs are
/// already set up.
pub fn readable<W>(kept: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = layer().compact().with_target(false).with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
    let stages = Targets::new().with_default(Level::WARN).with_targets(OURS.map(|name| (name, Level::INFO)));
    let kept = layer().json().flatten_event(true).with_current_span(false).with_span_list(false).with_writer(kept);
    let _ = registry().with(lines.with_filter(filter())).with(kept.with_filter(stages)).try_init();
}
