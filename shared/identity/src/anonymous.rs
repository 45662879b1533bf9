use async_trait::async_trait;
use domain::identity::{Identity, Token};
use ports::{AuthenticationError, Authenticator};

/// Everybody is the same user, whatever token they show: who reaches the server may use it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anonymous;

#[async_trait]
impl Authenticator for Anonymous {
    async fn authenticate(&self, _token: Option<&Token>) -> Result<Identity, AuthenticationError> {
        Ok(Identity::anonymous())
    }
}
