//! Logs. Lines go to standard output on Lambda, where the platform collects them, and to standard error on a terminal.

use crate::metrics::{Metrics, TARGET};
use std::io::{self, IsTerminal};
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{MakeWriter, layer};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

/// The crates whose stages are told by default; of everything else, warnings and errors.
const OURS: [&str; 10] =
    ["aws", "openai", "identity", "boot", "lifecycle", "socket", "variant", "api", "sweep", "local"];

/// `LOG` overrides the default, as in `LOG=warn,variant=debug`.
fn filter() -> Targets {
    let default = || Targets::new().with_default(Level::WARN).with_targets(OURS.map(|name| (name, Level::INFO)));
    let asked = std::env::var("LOG").ok().and_then(|directives| directives.parse().ok());
    // What only counts is no line.
    asked.map_or_else(default, |asked| without_secrets(&asked)).with_target(TARGET, LevelFilter::OFF)
}

/// What was asked for, but of other crates nothing finer than `INFO`: below that they write what they send and receive, with the
/// signatures and the keys in it.
fn without_secrets(asked: &Targets) -> Targets {
    let of_others = |level: LevelFilter| level.min(LevelFilter::INFO);
    let is_ours = |target: &str| OURS.contains(&target.split("::").next().unwrap_or_default());
    let every = asked.default_level().unwrap_or(LevelFilter::OFF);
    let named = asked.iter().map(|(target, level)| (target, if is_ours(target) { level } else { of_others(level) }));
    let ours = Targets::new().with_default(of_others(every)).with_targets(OURS.map(|name| (name, every)));
    // A target stands for all that begins with it, and `aws` would for AWS's own crates.
    ours.with_target("aws_", of_others(every)).with_targets(named)
}

/// One JSON object a line, and metrics beside them where there are any. Without effect if logs are already set up.
pub(crate) fn json(metrics: Option<Metrics>) {
    let lines = layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
    // Counting does not depend on which lines are wanted.
    let counted = Targets::new().with_targets(OURS.map(|name| (name, Level::INFO))).with_target(TARGET, Level::INFO);
    let metrics = metrics.map(|metrics| metrics.with_filter(counted));
    let _ = registry().with(lines.with_filter(filter())).with(metrics).try_init();
}

/// Has a panic told in one line of the log: where it happened, and not its words, which may be part of what somebody sent. What it ends
/// is the business of whoever runs the handler.
pub fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        tracing::error!(place, "panicked");
    }));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_crates_are_not_heard_in_detail() {
        let filter =
            without_secrets(&"trace,hyper=trace,aws_sigv4::http_request=debug,api=warn,s3s=error".parse().unwrap());
        for (target, level, is_told) in [
            ("variant::pump", Level::TRACE, true),
            ("api::share", Level::WARN, true),
            ("api::share", Level::INFO, false),
            ("aws_sigv4::http_request::sign", Level::INFO, true),
            ("aws_sigv4::http_request::sign", Level::DEBUG, false),
            ("aws_smithy_runtime::client", Level::TRACE, false),
            ("hyper::proto", Level::DEBUG, false),
            ("s3s::service", Level::WARN, false),
            ("aws::table", Level::TRACE, true),
        ] {
            assert_eq!(filter.would_enable(target, &level), is_told, "{target} {level}");
        }
    }
}
