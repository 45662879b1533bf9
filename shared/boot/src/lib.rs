//! How a function starts.
//!
//! - [`Settings`]: everything that is configured, read once from the environment; an error names the variable.
//! - [`Boot`]: makes what a function needs, once; a function asks only for what it uses.
//! - [`Function`]: a handler, callable by the Lambda runtime ([`run`]) and in process.
//! - [`logs`]: JSON on Lambda, readable on a terminal.

mod chance;
mod function;
mod key;
pub mod logs;
mod metrics;
mod run;
mod settings;
mod warm;

pub use chance::{RandomIds, SystemClock};
pub use function::{Function, FunctionError, Invocation, Stop, StopSignal, handle_in_time};
pub use key::Redacted;
pub use run::run;
pub use settings::{Authentication, Origin, ScreenshotSetting, SettingError, Settings, WebTokenKey};

use aws::{Bucket, Platform, Secret, Sockets, Table, Workers};
use fetch::{ScreenshotService, Web};
use identity::{Anonymous, Keys, SharedTokens, WebTokens};
use key::{KeySetting, SecretKey, TokenKey};
use lifecycle::Purse;
use openai::{KeySource, OpenAi};
use ports::{Authenticator, Clock, Ids, ProviderKey, StoreError};
use std::sync::Arc;
use warm::Remotes;

/// Makes a function's ports from its settings.
#[derive(Clone)]
pub struct Boot {
    /// The settings.
    pub settings: Settings,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Names and dice.
    pub ids: Arc<dyn Ids>,
    platform: Platform,
    remotes: Remotes,
}

impl Boot {
    /// Prepares the shared HTTP client. No request is sent.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let platform = Platform::new(settings.access.clone(), settings.endpoints.clone());
        Self { settings, clock: Arc::new(SystemClock), ids: Arc::new(RandomIds), platform, remotes: Remotes::default() }
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> Arc<Table> {
        let table = Table::new(self.platform.dynamodb(), self.settings.table.clone(), self.clock.clone());
        self.remotes.note(table)
    }

    /// What may be spent.
    #[must_use]
    pub fn purse(&self) -> Purse {
        Purse {
            quotas: self.table(),
            catalogue: self.settings.catalogue.clone(),
            allowance: self.settings.allowance,
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        }
    }

    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> Arc<Bucket> {
        let bucket = Bucket::new(self.platform.s3(), self.settings.bucket.clone());
        self.remotes.note(bucket)
    }

    /// Makes the table and the bucket where there are none: the local stack's set-up. On AWS the template does it.
    ///
    /// # Errors
    /// The stores' own.
    pub async fn create_stores(&self) -> Result<(), StoreError> {
        aws::create_table(&self.platform.dynamodb(), &self.settings.table).await?;
        self.bucket().create_if_absent().await
    }

    /// The workers.
    #[must_use]
    pub fn workers(&self) -> Arc<Workers> {
        let workers = Workers::new(self.platform.lambda(), self.settings.worker_function.clone());
        self.remotes.note(workers)
    }

    /// The open connections.
    ///
    /// # Errors
    /// [`SettingError`] if their endpoint is not set.
    pub fn sockets(&self) -> Result<Arc<Sockets>, SettingError> {
        let client = self.platform.connections().ok_or_else(|| SettingError::missing("CONNECTIONS_ENDPOINT"))?;
        Ok(self.remotes.note(Sockets::new(client)))
    }

    /// Opens a connection to everything that was made so far, so that the first event does not wait for it.
    pub async fn warm(&self) {
        self.remotes.warm().await;
    }

    /// The models.
    ///
    /// # Errors
    /// [`SettingError`] if no TLS client can be set up.
    pub fn model(&self) -> Result<Arc<OpenAi>, SettingError> {
        let keys = self.settings.key_secret.as_ref().map(|name| {
            let secret = Secret::new(self.platform.secrets(), name.clone());
            Arc::new(SecretKey::new(secret)) as Arc<dyn KeySource>
        });
        OpenAi::new(self.settings.provider.clone(), keys)
            .map(|model| self.remotes.note(model))
            .map_err(|error| SettingError { name: "OPENAI_BASE_URL", problem: error.to_string() })
    }

    /// Says whose a token is.
    ///
    /// # Errors
    /// [`SettingError`] if it is not set how people say who they are.
    pub fn authenticator(&self) -> Result<Arc<dyn Authenticator>, SettingError> {
        let unset = || SettingError {
            name: "AUTH",
            problem: "is not set; say who may use this: jwt, token or none".to_owned(),
        };
        Ok(match self.settings.authentication.as_ref().ok_or_else(unset)? {
            Authentication::None => Arc::new(Anonymous),
            Authentication::Tokens(tokens) => Arc::<SharedTokens>::new(tokens.clone()),
            Authentication::WebTokens { issuer, audience, key } => {
                let keys = match key {
                    WebTokenKey::Secret(key) => Keys::secret(Arc::new(TokenKey::Setting(key.clone()))),
                    WebTokenKey::NamedSecret(name) => {
                        let secret = Secret::new(self.platform.secrets(), name.clone());
                        Keys::secret(Arc::new(TokenKey::Secret(secret)))
                    }
                    WebTokenKey::Published(algorithm, document) => {
                        let source = Arc::new(TokenKey::Document(document.clone()));
                        Keys::published(*algorithm, source, self.clock.clone())
                    }
                };
                Arc::new(WebTokens::new(keys, issuer.clone(), audience.clone(), self.clock.clone()))
            }
        })
    }

    /// The provider's key, to see whether there is one.
    #[must_use]
    pub fn provider_key(&self) -> Arc<dyn ProviderKey> {
        let Settings { key_secret, provider, origin, .. } = &self.settings;
        match key_secret {
            Some(name) if provider.key.is_none() => Arc::new(Secret::new(self.platform.secrets(), name.clone())),
            Some(_) | None => Arc::new(KeySetting { is_present: provider.key.is_some() || *origin != Origin::OpenAi }),
        }
    }

    /// The public web.
    ///
    /// # Errors
    /// [`SettingError`] if no TLS client can be set up.
    pub fn web(&self) -> Result<Arc<Web>, SettingError> {
        Web::new().map(Arc::new).map_err(|error| SettingError { name: "TLS", problem: error.to_string() })
    }

    /// The service that takes pictures of pages, if one is set.
    ///
    /// # Errors
    /// [`SettingError`] if its address cannot be used.
    pub fn screenshots(&self) -> Result<Option<Arc<ScreenshotService>>, SettingError> {
        let Some(ScreenshotSetting { template, key }) = &self.settings.screenshots else { return Ok(None) };
        ScreenshotService::new(template, key.clone())
            .map(|service| Some(Arc::new(service)))
            .map_err(|error| SettingError { name: "SCREENSHOT_URL", problem: error.to_string() })
    }
}
