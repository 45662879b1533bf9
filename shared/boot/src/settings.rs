use aws::{Access, Endpoints};
use domain::limits::{HEARTBEAT_MS, LEASE_MS, PUSH_INTERVAL_MS, QUOTA_OF_STACK, QUOTA_OF_USER};
use domain::models::{Catalogue, Offer};
use domain::quota::{Allowance, Quota};
use fetch::{ScreenshotKey, ScreenshotService};
use openai::{ApiKey, Provider};
use std::sync::Arc;

mod authentication;
mod models;

pub use authentication::{Authentication, WebTokenKey};

/// Where pages come from; shown to people, so that nobody takes the demo for a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// OpenAI.
    OpenAi,
    /// Another OpenAI-compatible server.
    Compatible,
    /// The built-in demo.
    Demo,
}

impl Origin {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Compatible => "compatible",
            Self::Demo => "demo",
        }
    }
}

/// The service that takes pictures of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenshotSetting {
    /// Its address, with `{url}` where the page's goes and `{key}` where the key goes.
    pub template: String,
    /// The key.
    pub key: Option<ScreenshotKey>,
}

/// A setting that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct SettingError {
    /// The environment variable.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl SettingError {
    /// A variable that has to be set and is not.
    #[must_use]
    pub fn missing(name: &'static str) -> Self {
        Self { name, problem: "is not set".to_owned() }
    }
}

/// Everything that is configured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `AWS_REGION` and the credentials that Lambda puts beside it.
    pub access: Access,
    /// `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_DYNAMODB`, `…_S3`, `…_LAMBDA`, `…_SECRETS_MANAGER`, and `CONNECTIONS_ENDPOINT`.
    pub endpoints: Endpoints,
    /// `TABLE`.
    pub table: String,
    /// `BUCKET`.
    pub bucket: String,
    /// `VARIANT_FUNCTION`: the worker's name.
    pub worker_function: String,
    /// `OPENAI_BASE_URL` and `OPENAI_API_KEY`.
    pub provider: Provider,
    /// `OPENAI_API_KEY_SECRET`: the name or ARN of the secret that holds the key, where it is not a variable.
    pub key_secret: Option<String>,
    /// What the provider is.
    pub origin: Origin,
    /// `MODEL_CATALOGUE`, over the built-in one.
    pub catalogue: Arc<Catalogue>,
    /// `MODELS` and `MODELS_ALLOWED`, comma-separated, or what the catalogue says.
    pub offer: Arc<Offer>,
    /// `IMAGE_MODEL`: what draws pictures in place of a page's placeholders; nothing does unless it is set.
    pub image_model: Option<String>,
    /// `PUSH_INTERVAL_MS`: the time between two chunks of a variant.
    pub push_interval_ms: u64,
    /// `LEASE_MS`: how long a claim holds without a sign of life.
    pub lease_ms: u64,
    /// `QUOTA_USER` and `QUOTA_STACK`: what may be spent, by each user and by all of them.
    pub allowance: Allowance,
    /// `RETENTION_DAYS`: how long generations are kept; without it, until their owners delete them.
    pub retention_ms: Option<u64>,
    /// `SCREENSHOT_URL` and `SCREENSHOT_API_KEY`: the service that takes pictures of pages, if there is one.
    pub screenshots: Option<ScreenshotSetting>,
    /// `AUTH` and what belongs to it; nothing is assumed where it is not set.
    pub authentication: Option<Authentication>,
    /// `WEBSOCKET_URL`: where browsers connect, if it is not the page's own host.
    pub websocket_url: Option<String>,
}

impl Settings {
    /// Where browsers upload to: the origin of the bucket, as permissions name it.
    #[must_use]
    pub fn upload_origin(&self) -> String {
        match &self.endpoints.s3 {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => format!("https://{}.s3.{}.amazonaws.com", self.bucket, self.access.region),
        }
    }

