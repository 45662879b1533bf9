//! An open-loop load generator: generations begin when the plan says, whether or not earlier ones have ended, as people do.
//!
//! - [`Plan`]: how many sockets, and when generations begin on them.
//! - [`run`]: carries it out over real sockets, and looks at the server's process meanwhile.
//! - [`Summary`]: time to the first chunk and to the end, chunks that were lost or came twice, memory and CPU.
//! - [`plot`]: the same as an SVG.

mod client;
mod plan;
mod plot;
mod process;
mod run;
mod summary;
mod tally;

pub use plan::{Plan, pace_ms};
pub use plot::plot;
pub use process::Sample;
pub use run::{Progress, run};
pub use summary::{Spread, Summary};
pub use tally::{Finished, Stream};
