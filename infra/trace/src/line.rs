use crate::moment;
use domain::stage::Stage;
use serde_json::{Map, Value};

/// What every line has, which is not shown as a field.
const COMMON: [&str; 6] = ["timestamp", "level", "target", "message", "stage", "generation_id"];

/// One line of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// `INFO`, `WARN`, `ERROR`.
    pub level: String,
    /// The function or step that wrote it: `socket`, `variant`, `lifecycle`.
    pub from: String,
    /// The stage that was reached, if it is a stage's line.
    pub stage: Option<Stage>,
    /// The stage's name, or what else the line says.
    pub says: String,
    /// All of its fields.
    fields: Map<String, Value>,
}

impl Line {
    /// Reads one line as the functions write it: an object with `timestamp`, `level` and fields.
    #[must_use]
    pub fn of(value: Value) -> Option<Self> {
        let Value::Object(fields) = value else { return None };
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        let stage = text("stage").and_then(Stage::named);
        Some(Self {
            at_ms: moment::read(text("timestamp")?)?,
            level: text("level").unwrap_or("INFO").to_owned(),
            from: text("target").and_then(|target| target.split("::").next()).unwrap_or_default().to_owned(),
            stage,
            says: stage.map_or_else(|| text("message").unwrap_or_default().to_owned(), |stage| stage.name().to_owned()),
            fields,
        })
    }

    /// A field as text; numbers too.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Some(other.to_string()),
        }
    }

    /// A field as a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.fields.get(name).and_then(Value::as_u64)
    }

    /// The variant that it is about.
    #[must_use]
    pub fn variant(&self) -> Option<u8> {
        self.number("variant").and_then(|index| u8::try_from(index).ok()).or_else(|| {
            // Some lines name a variant as `ID/2`.
            self.fields.get("variant")?.as_str()?.rsplit(['/', '#']).next()?.parse().ok()
        })
    }

    /// Whether it is about this generation.
    #[must_use]
    pub fn is_about(&self, generation_id: &str) -> bool {
        self.fields.get("generation_id").and_then(Value::as_str) == Some(generation_id)
            || self.fields.get("variant").and_then(Value::as_str).is_some_and(|name| name.starts_with(generation_id))
    }

    /// The fields that tell something beside what is shown anyway, as `name=value`.
    #[must_use]
    pub fn details(&self) -> String {
        let shown = self.fields.iter().filter(|(name, value)| !COMMON.contains(&name.as_str()) && !value.is_null());
        let shown = shown.filter(|(name, _)| !matches!(name.as_str(), "variant" | "attempt"));
        let pairs = shown.map(|(name, _)| format!("{name}={}", self.field(name).unwrap_or_default()));
        pairs.collect::<Vec<_>>().join(" ")
    }
}
