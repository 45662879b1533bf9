//! The `variant` Lambda function.

use boot::SettingError;
use lambda_runtime::Error;
use variant::Worker;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    boot::run(|boot| Worker::from_boot(boot).map_err(|error: SettingError| error)).await
}
