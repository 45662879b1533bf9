//! The `socket` Lambda function.

use lambda_runtime::Error;
use socket::Socket;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    boot::run(Socket::from_boot).await
}
