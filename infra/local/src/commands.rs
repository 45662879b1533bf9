//! What the program does besides starting the stack. Each is a client: it starts no function and opens no store that a stack
//! is using.

mod doctor;
mod load;
mod trace;

pub use doctor::{DoctorArguments, doctor};
pub use load::{LoadArguments, load};
pub use trace::{TraceArguments, trace};

use local::data::running;
use std::path::Path;

/// Where the stack is that runs on this data directory, or where one would be.
fn usual_url(data: &Path) -> String {
    running(data)
        .map_or_else(|| "http://127.0.0.1:7001".to_owned(), |found| format!("http://{}", found.addresses.public))
}
