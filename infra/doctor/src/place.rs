use crate::TokenState;

/// Where the deployment runs, as far as its address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surroundings {
    /// On this machine.
    Here,
    /// Behind API Gateway's own name.
    Aws,
    /// Anywhere else, usually behind a proxy.
    Elsewhere,
}

/// Where a symptom was seen: what decides between causes that look alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The host, as the URL says.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether TLS is used.
    pub secure: bool,
    /// Where it runs.
    pub surroundings: Surroundings,
    /// The path of the WebSocket's URL.
    pub socket_path: String,
    /// A proxy that names itself in its answers (`nginx`, `cloudflare`).
    pub proxy: Option<String>,
    /// What can be seen of the token.
    pub token: TokenState,
}

impl Place {
    /// Whether the WebSocket's path ends with the stage, without which nothing opens.
    #[must_use]
    pub fn has_stage(&self) -> bool {
        self.socket_path.trim_end_matches('/').ends_with("/generate-code")
    }
}
