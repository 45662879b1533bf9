use async_trait::async_trait;
use domain::identity::{Flaw, Identity, Token};

/// Why nobody is known by a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationError {
    /// The token is not good. Trying again with it will not help.
    #[error("the token is refused: {0}")]
    Refused(#[from] Flaw),
    /// What tokens are checked with cannot be had now: the token may be good. Trying again may help.
    #[error("tokens cannot be checked: {0}")]
    Unavailable(String),
}

/// Says whose a token is.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// Whose token this is, now. After success whoever issues tokens to this server has issued it to that user, and its time is not over.
    /// Any change of the text, however small, gives another token. Neither an error nor a log line has any part of the token in it,
    /// and how long a refusal takes says nothing about tokens that are good. Answers within `JWKS_MS_MAX`.
    async fn authenticate(&self, token: Option<&Token>) -> Result<Identity, AuthenticationError>;
}
