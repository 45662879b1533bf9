use crate::function::handle_in_time;
use crate::{Boot, Function, Invocation, SettingError, Settings, Stop, SystemClock, logs};
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
        let invocation = Invocation {
            request_id: event.context.request_id,
            deadline_ms: event.context.deadline,
            stop: Stop::never(),
        };
        handle_in_time(function, event.payload, &invocation, SystemClock.now_ms()).await.map_err(Error::from)
    }))
    .await
}
