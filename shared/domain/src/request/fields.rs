//! Typed reading of a JSON object: every error names the path of the field and what would be right.

use crate::error::Refusal;
use serde_json::{Map, Value};

/// An object and the path that leads to it. `null` counts as absent, as the peer's clients use it.
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    prefix: String,
}

impl<'a> Fields<'a> {
    pub(crate) const fn of(object: &'a Map<String, Value>) -> Self {
        Self { object, prefix: String::new() }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str, bytes_max: usize) -> Result<Option<String>, Refusal> {
        self.get(name).map(|value| bounded_text(value, &self.path(name), bytes_max)).transpose()
    }

    /// A text that says something: blank counts as absent.
    pub(crate) fn filled(&self, name: &str, bytes_max: usize) -> Result<Option<String>, Refusal> {
        Ok(self.text(name, bytes_max)?.filter(|text| !text.trim().is_empty()))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.get(name)
            .map(|value| {
                value.as_bool().ok_or_else(|| Refusal::field(self.path(name), format!("{name} is true or false.")))
            })
            .transpose()
    }

    pub(crate) fn is_text(&self, name: &str, text: &str) -> bool {
        self.get(name).and_then(Value::as_str) == Some(text)
    }

    pub(crate) fn has_entries(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_array).is_some_and(|values| !values.is_empty())
    }

    /// A list of texts in which, as at the peer, `null` is the empty text and anything else is taken as it is written.
    pub(crate) fn loose_texts(&self, name: &str, count_max: usize, bytes_max: usize) -> Result<Vec<String>, Refusal> {
        let Some(values) = self.list(name, count_max)? else { return Ok(Vec::new()) };
        values
            .iter()
            .enumerate()
            .map(|(position, value)| match value {
                Value::Null => Ok(String::new()),
                Value::String(_) => bounded_text(value, &format!("{}[{position}]", self.path(name)), bytes_max),
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Ok(value.to_string()),
            })
            .collect()
    }

    pub(crate) fn count(&self, name: &str, default: u8, min: u8, max: u8) -> Result<u8, Refusal> {
        let Some(value) = self.get(name) else { return Ok(default) };
        value
            .as_u64()
            .and_then(|number| u8::try_from(number).ok())
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| Refusal::field(self.path(name), format!("{name} is a whole number from {min} to {max}.")))
    }

    pub(crate) fn choice<T: Copy>(&self, name: &str, default: T, choices: &[(&str, T)]) -> Result<T, Refusal> {
        if self.get(name).is_none() { Ok(default) } else { self.required_choice(name, choices) }
    }

    pub(crate) fn required_choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<T, Refusal> {
        let found = self.get(name).and_then(Value::as_str);
        choices.iter().find(|(choice, _)| Some(*choice) == found).map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
            Refusal::field(self.path(name), format!("{name} is one of {}.", names.join(", ")))
        })
    }

    pub(crate) fn names(&self, name: &str, count_max: usize, bytes_max: usize) -> Result<Option<Vec<String>>, Refusal> {
        let Some(values) = self.list(name, count_max)? else { return Ok(None) };
        values
            .iter()
            .enumerate()
            .map(|(position, value)| bounded_text(value, &format!("{}[{position}]", self.path(name)), bytes_max))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(Self { object, prefix: format!("{}.", self.path(name)) })),
            Some(_) => Err(Refusal::field(self.path(name), format!("{name} is an object."))),
        }
    }

    pub(crate) fn objects(&self, name: &str, count_max: usize) -> Result<Vec<Self>, Refusal> {
        let Some(values) = self.list(name, count_max)? else { return Ok(Vec::new()) };
        values
            .iter()
            .enumerate()
            .map(|(position, value)| {
                let path = format!("{}[{position}]", self.path(name));
                match value {
                    Value::Object(object) => Ok(Self { object, prefix: format!("{path}.") }),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                        Err(Refusal::field(&path, format!("{path} is an object.")))
                    }
                }
            })
            .collect()
    }

    fn list(&self, name: &str, count_max: usize) -> Result<Option<&'a Vec<Value>>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Array(values)) if values.len() <= count_max => Ok(Some(values)),
            Some(Value::Array(values)) => Err(Refusal::too_large(
                self.path(name),
                format!("{name} has {} entries; at most {count_max} are taken.", values.len()),
            )),
            Some(_) => Err(Refusal::field(self.path(name), format!("{name} is a list."))),
        }
    }
}

fn bounded_text(value: &Value, path: &str, bytes_max: usize) -> Result<String, Refusal> {
    match value {
        Value::String(text) if text.len() <= bytes_max => Ok(text.clone()),
        Value::String(text) => {
            Err(Refusal::too_large(path, format!("{path} has {} bytes; at most {bytes_max} are taken.", text.len())))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(Refusal::field(path, format!("{path} is a text.")))
        }
    }
}
