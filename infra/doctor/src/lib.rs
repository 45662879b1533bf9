//! Checks a running deployment, on this machine or on AWS, step by step, as a client would; and says of the first step that
//! fails what the likely causes are, most likely first, each with what mends it.
//!
//! - [`Doctor`]: what is checked, and how far.
//! - [`Step`]: the steps, in order.
//! - [`Symptom`]: what a step saw that it should not have seen. Checks measure and report symptoms; they judge nothing.
//! - [`suspects`]: from a symptom, and where it was seen, to causes. Pure.
//! - [`Report`]: what is printed, for people or as JSON.

mod cause;
mod checks;
mod place;
mod report;
mod step;
mod suspects;
mod symptom;
mod target;
mod token;
mod visit;

pub use cause::{CAUSES, Cause, Entry};
pub use place::{Place, Surroundings};
pub use report::{Examined, Outcome, Report};
pub use step::Step;
pub use suspects::{Suspect, suspects};
pub use symptom::{Part, State, Symptom, TlsTrouble};
pub use target::{NotAUrl, Target};
pub use token::TokenState;

use ports::Clock;
use std::sync::Arc;
use std::time::Duration;

/// What is to be checked, and how far.
#[derive(Clone)]
pub struct Doctor {
    /// The deployment: the page's URL, or the WebSocket's.
    pub url: String,
    /// Sent as a browser would: as `Bearer` over HTTP, in the query of the WebSocket.
    pub token: Option<String>,
    /// Whether a generation may be asked of a model that costs money. The demo model is always asked.
    pub may_spend: bool,
    /// How long an idle connection is held; not at all without it.
    pub idle: Option<Duration>,
    /// Roots to trust beside Mozilla's, as PEM: of a company's or one's own authority.
    pub more_roots: Vec<u8>,
    /// Ports of this machine where the deployment may be if it is not where the URL says.
    pub likely_ports: Vec<u16>,
    /// This machine's time.
    pub clock: Arc<dyn Clock>,
}

impl Doctor {
    /// A visit with nothing but the URL.
    #[must_use]
    pub fn new(url: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self {
            url: url.into(),
            token: None,
            may_spend: false,
            idle: None,
            more_roots: Vec::new(),
            likely_ports: vec![7001],
            clock,
        }
    }

    /// Takes every step that can be taken. `seen` is told of each as it is done.
    pub async fn examine(&self, seen: &mut (dyn FnMut(&Examined) + Send)) -> Report {
        // Its steps are large together, and whoever awaits them need not be.
        Box::pin(visit::visit(self, seen)).await
    }
}