    /// Reads the settings from `lookup`, which is the environment outside of tests.
    ///
    /// # Errors
    /// [`SettingError`] with the first variable that is missing or wrong.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let optional = |name: &str| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let required = |name: &'static str| optional(name).ok_or_else(|| SettingError::missing(name));
        let provider = Provider {
            base_url: optional("OPENAI_BASE_URL")
                .map_or_else(|| Provider::OPENAI.to_owned(), |url| url.trim_end_matches('/').to_owned()),
            key: optional("OPENAI_API_KEY").map(ApiKey::new),
        };
        if !provider.base_url.starts_with("https://") && !provider.base_url.starts_with("http://") {
            return Err(SettingError {
                name: "OPENAI_BASE_URL",
                problem: "is not an http:// or https:// URL".to_owned(),
            });
        }
        let origin = if optional("DEMO_MODEL").is_some() {
            Origin::Demo
        } else if provider.base_url == Provider::OPENAI {
            Origin::OpenAi
        } else {
            Origin::Compatible
        };
        let catalogue = models::catalogue(optional(models::CATALOGUE))?;
        let offer = models::offer(&catalogue, origin, optional(models::LINE_UP), optional(models::ALLOWED))?;
        Ok(Self {
            access: Access {
                region: required("AWS_REGION")?,
                access_key_id: required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
                session_token: optional("AWS_SESSION_TOKEN"),
            },
            endpoints: Endpoints {
                dynamodb: optional("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| optional("AWS_ENDPOINT_URL")),
                s3: optional("AWS_ENDPOINT_URL_S3").or_else(|| optional("AWS_ENDPOINT_URL")),
                lambda: optional("AWS_ENDPOINT_URL_LAMBDA").or_else(|| optional("AWS_ENDPOINT_URL")),
                secrets: optional("AWS_ENDPOINT_URL_SECRETS_MANAGER").or_else(|| optional("AWS_ENDPOINT_URL")),
                connections: optional("CONNECTIONS_ENDPOINT"),
            },
            table: required("TABLE")?,
            bucket: required("BUCKET")?,
            worker_function: required("VARIANT_FUNCTION")?,
            catalogue: Arc::new(catalogue),
            offer: Arc::new(offer),
            image_model: models::image_model(optional(models::IMAGES))?,
            key_secret: optional("OPENAI_API_KEY_SECRET"),
            provider,
            origin,
            push_interval_ms: milliseconds(
                "PUSH_INTERVAL_MS",
                optional("PUSH_INTERVAL_MS"),
                PUSH_INTERVAL_MS,
                1,
                10_000,
            )?,
            lease_ms: milliseconds("LEASE_MS", optional("LEASE_MS"), LEASE_MS, 3 * HEARTBEAT_MS, 300_000)?,
            allowance: Allowance {
                user: quota("QUOTA_USER", optional("QUOTA_USER").as_deref(), QUOTA_OF_USER)?,
                stack: quota("QUOTA_STACK", optional("QUOTA_STACK").as_deref(), QUOTA_OF_STACK)?,
            },
            retention_ms: retention(optional("RETENTION_DAYS"))?,
            screenshots: screenshots(optional("SCREENSHOT_URL"), optional("SCREENSHOT_API_KEY")),
            authentication: authentication::read(&optional)?,
            websocket_url: optional("WEBSOCKET_URL"),
        })
    }
}

/// A key alone is one of `ScreenshotOne`, which is what screenshot-to-code uses.
fn screenshots(template: Option<String>, key: Option<String>) -> Option<ScreenshotSetting> {
    let key = key.map(ScreenshotKey::new);
    let template = template.or_else(|| key.is_some().then(|| ScreenshotService::SCREENSHOT_ONE.to_owned()))?;
    Some(ScreenshotSetting { template, key })
}

fn quota(name: &'static str, value: Option<&str>, defaults: Quota) -> Result<Quota, SettingError> {
    let wrong = |error: &dyn std::fmt::Display| SettingError { name, problem: error.to_string() };
    Quota::read(value.unwrap_or_default(), defaults).map_err(|error| wrong(&error))
}

