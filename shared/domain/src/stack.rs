//! The choices of a request: the stack of the page, what it is made from, and whether it is new.

use serde::{Deserialize, Serialize};

/// What the page is built with (`generatedCodeConfig`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stack {
    /// HTML with Tailwind classes.
    HtmlTailwind,
    /// HTML with a style sheet of its own.
    HtmlCss,
    /// React in the page, with Tailwind.
    ReactTailwind,
    /// HTML with Bootstrap.
    Bootstrap,
    /// Vue in the page, with Tailwind.
    VueTailwind,
    /// Ionic's web components with Tailwind.
    IonicTailwind,
}

impl Stack {
    /// All stacks, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::HtmlTailwind,
        Self::HtmlCss,
        Self::ReactTailwind,
        Self::Bootstrap,
        Self::VueTailwind,
        Self::IonicTailwind,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HtmlTailwind => "html_tailwind",
            Self::HtmlCss => "html_css",
            Self::ReactTailwind => "react_tailwind",
            Self::Bootstrap => "bootstrap",
            Self::VueTailwind => "vue_tailwind",
            Self::IonicTailwind => "ionic_tailwind",
        }
    }

    /// The stack of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stack| stack.name() == name)
    }
}

/// What the page is made from (`inputMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputMode {
    /// One to five screenshots.
    Image,
    /// A description.
    Text,
}

/// Whether a page is new or changes one (`generationType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenerationType {
    /// A new page.
    Create,
    /// A change to a page that is given in the request.
    Update,
}
