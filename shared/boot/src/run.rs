use crate::function::handle_in_time;
use crate::{Boot, Function, Invocation, SettingError, Settings, Stop, SystemClock, logs};
use domain::limits::INVOCATION_MS_MAX;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use ports::Clock;

/// Runs a function under the Lambda runtime until the platform ends the process.
///
/// # Errors
/// If a setting is missing or wrong (one line in the log names it), or if the runtime's API cannot be reached.
pub async fn run<F: Function>(make: impl FnOnce(&Boot) -> Result<F, SettingError>) -> Result<(), Error> {
    logs::json();
    let prepared = Settings::read(&|name| std::env::var(name).ok()).map(Boot::new).and_then(|boot| make(&boot));
    let function = match prepared {
        Ok(function) => function,
        Err(error) => {
            tracing::error!(setting = error.name, problem = error.problem, "misconfigured");
            return Err(error.into());
        }
    };
    let function = &function;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<F::Event>| async move {
        let now_ms = SystemClock.now_ms();
        // Lambda's deadline is never in the past; cargo-lambda's emulator states one that is.
        let stated_ms = Some(event.context.deadline).filter(|deadline_ms| *deadline_ms > now_ms);
        let invocation = Invocation {
            request_id: event.context.request_id,
            deadline_ms: stated_ms.unwrap_or(now_ms + INVOCATION_MS_MAX),
            stop: Stop::never(),
        };
        handle_in_time(function, event.payload, &invocation, now_ms).await.map_err(Error::from)
    }))
    .await
}
