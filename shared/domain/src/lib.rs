//! What Quartet decides, without doing it: no I/O, no clock, no randomness, no async.
//!
//! Layout, in the order in which a generation meets it:
//!
//! - [`request`]: what a client asked for, checked field by field; [`stack`] and [`models`] name the choices.
//! - [`ids`]: generations, variants, attempts, connections and users; [`keys`]: where their objects lie in S3.
//! - [`identity`] and [`share`]: who is asking, and what others were shown by its owner.
//! - [`image`] and [`upload`]: what is sent with a request or before it, told by its content.
//! - [`generation`] and [`variant`]: the two records and the rules by which they change.
//! - [`prompt`]: what the model is asked; [`answer`]: what it answers, in parts; [`html`]: the page inside it.
//! - [`pictures`]: what is drawn for a page in place of its placeholders.
//! - [`checks`]: what is to be said about a finished page; [`progress`]: how far one is.
//! - [`chunk`] and [`coalesce`]: numbered pieces of text, and when the next one is due.
//! - [`design_system`]: texts that a person keeps, for pages to follow.
//! - [`deletion`]: what is left to do about a generation that was deleted.
//! - [`export`] and [`address`]: a page as a folder with its pictures, and what may be fetched for it.
//! - [`wire`]: the messages that cross the socket and the event that starts a worker.
//! - [`quota`]: what may be spent, and what was.
//! - [`retry`] and [`sweep`]: what to do about an attempt that broke off, and about one that fell silent.
//! - [`tally`]: how the models compare over many generations.
//! - [`stage`]: the names under which a generation's way is logged.
//! - [`limits`]: every number that bounds something.

pub mod address;
pub mod answer;
pub mod checks;
pub mod chunk;
pub mod coalesce;
pub mod deletion;
pub mod design_system;
pub mod error;
pub mod export;
pub mod generation;
pub mod html;
pub mod identity;
pub mod ids;
pub mod image;
pub mod keys;
pub mod limits;
pub mod models;
pub mod pictures;
pub mod progress;
pub mod prompt;
pub mod quota;
pub mod request;
pub mod retry;
pub mod seat;
pub mod share;
pub mod stack;
pub mod stage;
pub mod sweep;
pub mod tally;
pub mod upload;
pub mod usage;
pub mod variant;
pub mod wire;
