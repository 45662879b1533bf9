use crate::function::handle_in_time;
use crate::metrics::Metrics;
use crate::{Boot, Function, Invocation, SettingError, Settings, Stop, SystemClock, logs};
use domain::limits::INVOCATION_MS_MAX;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use ports::Clock;
use std::io::Write;

/// Runs a function under the Lambda runtime until the platform ends the process.
///
/// # Errors
/// If a setting is missing or wrong (one line in the log names it), or if the runtime's API cannot be reached.
pub async fn run<F: Function>(make: impl FnOnce(&Boot) -> Result<F, SettingError>) -> Result<(), Error> {
    // The template sets it: elsewhere nobody reads metrics off the log.
    let metrics = std::env::var("METRICS_STACK").ok().filter(|stack| !stack.is_empty()).map(Metrics::new);
    logs::json(metrics.clone());
    logs::tell_panics();
    let prepared = Settings::read(&|name| std::env::var(name).ok())
        .map(Boot::new)
        .and_then(|boot| make(&boot).map(|function| (boot, function)));
    let (boot, function) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            tracing::error!(setting = error.name, problem = error.problem, "misconfigured");
            return Err(error.into());
        }
    };
    // Only AWS sets this: a start there has a whole CPU, and ten seconds.
    if std::env::var_os("AWS_LAMBDA_INITIALIZATION_TYPE").is_some() {
        boot.warm().await;
    }
    let (function, metrics) = (&function, &metrics);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<F::Event>| async move {
        let now_ms = SystemClock.now_ms();
        // Lambda's deadline is never in the past; cargo-lambda's emulator states one that is.
        let stated_ms = Some(event.context.deadline).filter(|deadline_ms| *deadline_ms > now_ms);
        let invocation = Invocation {
            request_id: event.context.request_id,
            deadline_ms: stated_ms.unwrap_or(now_ms + INVOCATION_MS_MAX),
            stop: Stop::never(),
        };
        let answer = handle_in_time(function, event.payload, &invocation, now_ms).await;
        if let Some(line) = metrics.as_ref().and_then(|metrics| metrics.line(SystemClock.now_ms())) {
            // A log that is gone is nobody's failure.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
        answer.map_err(Error::from)
    }))
    .await
}
