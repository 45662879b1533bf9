//! Design systems: texts in Markdown that a person keeps, so that pages follow them.

use crate::error::Refusal;
use crate::ids::DesignSystemId;
use crate::limits::{DESIGN_SYSTEM_BYTES_MAX, NAME_BYTES_MAX};
use crate::request::fields::Fields;
use serde_json::{Map, Value};

/// A design system as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesignSystem {
    /// Its id.
    pub id: DesignSystemId,
    /// What a person calls it.
    pub name: String,
    /// The text, in Markdown.
    pub content: String,
    /// When it was made, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub updated_at_ms: u64,
}

/// What a client wants to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDesignSystem {
    /// What a person calls it; not blank.
    pub name: String,
    /// The text.
    pub content: String,
}

/// A change: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DesignSystemChange {
    /// The new name; not blank.
    pub name: Option<String>,
    /// The new text.
    pub content: Option<String>,
}

impl NewDesignSystem {
    /// Reads `{name, content}`.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field: a name that is missing or blank, or a text over its limit.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let DesignSystemChange { name, content } = DesignSystemChange::read(object)?;
        Ok(Self { name: name.ok_or_else(nameless)?, content: content.unwrap_or_default() })
    }
}

impl DesignSystemChange {
    /// Reads `{name?, content?}`.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field: a name that is blank, or a text over its limit.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let fields = Fields::of(object);
        let name = fields.text("name", NAME_BYTES_MAX)?.map(|name| name.trim().to_owned());
        if name.as_deref() == Some("") {
            return Err(nameless());
        }
        Ok(Self { name, content: fields.text("content", DESIGN_SYSTEM_BYTES_MAX)? })
    }
}

fn nameless() -> Refusal {
    Refusal::field("name", "Give the design system a name.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use serde_json::json;

    fn change(value: &Value) -> Result<DesignSystemChange, Refusal> {
        DesignSystemChange::read(value.as_object().unwrap())
    }

    #[test]
    fn a_new_one_needs_a_name_and_a_change_may_not_blank_it() {
        for wrong in [json!({}), json!({"name": null}), json!({"name": " "}), json!({"content": "# A"})] {
            let refusal = NewDesignSystem::read(wrong.as_object().unwrap()).unwrap_err();
            assert_eq!(refusal.field.as_deref(), Some("name"), "{wrong}");
        }
        assert_eq!(change(&json!({"name": "\t"})).unwrap_err().field.as_deref(), Some("name"));
        assert_eq!(change(&json!({})).unwrap(), DesignSystemChange::default());
    }

    #[test]
    fn texts_over_their_limits_are_refused_with_their_field() {
        for (field, bytes) in [("name", NAME_BYTES_MAX), ("content", DESIGN_SYSTEM_BYTES_MAX)] {
            assert!(change(&json!({field: "x".repeat(bytes)})).is_ok());
            let refusal = change(&json!({field: "x".repeat(bytes + 1)})).unwrap_err();
            assert_eq!((refusal.field.as_deref(), refusal.code), (Some(field), ErrorCode::TooLarge));
        }
    }

    #[test]
    fn names_are_kept_without_the_space_around_them_and_texts_as_they_are() {
        let new = NewDesignSystem::read(json!({"name": " Blue ", "content": " # A\n"}).as_object().unwrap()).unwrap();
        assert_eq!(new, NewDesignSystem { name: "Blue".to_owned(), content: " # A\n".to_owned() });
    }
}
