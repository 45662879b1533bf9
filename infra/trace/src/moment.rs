//! Times as logs write them.

use time::{Date, Month, OffsetDateTime, Time};

/// Milliseconds since 1970 of a time as `2026-11-21T16:10:38.123456Z`.
pub(crate) fn read(text: &str) -> Option<u64> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-');
    let mut next = |digits: usize| date.next().filter(|part| part.len() == digits)?.parse::<u16>().ok();
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = whole.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let millis: u16 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let moment = date.with_time(Time::from_hms_milli(hour, minute, second, millis).ok()?).assume_utc();
    u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()
}

/// As `2026-11-21 16:10:38 UTC`.
pub(crate) fn show(ms: u64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(i64::try_from(ms / 1_000).unwrap_or_default())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, (hour, minute, second)) = (moment.date(), moment.to_hms());
    format!("{}-{:02}-{:02} {hour:02}:{minute:02}:{second:02} UTC", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_to_the_millisecond_and_shown_to_the_second() {
        assert_eq!(read("1970-01-01T00:00:01.5Z"), Some(1_500));
        assert_eq!(read("2026-11-21T10:00:00.123456Z"), Some(1_795_255_200_123));
        assert_eq!(read("2026-11-21T10:00:00Z"), Some(1_795_255_200_000));
        assert_eq!(show(1_795_255_200_123), "2026-11-21 10:00:00 UTC");
        for wrong in ["", "now", "2026-13-01T00:00:00Z", "2026-11-21T10:00Z", "2026-11-21T10:00:00+01:00"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
