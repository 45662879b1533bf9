//! The `api` Lambda function.

use api::Api;
use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    boot::run(Api::from_boot).await
}
