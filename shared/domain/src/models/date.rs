use serde::{Deserialize, Serialize};
use std::fmt;
use time::{Date, Month};

/// The day on which a provider shuts a model down, as `2027-01-14`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShutdownDate(pub(super) Date);

impl ShutdownDate {
    /// Whether the whole day lies in the past, in UTC. Providers do not say at which hour they shut down; until the day is
    /// over the model is asked, and its answer decides.
    #[must_use]
    pub fn has_passed(self, now_ms: u64) -> bool {
        let over = self.0.next_day().unwrap_or(Date::MAX).midnight().assume_utc().unix_timestamp();
        i128::from(now_ms) >= i128::from(over) * 1_000
    }
}

impl fmt::Display for ShutdownDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl From<ShutdownDate> for String {
    fn from(date: ShutdownDate) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for ShutdownDate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| parts.next().filter(|part| part.len() == digits)?.parse::<u16>().ok();
        let (year, month, day) = (number(4), number(2), number(2));
        let read = |year: Option<u16>, month: Option<u16>, day: Option<u16>| {
            let month = Month::try_from(u8::try_from(month?).ok()?).ok()?;
            Date::from_calendar_date(i32::from(year?), month, u8::try_from(day?).ok()?).ok()
        };
        match (read(year, month, day), parts.next()) {
            (Some(date), None) => Ok(Self(date)),
            (Some(_) | None, Some(_) | None) => Err(format!("{text:?} is not a date like 2027-01-14")),
        }
    }
}
