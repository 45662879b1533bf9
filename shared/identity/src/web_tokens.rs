use crate::Keys;
use async_trait::async_trait;
use domain::identity::jwt::{Rules, Unverified};
use domain::identity::{Flaw, Identity, Token};
use ports::{AuthenticationError, Authenticator, Clock};
use std::sync::Arc;

/// JSON Web Tokens of one issuer.
pub struct WebTokens {
    keys: Keys,
    rules: Rules,
    clock: Arc<dyn Clock>,
}

impl WebTokens {
    /// Tokens that this issuer has issued to this audience, signed as the keys say.
    #[must_use]
    pub fn new(keys: Keys, issuer: String, audience: String, clock: Arc<dyn Clock>) -> Self {
        let rules = Rules { algorithm: keys.algorithm(), issuer, audience };
        Self { keys, rules, clock }
    }
}

#[async_trait]
impl Authenticator for WebTokens {
    async fn authenticate(&self, token: Option<&Token>) -> Result<Identity, AuthenticationError> {
        let token = token.ok_or(Flaw::Missing)?;
        let claims = self.keys.verify(Unverified::read(token.as_str(), self.rules.algorithm)?).await?;
        Ok(claims.identity(&self.rules, self.clock.now_ms() / 1_000)?)
    }
}

#[cfg(test)]
mod tests;
