//! The route table. API Gateway (or its stand-in) matches a request to one of these keys; nothing is matched twice.

use std::fmt;

/// A route of the HTTP API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Whether the function answers.
    Health,
    /// The same, below `/api`.
    ApiHealth,
    /// What the page has to know before it connects.
    Config,
    /// The line-up.
    Models,
    /// A user's generations.
    List,
    /// Start without a socket.
    Start,
    /// One generation.
    Read,
    /// Stop one.
    Cancel,
    /// A variant's page.
    Page,
    /// A variant's chunks.
    Chunks,
    /// What the screenshot-to-code frontend asks when it loads.
    DesignSystems,
    /// What it asks when its settings open.
    Capabilities,
    /// Everything else: the web page's files.
    File,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 13] = [
        Self::Health,
        Self::ApiHealth,
        Self::Config,
        Self::Models,
        Self::List,
        Self::Start,
        Self::Read,
        Self::Cancel,
        Self::Page,
        Self::Chunks,
        Self::DesignSystems,
        Self::Capabilities,
        Self::File,
    ];

    /// The route's key, as API Gateway writes it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Health => "GET /health",
            Self::ApiHealth => "GET /api/health",
            Self::Config => "GET /api/config",
            Self::Models => "GET /api/models",
            Self::List => "GET /api/generations",
            Self::Start => "POST /api/generations",
            Self::Read => "GET /api/generations/{id}",
            Self::Cancel => "POST /api/generations/{id}/cancel",
            Self::Page => "GET /api/generations/{id}/variants/{n}",
            Self::Chunks => "GET /api/generations/{id}/variants/{n}/chunks",
            Self::DesignSystems => "GET /api/design-systems",
            Self::Capabilities => "GET /api/capabilities",
            Self::File => "$default",
        }
    }

    /// The route with that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.key() == key)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
