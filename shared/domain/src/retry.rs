//! What to do about an attempt that did not reach its end.

use crate::error::{ErrorCode, Failure};
use crate::limits::{ATTEMPTS_MAX, PROVIDER_PAUSE_MS_MAX};

/// What follows an attempt that broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// Another attempt, after a pause.
    TryAgain {
        /// The pause.
        pause_ms: u64,
    },
    /// The variant has failed.
    GiveUp(Failure),
}

/// Decides after the `attempt`th counted attempt (from 1) has failed. `retry_after_ms` is what the provider asked for;
/// `jitter` is a random number below 1. A provider that asks for a longer pause than [`PROVIDER_PAUSE_MS_MAX`] is not asked
/// again: earlier would be refused too, and later nobody is waiting. The failure then names the time.
#[must_use]
pub fn after_failure(attempt: u32, failure: Failure, retry_after_ms: Option<u64>, jitter: f64) -> AfterFailure {
    let worth_it = match failure.code {
        ErrorCode::ProviderRateLimit
        | ErrorCode::ProviderFailed
        | ErrorCode::StreamInterrupted
        | ErrorCode::StreamStalled => true,
        ErrorCode::NotJson
        | ErrorCode::InvalidField
        | ErrorCode::UnknownAction
        | ErrorCode::TooLarge
        | ErrorCode::Unauthorized
        | ErrorCode::NotFound
        | ErrorCode::QuotaExceeded
        | ErrorCode::Conflict
        | ErrorCode::MethodNotAllowed
        | ErrorCode::Misconfigured
        | ErrorCode::NotConfigured
        | ErrorCode::Unavailable
        | ErrorCode::ProviderAuthentication
        | ErrorCode::ProviderQuota
        | ErrorCode::ProviderRejected
        | ErrorCode::ModelNotFound
        | ErrorCode::ContentFilter
        | ErrorCode::Refused
        | ErrorCode::AnswerTooLong
        | ErrorCode::NoPage
        | ErrorCode::AttemptsExhausted
        | ErrorCode::NeverStarted
        | ErrorCode::CorruptRecord => false,
    };
    if !worth_it || attempt >= ATTEMPTS_MAX {
        return AfterFailure::GiveUp(failure);
    }
    if let Some(asked_ms) = retry_after_ms.filter(|asked_ms| *asked_ms > PROVIDER_PAUSE_MS_MAX) {
        let message = format!("{} It asks to wait {} before the next try.", failure.message, span(asked_ms));
        return AfterFailure::GiveUp(Failure { message, ..failure });
    }
    // Full jitter over an exponential: clients that failed together do not come back together.
    let ceiling_ms = 1_000_u64 << attempt.min(5);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "at most 32,000, and jitter is from 0 to 1"
    )]
    let backoff_ms = (ceiling_ms as f64 * jitter.clamp(0.0, 1.0)) as u64;
    AfterFailure::TryAgain { pause_ms: backoff_ms.max(retry_after_ms.unwrap_or(0)) }
}

/// A time as people say it, never shorter than it is.
#[must_use]
pub fn span(ms: u64) -> String {
    let seconds = ms.div_ceil(1_000);
    match seconds {
        0..=1 => "1 second".to_owned(),
        2..=120 => format!("{seconds} seconds"),
        121..=7_200 => format!("{} minutes", seconds.div_ceil(60)),
        7_201.. => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_provider_refuses_for_good_is_not_asked_again() {
        for code in [
            ErrorCode::ProviderAuthentication,
            ErrorCode::ProviderQuota,
            ErrorCode::ProviderRejected,
            ErrorCode::ModelNotFound,
            ErrorCode::Misconfigured,
            ErrorCode::ContentFilter,
            ErrorCode::AnswerTooLong,
        ] {
            let failure = Failure::new(code, "no");
            assert_eq!(after_failure(1, failure.clone(), None, 0.5), AfterFailure::GiveUp(failure));
        }
    }

    #[test]
    fn a_broken_stream_is_tried_three_times_in_all() {
        let failure = Failure::new(ErrorCode::StreamInterrupted, "cut");
        assert_eq!(after_failure(1, failure.clone(), None, 0.5), AfterFailure::TryAgain { pause_ms: 1_000 });
        assert_eq!(after_failure(2, failure.clone(), None, 0.5), AfterFailure::TryAgain { pause_ms: 2_000 });
        assert_eq!(after_failure(3, failure.clone(), None, 0.5), AfterFailure::GiveUp(failure));
    }

    #[test]
    fn a_provider_that_asks_for_longer_than_anybody_waits_is_not_asked_again_and_the_time_is_named() {
        let failure = Failure::new(ErrorCode::ProviderRateLimit, "Busy.");
        let after = |asked_ms| after_failure(1, failure.clone(), Some(asked_ms), 0.5);
        assert_eq!(after(PROVIDER_PAUSE_MS_MAX), AfterFailure::TryAgain { pause_ms: PROVIDER_PAUSE_MS_MAX });
        let AfterFailure::GiveUp(given_up) = after(1_140_001) else { panic!("it would wait") };
        assert_eq!(given_up.code, ErrorCode::ProviderRateLimit);
        assert_eq!(given_up.message, "Busy. It asks to wait 20 minutes before the next try.");
    }

    #[test]
    fn a_time_is_named_in_the_unit_that_people_would_use() {
        let spans = [0, 1_001, 120_000, 120_001, 7_200_001].map(span);
        assert_eq!(spans, ["1 second", "2 seconds", "120 seconds", "3 minutes", "3 hours"]);
    }

    #[test]
    fn the_pause_is_never_shorter_than_the_provider_asked() {
        let failure = Failure::new(ErrorCode::ProviderRateLimit, "slow down");
        assert_eq!(after_failure(1, failure, Some(7_000), 0.1), AfterFailure::TryAgain { pause_ms: 7_000 });
    }
}
