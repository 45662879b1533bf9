//! The `variant` function with its first rule broken: what it shows it does not save. It exists so that the tests that
//! kill real processes can be seen to fail.

use boot::SettingError;
use end_to_end::Breakage;
use std::error::Error;
use variant::Worker;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    boot::run(|boot| {
        let worker = Worker::from_boot(boot)?;
        let variants = Breakage::NothingSaved.breaks_variants(worker.variants.clone());
        Ok::<_, SettingError>(Worker { variants, ..worker })
    })
    .await
}
