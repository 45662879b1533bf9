//! Functions that are content with everything, for tests of what calls them.

use super::{CallError, Functions, Runner, Runners};
use boot::{Invocation, Stop, SystemClock};
use std::sync::Arc;

/// What they answer.
pub const ANSWER: &str = r#"{"statusCode":200}"#;

struct Content;

#[async_trait::async_trait]
impl Runner for Content {
    async fn run(&self, _event: Vec<u8>, _invocation: Invocation) -> Result<Vec<u8>, CallError> {
        Ok(ANSWER.into())
    }
}

/// All four of them.
#[must_use]
pub fn functions() -> Functions {
    let runners = Runners {
        socket: Arc::new(Content),
        variant: Arc::new(Content),
        api: Arc::new(Content),
        sweep: Arc::new(Content),
    };
    Functions::new(runners, Arc::new(SystemClock), Stop::never())
}