/// Days; 0 is for ever.
fn retention(value: Option<String>) -> Result<Option<u64>, SettingError> {
    const DAY_MS: u64 = 24 * 3_600_000;
    let Some(value) = value else { return Ok(None) };
    let days: Option<u64> = value.parse().ok().filter(|days| *days <= 36_500);
    let problem = || "is not a whole number of days from 0 (for ever) to 36500".to_owned();
    let days = days.ok_or_else(|| SettingError { name: "RETENTION_DAYS", problem: problem() })?;
    Ok((days > 0).then_some(days * DAY_MS))
}

fn milliseconds(
    name: &'static str,
    value: Option<String>,
    default: u64,
    min: u64,
    max: u64,
) -> Result<u64, SettingError> {
    let Some(value) = value else { return Ok(default) };
    value
        .parse()
        .ok()
        .filter(|number| (min..=max).contains(number))
        .ok_or_else(|| SettingError { name, problem: format!("is not a number of milliseconds from {min} to {max}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 6] = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "canary-secret"),
        ("TABLE", "t-1"),
        ("BUCKET", "b"),
        ("VARIANT_FUNCTION", "variant"),
    ];

    fn read(more: &[(&str, &str)]) -> Result<Settings, SettingError> {
        let all: Vec<(&str, &str)> = more.iter().chain(&REQUIRED).copied().collect();
        Settings::read(&|name| all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_missing_variable_is_named() {
        for (name, _) in REQUIRED {
            assert_eq!(read(&[(name, " ")]).unwrap_err(), SettingError::missing(name));
        }
    }

    #[test]
    fn wrong_values_are_named() {
        for (name, value) in [
            ("OPENAI_BASE_URL", "ftp://models"),
            ("MODELS", "a,,b"),
            ("MODELS", "gpt-6-astra"),
            ("MODELS_ALLOWED", ","),
            ("MODEL_CATALOGUE", "{"),
            ("MODEL_CATALOGUE", "/no/such/file"),
            ("IMAGE_MODEL", "a, b"),
            ("PUSH_INTERVAL_MS", "fast"),
            ("LEASE_MS", "0"),
            ("RETENTION_DAYS", "a week"),
            ("QUOTA_USER", "minute:many"),
            ("QUOTA_STACK", "hour:5"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err().name, name);
        }
    }

    #[test]
    fn nothing_draws_pictures_unless_a_model_is_named() {
        assert_eq!(read(&[]).unwrap().image_model, None);
        assert_eq!(
            read(&[("IMAGE_MODEL", " gpt-image-2.5-flare ")]).unwrap().image_model.as_deref(),
            Some("gpt-image-2.5-flare")
        );
    }

    #[test]
    fn settings_never_show_a_secret() {
        let settings = read(&[
            ("OPENAI_API_KEY", "sk-canary"),
            ("AWS_SESSION_TOKEN", "canary-token"),
            ("SCREENSHOT_API_KEY", "canary-key"),
        ])
        .unwrap();
        let shown = format!("{settings:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn uploads_go_to_the_buckets_own_host_unless_s3_is_elsewhere() {
        assert_eq!(read(&[]).unwrap().upload_origin(), "https://b.s3.eu-west-1.amazonaws.com");
        assert_eq!(read(&[("AWS_ENDPOINT_URL", "http://a:1/")]).unwrap().upload_origin(), "http://a:1");
    }

    #[test]
    fn one_endpoint_serves_all_unless_a_service_has_its_own() {
        let settings = read(&[("AWS_ENDPOINT_URL", "http://a"), ("AWS_ENDPOINT_URL_S3", "http://b")]).unwrap();
        assert_eq!(settings.endpoints.dynamodb.as_deref(), Some("http://a"));
        assert_eq!(settings.endpoints.s3.as_deref(), Some("http://b"));
    }
}
