//! A quota as it is configured: `minute:60,running:32,tokens:5000000,usd:20`. What is not named keeps its default; `none` is no
//! limit.

use super::Quota;
use std::fmt;

/// A text that is no quota.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not one of minute:N, running:N, tokens:N, usd:N, each a number or `none`, separated by commas")]
pub struct NotAQuota(pub String);

impl Quota {
    /// Nothing is limited.
    pub const NONE: Self = Self {
        generations_per_minute: u64::MAX,
        running: u64::MAX,
        tokens_per_day: u64::MAX,
        micro_usd_per_day: u64::MAX,
    };

    /// Reads a setting over the defaults.
    ///
    /// # Errors
    /// [`NotAQuota`] with the part that cannot be read.
    pub fn read(text: &str, defaults: Self) -> Result<Self, NotAQuota> {
        let mut quota = defaults;
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = || NotAQuota(part.to_owned());
            let (name, value) = part.split_once(':').ok_or_else(wrong)?;
            let (name, value) = (name.trim(), value.trim());
            let number = || if value == "none" { Ok(u64::MAX) } else { value.parse().map_err(|_| wrong()) };
            match name {
                "minute" => quota.generations_per_minute = number()?,
                "running" => quota.running = number()?,
                "tokens" => quota.tokens_per_day = number()?,
                "usd" if value == "none" => quota.micro_usd_per_day = u64::MAX,
                "usd" => {
                    let usd: f64 = value.parse().map_err(|_| wrong())?;
                    if !(0.0..=1e9).contains(&usd) {
                        return Err(wrong());
                    }
                    quota.micro_usd_per_day = super::micro_usd(usd);
                }
                _ => return Err(wrong()),
            }
        }
        Ok(quota)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: u64| if value == u64::MAX { "none".to_owned() } else { value.to_string() };
        let usd = if self.micro_usd_per_day == u64::MAX {
            "none".to_owned()
        } else {
            format!("{}.{:06}", self.micro_usd_per_day / 1_000_000, self.micro_usd_per_day % 1_000_000)
        };
        write!(
            f,
            "minute:{},running:{},tokens:{},usd:{usd}",
            number(self.generations_per_minute),
            number(self.running),
            number(self.tokens_per_day)
        )
    }
}
