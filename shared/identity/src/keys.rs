use crate::published::Published;
use crate::signature::{is_by_key, is_by_secret};
use async_trait::async_trait;
use domain::identity::Flaw;
use domain::identity::jwt::{Algorithm, Claims, Unverified};
use domain::limits::HMAC_KEY_BYTES_MIN;
use ports::{AuthenticationError, Clock};
use ring::hmac;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Where what tokens are checked with comes from: an issuer's key set, or a secret.
#[async_trait]
pub trait Source: Send + Sync {
    /// Its bytes, now.
    ///
    /// # Errors
    /// Why it cannot be had now, without anything secret in it.
    async fn read(&self) -> Result<Vec<u8>, String>;
}

/// What tokens are checked with. It decides the algorithm: a secret is for HS256 and a published key never is, so that nobody can
/// sign with what everybody may read.
pub struct Keys(Kind);

enum Kind {
    Secret { source: Arc<dyn Source>, known: OnceCell<hmac::Key> },
    Published { algorithm: Algorithm, keys: Published },
}

impl Keys {
    /// A secret of at least [`HMAC_KEY_BYTES_MIN`] bytes, for HS256. It is read once; a read that failed is tried again.
    #[must_use]
    pub fn secret(source: Arc<dyn Source>) -> Self {
        Self(Kind::Secret { source, known: OnceCell::new() })
    }

    /// An issuer's key set, for RS256 or ES256. For HS256 no key is ever found in one.
    #[must_use]
    pub fn published(algorithm: Algorithm, source: Arc<dyn Source>, clock: Arc<dyn Clock>) -> Self {
        Self(Kind::Published { algorithm, keys: Published::new(algorithm, source, clock) })
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Kind::Secret { .. } => Algorithm::Hs256,
            Kind::Published { algorithm, .. } => *algorithm,
        }
    }

    /// What a token claims, if it is signed with one of the keys.
    pub(crate) async fn verify(&self, token: Unverified<'_>) -> Result<Claims, AuthenticationError> {
        match &self.0 {
            Kind::Secret { source, known } => {
                let key =
                    known.get_or_try_init(|| secret(&**source)).await.map_err(AuthenticationError::Unavailable)?;
                Ok(token.verified(|text, signature| is_by_secret(key, text, signature))?)
            }
            Kind::Published { keys, .. } => {
                let key = keys.find(token.key_id()).await?.ok_or(Flaw::UnknownKey)?;
                Ok(token.verified(|text, signature| is_by_key(&key, text, signature))?)
            }
        }
    }
}

async fn secret(source: &dyn Source) -> Result<hmac::Key, String> {
    let bytes = source.read().await?;
    if bytes.len() < HMAC_KEY_BYTES_MIN {
        return Err(format!("the secret for HS256 has fewer than {HMAC_KEY_BYTES_MIN} bytes"));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}
