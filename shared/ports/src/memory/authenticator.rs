use crate::{AuthenticationError, Authenticator};
use async_trait::async_trait;
use domain::identity::{Flaw, Identity, Token};
use std::collections::BTreeMap;

/// Tokens and whose they are.
#[derive(Clone, Debug, Default)]
pub struct MemoryTokens {
    tokens: BTreeMap<String, Identity>,
    /// Who comes without a token, if that is allowed.
    nobody: Option<Identity>,
}

impl MemoryTokens {
    /// Everybody is the same user and needs no token.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { tokens: BTreeMap::new(), nobody: Some(Identity::anonymous()) }
    }

    /// Only these tokens are good.
    #[must_use]
    pub fn of(tokens: &[(&str, Identity)]) -> Self {
        let tokens = tokens.iter().map(|(token, identity)| ((*token).to_owned(), identity.clone())).collect();
        Self { tokens, nobody: None }
    }
}

#[async_trait]
impl Authenticator for MemoryTokens {
    async fn authenticate(&self, token: Option<&Token>) -> Result<Identity, AuthenticationError> {
        match (&self.nobody, token) {
            (Some(nobody), _) => Ok(nobody.clone()),
            (None, Some(token)) => self.tokens.get(token.as_str()).cloned().ok_or(Flaw::Unknown.into()),
            (None, None) => Err(Flaw::Missing.into()),
        }
    }
}
