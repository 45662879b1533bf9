//! The `sweep` Lambda function.

use lambda_runtime::Error;
use sweep::Sweep;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    boot::run(Sweep::from_boot).await
}
