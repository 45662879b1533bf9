//! Functions that accept every event, for tests of what calls them.

use super::{CallError, Functions, Runner, Runners};
use boot::{Invocation, Stop, SystemClock};
use std::sync::Arc;

struct Accepting;

#[async_trait::async_trait]
impl Runner for Accepting {
    async fn run(&self, _event: Vec<u8>, _invocation: Invocation) -> Result<Vec<u8>, CallError> {
        Ok(br#"{"statusCode":200}"#.to_vec())
    }
}

/// All four of them.
#[must_use]
pub fn functions() -> Functions {
    let runners = Runners {
        socket: Arc::new(Accepting),
        variant: Arc::new(Accepting),
        api: Arc::new(Accepting),
        sweep: Arc::new(Accepting),
    };
    Functions::new(runners, Arc::new(SystemClock), Stop::never())
}
