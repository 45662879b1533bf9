//! The functions' settings on this machine: what the environment says about models, and our own endpoints.

use crate::stack::Addresses;
use boot::{SettingError, Settings};

/// The Region and credentials that the stand-ins accept. They are no secret: the ports are on loopback.
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const ACCESS_KEY_ID: &str = "local";
pub(crate) const SECRET_ACCESS_KEY: &str = "local-secret";
pub(crate) const TABLE: &str = "quartet";
pub(crate) const BUCKET: &str = "quartet";

/// Names further machines under which a proxy serves this stack.
pub(crate) const ALLOWED_HOSTS: &str = "ALLOWED_HOSTS";
/// Names pages of other hosts that may call and read the answers.
pub(crate) const CORS_ORIGINS: &str = "CORS_ORIGINS";

/// What a person may set, as it is.
const PASSED_ON: [&str; 21] = [
    "AUTH",
    "AUTH_TOKENS",
    "JWT_ISSUER",
    "JWT_AUDIENCE",
    "JWT_ALGORITHM",
    "JWT_JWKS_URL",
    "JWT_KEY",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "MODELS",
    "MODELS_ALLOWED",
    "MODEL_CATALOGUE",
    "IMAGE_MODEL",
    "PUSH_INTERVAL_MS",
    "LEASE_MS",
    "RETENTION_DAYS",
    "QUOTA_USER",
    "QUOTA_STACK",
    "SCREENSHOT_URL",
    "SCREENSHOT_API_KEY",
    "WEBSOCKET_URL",
];

/// The variables that a function would be given, for this stack.
pub(crate) fn variables(
    addresses: &Addresses,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Vec<(&'static str, String)> {
    let platform = format!("http://{}", addresses.platform);
    let mut variables = vec![
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
        ("AWS_ENDPOINT_URL", platform.clone()),
        ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", addresses.dynamodb)),
        ("CONNECTIONS_ENDPOINT", format!("{platform}/{}", crate::gateway::STAGE)),
        ("TABLE", TABLE.to_owned()),
        ("BUCKET", BUCKET.to_owned()),
        ("VARIANT_FUNCTION", "variant".to_owned()),
    ];
    for name in PASSED_ON {
        variables.extend(environment(name).filter(|value| !value.trim().is_empty()).map(|value| (name, value)));
    }
    // Only this machine comes in, and nobody on it is asked who they are - unless a proxy lets others in: then it has to be said.
    if !variables.iter().any(|(name, _)| *name == "AUTH")
        && environment(ALLOWED_HOSTS).is_none_or(|hosts| hosts.trim().is_empty())
    {
        variables.push(("AUTH", "none".to_owned()));
    }
    // Without a key and without a server of one's own, the demo model answers - through the same client code.
    if !variables.iter().any(|(name, _)| matches!(*name, "OPENAI_API_KEY" | "OPENAI_BASE_URL")) {
        variables.push(("OPENAI_BASE_URL", format!("{platform}{}", crate::demo::BASE)));
        variables.push(("DEMO_MODEL", "1".to_owned()));
    }
    variables
}

pub(crate) fn read(
    addresses: &Addresses,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, SettingError> {
    let variables = variables(addresses, environment);
    Settings::read(&|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
}

#[cfg(test)]
mod tests;
