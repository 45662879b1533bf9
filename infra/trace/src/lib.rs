//! The life of one generation, from logs and records, on one screen: every stage with its time, attempts, retries, pushes,
//! who listened, where time and money went; and, of one that has not ended, what its last stage means.
//!
//! - [`Line`]: one line of a log, as the functions write it.
//! - [`read`]: lines from a file, from `aws logs filter-log-events`, from `aws logs tail`.
//! - [`Story`]: the lines and records of one generation (or connection), in order, and what they add up to.
//! - [`screen`]: the story as text.
//!
//! Nothing here does I/O: where logs and records come from is the command line's business. AWS's logs come through the AWS
//! CLI, which knows profiles and single sign-on, and not through one more SDK client in every build.

mod line;
mod moment;
mod read;
mod screen;
mod story;

pub use line::Line;
pub use read::read;
pub use screen::screen;
pub use story::{Phase, Story, Verdict};
