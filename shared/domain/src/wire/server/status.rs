//! Words about a variant that is under way.

use super::{Kind, ServerMessage};
use crate::ids::VariantKey;
use crate::retry::span;
use crate::variant::{Gone, Substitute, Variant};
use serde_json::json;

impl ServerMessage {
    /// `status`: a word about a variant.
    #[must_use]
    pub fn status(key: &VariantKey, text: &str) -> Self {
        Self { value: Some(text.to_owned()), ..Self::of_variant(Kind::Status, key) }
    }

    /// `status`: a worker for the variant has been asked for.
    #[must_use]
    pub fn waiting(key: &VariantKey, model: &str) -> Self {
        let data = json!({"code": "waiting", "model": model});
        Self { data: Some(data), ..Self::status(key, &format!("Waiting for {model}")) }
    }

    /// `status`: the provider's answer broke off, and it is asked again after so many milliseconds.
    #[must_use]
    pub fn asking_again(key: &VariantKey, pause_ms: u64) -> Self {
        let text = format!("The provider did not answer to the end. Asking again in {}.", span(pause_ms));
        Self { data: Some(json!({"code": "asking_again", "pauseMs": pause_ms})), ..Self::status(key, &text) }
    }

    /// `status`: another model answers than was asked for. Nothing while the one that was asked for does.
    #[must_use]
    pub fn substituted(variant: &Variant) -> Option<Self> {
        let Substitute { model, reason } = variant.account.substitute.as_ref()?;
        let asked = &variant.model;
        let text = match reason {
            Gone::ShutDown => format!("{asked} has been shut down by its provider; {model} answers instead."),
            Gone::NotFound => format!("The provider does not know {asked}; {model} answers instead."),
        };
        let data = json!({"model": asked, "modelUsed": model, "reason": reason});
        Some(Self { data: Some(data), ..Self::status(&variant.key, &text) })
    }
}
