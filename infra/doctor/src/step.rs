use std::fmt;

/// What is checked, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The URL can be read and its name is known.
    Address,
    /// Something listens there.
    Tcp,
    /// TLS, and the certificate with its dates.
    Tls,
    /// Quartet answers over HTTP.
    Health,
    /// This machine and the server agree on the time.
    Time,
    /// The table answers.
    Table,
    /// The bucket answers.
    Bucket,
    /// There is a key for the provider.
    Key,
    /// The page comes, with its content security policy.
    Page,
    /// The caller may read over HTTP.
    Access,
    /// The models of the line-up have not been shut down.
    Models,
    /// The WebSocket opens.
    Upgrade,
    /// The first message is greeted: what the server sends by itself arrives.
    Greeting,
    /// A ping is answered.
    Ping,
    /// Messages of each size class arrive, up to API Gateway's limit.
    Sizes,
    /// A small generation begins.
    Generation,
    /// Its chunks come in order, none missing, none twice.
    Order,
    /// A connection that is lost in mid-stream, and another that resumes, show all of it.
    Resume,
    /// HTTP serves the same.
    Recovery,
    /// A connection that says nothing stays open.
    Idle,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 20] = [
        Self::Address,
        Self::Tcp,
        Self::Tls,
        Self::Health,
        Self::Time,
        Self::Table,
        Self::Bucket,
        Self::Key,
        Self::Page,
        Self::Access,
        Self::Models,
        Self::Upgrade,
        Self::Greeting,
        Self::Ping,
        Self::Sizes,
        Self::Generation,
        Self::Order,
        Self::Resume,
        Self::Recovery,
        Self::Idle,
    ];

    /// The stable name, for machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Health => "health",
            Self::Time => "time",
            Self::Table => "table",
            Self::Bucket => "bucket",
            Self::Key => "key",
            Self::Models => "models",
            Self::Page => "page",
            Self::Access => "access",
            Self::Upgrade => "upgrade",
            Self::Greeting => "greeting",
            Self::Ping => "ping",
            Self::Sizes => "sizes",
            Self::Generation => "generation",
            Self::Order => "order",
            Self::Resume => "resume",
            Self::Recovery => "recovery",
            Self::Idle => "idle",
        }
    }

    /// For people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Address => "address and DNS",
            Self::Tcp => "TCP connection",
            Self::Tls => "TLS and certificate",
            Self::Health => "HTTP health",
            Self::Time => "clocks agree",
            Self::Table => "table",
            Self::Bucket => "bucket",
            Self::Key => "provider key",
            Self::Models => "models on offer",
            Self::Page => "page and its policy",
            Self::Access => "authentication",
            Self::Upgrade => "WebSocket upgrade",
            Self::Greeting => "first message",
            Self::Ping => "ping and pong",
            Self::Sizes => "messages up to 128 KB",
            Self::Generation => "a generation begins",
            Self::Order => "chunks in order",
            Self::Resume => "disconnect and resume",
            Self::Recovery => "recovery over HTTP",
            Self::Idle => "idle connection",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}
