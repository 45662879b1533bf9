//! What to do about a variant that fell silent.

use crate::error::{ErrorCode, Failure};
use crate::limits::QUEUED_MS_MAX;
use crate::variant::{ClaimRule, Ending, Variant};

/// What the sweep does about one variant.
#[derive(Clone, Debug, PartialEq)]
pub enum SweepAction {
    /// Its worker is alive, or its turn has not come.
    Leave,
    /// Invoke a worker: the first invoke never came, or its worker died.
    Invoke,
    /// End it: as cancelled if somebody asked to stop it, otherwise as failed.
    End(Ending),
    /// It has ended and its worker died before everyone was told.
    Tell,
}

/// Why a variant is given up that so many workers have taken.
#[must_use]
pub fn exhausted(workers: u32) -> Failure {
    Failure::new(
        ErrorCode::AttemptsExhausted,
        format!("{workers} workers took this variant and none reached its end. What they wrote is kept; try again."),
    )
}

/// Decides what a variant needs at `now_ms`.
#[must_use]
pub fn decide(variant: &Variant, now_ms: u64) -> SweepAction {
    if variant.lease_until_ms >= now_ms {
        return SweepAction::Leave;
    }
    match variant.claim_rule(now_ms) {
        ClaimRule::Held => SweepAction::Leave,
        ClaimRule::Ended if variant.told => SweepAction::Leave,
        ClaimRule::Ended => SweepAction::Tell,
        ClaimRule::Exhausted => SweepAction::End(abandoned(variant, exhausted(variant.claims))),
        // Invoking did not help for so long that it will not: a worker that cannot even claim leaves no other sign.
        ClaimRule::Free if now_ms.saturating_sub(variant.lease_until_ms) > QUEUED_MS_MAX => {
            let never_started = Failure::new(
                ErrorCode::NeverStarted,
                "No worker could be started for this variant. What was written is kept; try again.",
            );
            SweepAction::End(abandoned(variant, never_started))
        }
        ClaimRule::Free => SweepAction::Invoke,
    }
}

/// How a variant ends that nobody will take up any more.
fn abandoned(variant: &Variant, failure: Failure) -> Ending {
    if variant.cancel_requested { Ending::Cancelled } else { Ending::Failed(failure) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{GenerationId, VariantKey};
    use crate::limits::CLAIMS_MAX;
    use crate::variant::Status;

    fn variant(status: Status, attempt: u32) -> Variant {
        let generation_id = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
        let queued = Variant::queued(VariantKey { generation_id, variant_index: 0 }, "m", 0, 1_000);
        Variant { attempt, claims: attempt, status, ..queued }
    }

    #[test]
    fn whatever_state_a_variant_fell_silent_in_something_brings_it_to_an_end() {
        assert_eq!(decide(&variant(Status::Queued, 0), 1_001), SweepAction::Invoke);
        assert_eq!(decide(&variant(Status::Running, 1), 1_001), SweepAction::Invoke);
        assert!(matches!(
            decide(&variant(Status::Queued, 0), QUEUED_MS_MAX + 1_001),
            SweepAction::End(Ending::Failed(_))
        ));
        assert!(matches!(decide(&variant(Status::Running, CLAIMS_MAX), 1_001), SweepAction::End(Ending::Failed(_))));
        assert!(matches!(decide(&variant(Status::Queued, CLAIMS_MAX), 1_001), SweepAction::End(Ending::Failed(_))));
        assert_eq!(decide(&variant(Status::Cancelled, 1), 1_001), SweepAction::Tell);
    }

    #[test]
    fn what_somebody_asked_to_stop_ends_as_cancelled_whoever_ends_it() {
        for status in [Status::Queued, Status::Running] {
            let asked = Variant { cancel_requested: true, ..variant(status, CLAIMS_MAX) };
            assert_eq!(decide(&asked, 1_001), SweepAction::End(Ending::Cancelled));
        }
        let never_taken = Variant { cancel_requested: true, ..variant(Status::Queued, 0) };
        assert_eq!(decide(&never_taken, QUEUED_MS_MAX + 1_001), SweepAction::End(Ending::Cancelled));
    }

    #[test]
    fn a_live_lease_is_left_alone() {
        for status in [Status::Queued, Status::Running, Status::Cancelled] {
            assert_eq!(decide(&variant(status, 1), 1_000), SweepAction::Leave);
        }
    }

    #[test]
    fn what_has_been_told_is_not_told_again() {
        let told = Variant { told: true, ..variant(Status::Cancelled, 1) };
        assert_eq!(decide(&told, 5_000), SweepAction::Leave);
    }
}
