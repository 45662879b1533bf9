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
    /// Permit an upload.
    Upload,
    /// Stop one.
    Cancel,
    /// The versions of a page: a generation and its changes.
    Versions,
    /// Pick a winner.
    Pick,
    /// How the models compare.
    Tally,
    /// Make a link that shows one to others.
    Share,
    /// The links of one.
    Shares,
    /// Revoke a link.
    Unshare,
    /// Delete one.
    Delete,
    /// A variant's page.
    Page,
    /// A picture that was drawn for a variant's page.
    Picture,
    /// A variant's chunks.
    Chunks,
    /// A user's design systems; the screenshot-to-code frontend lists them when it loads.
    DesignSystems,
    /// Keep a design system.
    AddDesignSystem,
    /// Change one.
    ChangeDesignSystem,
    /// Remove one.
    RemoveDesignSystem,
    /// The description of all of these.
    OpenApi,
    /// What the screenshot-to-code frontend asks when its settings open.
    Capabilities,
    /// A picture of a page on the web.
    Screenshot,
    /// A page and its pictures as an archive.
    Export,
    /// Everything else: the web page's files.
    File,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 28] = [
        Self::Health,
        Self::ApiHealth,
        Self::Config,
        Self::Models,
        Self::List,
        Self::Start,
        Self::Read,
        Self::Upload,
        Self::Cancel,
        Self::Versions,
        Self::Pick,
        Self::Tally,
        Self::Share,
        Self::Shares,
        Self::Unshare,
        Self::Delete,
        Self::Page,
        Self::Picture,
        Self::Chunks,
        Self::DesignSystems,
        Self::AddDesignSystem,
        Self::ChangeDesignSystem,
        Self::RemoveDesignSystem,
        Self::OpenApi,
        Self::Capabilities,
        Self::Screenshot,
        Self::Export,
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
            Self::Upload => "POST /api/uploads",
            Self::Cancel => "POST /api/generations/{id}/cancel",
            Self::Versions => "GET /api/generations/{id}/versions",
            Self::Pick => "PUT /api/generations/{id}/winner",
            Self::Tally => "GET /api/tally",
            Self::Share => "POST /api/generations/{id}/share",
            Self::Shares => "GET /api/generations/{id}/share",
            Self::Unshare => "DELETE /api/generations/{id}/share/{share}",
            Self::Delete => "DELETE /api/generations/{id}",
            Self::Page => "GET /api/generations/{id}/variants/{n}",
            Self::Picture => "GET /api/generations/{id}/variants/{n}/pictures/{picture}",
            Self::Chunks => "GET /api/generations/{id}/variants/{n}/chunks",
            Self::DesignSystems => "GET /api/design-systems",
            Self::AddDesignSystem => "POST /api/design-systems",
            Self::ChangeDesignSystem => "PATCH /api/design-systems/{id}",
            Self::RemoveDesignSystem => "DELETE /api/design-systems/{id}",
            Self::OpenApi => "GET /api/openapi.json",
            Self::Capabilities => "GET /api/capabilities",
            Self::Screenshot => "POST /api/screenshot",
            Self::Export => "POST /api/export",
            Self::File => "$default",
        }
    }

    /// Whether the route is one of screenshot-to-code's, whose frontend reads a refusal's `detail`.
    #[must_use]
    pub const fn is_peers(self) -> bool {
        match self {
            Self::DesignSystems
            | Self::AddDesignSystem
            | Self::ChangeDesignSystem
            | Self::RemoveDesignSystem
            | Self::Capabilities
            | Self::Screenshot
            | Self::Export => true,
            Self::Health
            | Self::ApiHealth
            | Self::Config
            | Self::Models
            | Self::List
            | Self::Start
            | Self::Upload
            | Self::Read
            | Self::Cancel
            | Self::Versions
            | Self::Pick
            | Self::Tally
            | Self::Share
            | Self::Shares
            | Self::Unshare
            | Self::Delete
            | Self::Page
            | Self::Picture
            | Self::Chunks
            | Self::OpenApi
            | Self::File => false,
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
