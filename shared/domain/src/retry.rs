//! What to do about an attempt that did not reach its end.

use crate::error::{ErrorCode, Failure};
use crate::limits::ATTEMPTS_MAX;

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
/// `jitter` is a random number below 1.
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
        | ErrorCode::NotFound
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
        | ErrorCode::NoPage
        | ErrorCode::AttemptsExhausted
        | ErrorCode::NeverStarted
        | ErrorCode::CorruptRecord => false,
    };
    if !worth_it || attempt >= ATTEMPTS_MAX {
        return AfterFailure::GiveUp(failure);
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
    AfterFailure::TryAgain { pause_ms: backoff_ms.max(retry_after_ms.unwrap_or(0)).min(60_000) }
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
    fn the_pause_is_never_shorter_than_the_provider_asked() {
        let failure = Failure::new(ErrorCode::ProviderRateLimit, "slow down");
        assert_eq!(after_failure(1, failure, Some(7_000), 0.1), AfterFailure::TryAgain { pause_ms: 7_000 });
    }
}
