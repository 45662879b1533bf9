//! Who is asking, by the token that they show.
//!
//! - [`Anonymous`]: everybody is the same user.
//! - [`SharedTokens`]: a list of tokens, kept as hashes.
//! - [`WebTokens`]: JSON Web Tokens, signed with a secret ([`Keys::secret`]) or with the keys that an issuer publishes
//!   ([`Keys::published`]).
//!
//! A crate of its own: the worker and the sweep do not hold what tokens are checked with, and the checks run in tests without a
//! network. What a token says is read and judged in `domain::identity`.

mod anonymous;
mod keys;
mod published;
mod shared_tokens;
mod signature;
mod web_tokens;

pub use anonymous::Anonymous;
pub use keys::{Keys, Source};
pub use shared_tokens::{SharedTokens, WrongList};
pub use web_tokens::WebTokens;
