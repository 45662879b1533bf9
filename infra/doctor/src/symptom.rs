use std::fmt;

/// What a step saw that it should not have seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symptom {
    /// The URL cannot be read.
    NotAUrl(String),
    /// No address for the name.
    NameUnknown,
    /// Nothing listens on the port; Quartet does on another one of this machine, if one is given.
    Refused {
        /// The port on which it answers.
        answers_at: Option<u16>,
    },
    /// No connection in time, or no way to the host.
    Unreachable(String),
    /// TLS did not come about.
    Tls(TlsTrouble),
    /// TLS was tried, and the server speaks plain HTTP.
    SpeaksPlainHttp,
    /// Plain HTTP was tried, and the server speaks TLS.
    SpeaksTls,
    /// What answers is not HTTP.
    NotHttp(String),
    /// No answer in time.
    Silent,
    /// Quartet answers, but not at the URL's path.
    Elsewhere(String),
    /// Something answers that is not Quartet.
    Foreign,
    /// A status that should not come, with the beginning of its body.
    Status {
        /// The status.
        status: u16,
        /// The beginning of the body.
        body: String,
    },
    /// A part that is not well.
    Part(Part, State),
    /// The server's clock minus this machine's, in milliseconds.
    Skew(i64),
    /// Models of the line-up that have been shut down.
    Retired(Vec<String>),
    /// The page came without its content security policy.
    NoPolicy,
    /// The handshake was answered, but not with 101.
    NotUpgraded {
        /// The status.
        status: u16,
        /// The beginning of the body.
        body: String,
    },
    /// The handshake broke off.
    UpgradeBroken(String),
    /// A message was sent and nothing came back.
    NoAnswer,
    /// Answers come, but not what the server sends by itself.
    NoPushes,
    /// The gateway says that the function failed.
    InvocationFailed(String),
    /// The connection ended before its time, with this code; 1006 where it broke.
    Closed(u16),
    /// It ended upon a message of this size, with this code.
    ClosedUponSize {
        /// The message's bytes.
        bytes: usize,
        /// The close code.
        code: u16,
    },
    /// The request was refused, or the variant failed, with one of our codes.
    Failed {
        /// The code, as `model_not_found`.
        code: String,
        /// The server's words.
        message: String,
    },
    /// A generation was accepted and nothing came of it.
    NeverBegan,
    /// It began and did not come to its end.
    Stalled,
    /// A chunk is missing.
    Gap {
        /// The number that was due.
        expected: u32,
        /// The number that came.
        came: u32,
    },
    /// A chunk came twice.
    Repeated(u32),
    /// What was shown is not what is recorded.
    Differs(String),
    /// An idle connection was cut.
    Cut {
        /// After this many seconds.
        after_s: u64,
        /// With this code; 1006 where it broke.
        code: u16,
    },
}

/// What is wrong with TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsTrouble {
    /// The certificate's time is over, this many days.
    Expired(u64),
    /// Its time has not come.
    NotYetValid,
    /// It is signed by nobody that is trusted.
    UnknownIssuer,
    /// It is for other names.
    WrongName,
    /// Anything else.
    Other(String),
}

/// What a generation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The table.
    Table,
    /// The bucket.
    Bucket,
    /// The provider's key.
    Key,
}

impl Part {
    /// Its name in `/health`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Bucket => "bucket",
            Self::Key => "key",
        }
    }
}

/// How a part was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is not there.
    Missing,
    /// The function may not use it.
    Forbidden,
    /// Its setting is wrong.
    Misconfigured,
    /// It does not answer.
    Unavailable,
}

impl State {
    /// The state of that name in `/health`; `ok` and what is not known are none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Missing, Self::Forbidden, Self::Misconfigured, Self::Unavailable]
            .into_iter()
            .find(|state| state.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Forbidden => "forbidden",
            Self::Misconfigured => "misconfigured",
            Self::Unavailable => "unavailable",
        }
    }
}

impl fmt::Display for TlsTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(days) => write!(f, "the certificate expired {days} days ago"),
            Self::NotYetValid => f.write_str("the certificate is not valid yet"),
            Self::UnknownIssuer => f.write_str("the certificate is signed by nobody that is trusted"),
            Self::WrongName => f.write_str("the certificate is for other names"),
            Self::Other(words) => f.write_str(words),
        }
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAUrl(why) => write!(f, "the URL cannot be read: {why}"),
            Self::NameUnknown => f.write_str("the name has no address"),
            Self::Refused { answers_at: None } => f.write_str("connection refused"),
            Self::Refused { answers_at: Some(port) } => {
                write!(f, "connection refused, and Quartet answers on port {port}")
            }
            Self::Unreachable(words) | Self::UpgradeBroken(words) | Self::NotHttp(words) => f.write_str(words),
            Self::Tls(trouble) => trouble.fmt(f),
            Self::SpeaksPlainHttp => f.write_str("the server speaks plain HTTP on this port"),
            Self::SpeaksTls => f.write_str("the server speaks TLS on this port"),
            Self::Silent | Self::NoAnswer => f.write_str("no answer"),
            Self::Elsewhere(path) => write!(f, "Quartet is at {path}, not at this path"),
            Self::Foreign => f.write_str("something answers that is not Quartet"),
            Self::Status { status, body } | Self::NotUpgraded { status, body } => {
                if body.is_empty() {
                    write!(f, "status {status}")
                } else {
                    write!(f, "status {status}: {body}")
                }
            }
            Self::Part(part, state) => write!(f, "the {} is {}", part.name(), state.name()),
            Self::Skew(ms) => write!(f, "the server's clock is {:.1} s off", skew_s(*ms)),
            Self::Retired(models) => write!(f, "shut down by the provider: {}", models.join(", ")),
            Self::NoPolicy => f.write_str("the page has no Content-Security-Policy"),
            Self::NoPushes => f.write_str("answers come, but not what the server sends by itself"),
            Self::InvocationFailed(words) => write!(f, "the function failed: {words}"),
            Self::Closed(code) => write!(f, "the connection ended with {code}"),
            Self::ClosedUponSize { bytes, code } => write!(f, "a message of {bytes} bytes ended it with {code}"),
            Self::Failed { code, message } => write!(f, "{code}: {message}"),
            Self::NeverBegan => f.write_str("it was accepted, and nothing came"),
            Self::Stalled => f.write_str("it began, and did not come to its end"),
            Self::Gap { expected, came } => write!(f, "chunk {expected} was due and {came} came"),
            Self::Repeated(seq) => write!(f, "chunk {seq} came twice"),
            Self::Differs(what) => write!(f, "{what} is not what was shown"),
            Self::Cut { after_s, code } => write!(f, "cut after {after_s} s with {code}"),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds for people, to a tenth")]
fn skew_s(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}
