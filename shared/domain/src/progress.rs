//! How far a variant is, from 0 to 100. Within an attempt the percentage never goes backwards; a new attempt begins again,
//! under its own number, because its text does.

use serde::{Deserialize, Serialize};

/// Who is at work on a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Agent {
    /// The prompt is prepared and the model is asked.
    Planner,
    /// The model writes.
    Frontend,
    /// Pictures are made for the page.
    Images,
    /// The page is checked and stored.
    Checks,
}

const PLANNER_PERCENT: u8 = 5;
const FRONTEND_PERCENT_MIN: u8 = 10;
const FRONTEND_PERCENT_MAX: u8 = 90;
const IMAGES_PERCENT: u8 = 92;
const CHECKS_PERCENT: u8 = 95;
/// A page of this size is half written, as far as anyone can know beforehand, in bytes.
const HALF_BYTES: u64 = 12_000;
/// Each step is a push to everyone who listens, so small ones are gathered.
const STEP_PERCENT: u8 = 5;
const STEP_MS: u64 = 2_000;

/// How far one attempt has been said to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    percent: u8,
    told_ms: u64,
}

impl Progress {
    /// A step begins: what to say of it.
    pub fn step(&mut self, agent: Agent, now_ms: u64) -> u8 {
        let percent = match agent {
            Agent::Planner => PLANNER_PERCENT,
            Agent::Frontend => FRONTEND_PERCENT_MIN,
            Agent::Images => IMAGES_PERCENT,
            Agent::Checks => CHECKS_PERCENT,
        };
        self.percent = self.percent.max(percent);
        self.told_ms = now_ms;
        self.percent
    }

    /// So much of the page is written: what to say, if it is worth saying. Nobody knows how long a page becomes, so the
    /// percentage grows ever more slowly and never reaches the next step.
    pub fn written(&mut self, page_bytes: u64, now_ms: u64) -> Option<u8> {
        let range = u64::from(FRONTEND_PERCENT_MAX - FRONTEND_PERCENT_MIN);
        let grown = range.saturating_mul(page_bytes) / page_bytes.saturating_add(HALF_BYTES).max(1);
        let percent = FRONTEND_PERCENT_MIN + u8::try_from(grown.min(range)).unwrap_or_default();
        let worth_it = percent >= self.percent.saturating_add(STEP_PERCENT) && now_ms >= self.told_ms + STEP_MS;
        if !worth_it {
            return None;
        }
        (self.percent, self.told_ms) = (percent, now_ms);
        Some(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_of_any_length_stays_within_its_step_and_says_little() {
        let mut progress = Progress::default();
        progress.step(Agent::Frontend, 0);
        let said: Vec<u8> = (0..2_500).filter_map(|delta| progress.written(delta * 40, delta * 10)).collect();
        assert!(said.len() <= 12, "{said:?}");
        assert!(said.last().is_some_and(|last| *last > 75));
        assert!(Progress::default().written(u64::MAX, u64::MAX).is_some_and(|percent| percent <= FRONTEND_PERCENT_MAX));
    }

    proptest! {
        #[test]
        fn the_percentage_never_goes_backwards(
            steps in proptest::collection::vec((0u8..5, 0u64..200_000, 0u64..5_000), 0..60),
        ) {
            let (mut progress, mut now_ms, mut last) = (Progress::default(), 0, 0);
            for (kind, bytes, passed_ms) in steps {
                now_ms += passed_ms;
                let agents = [Agent::Planner, Agent::Frontend, Agent::Images, Agent::Checks];
                let said = match agents.get(usize::from(kind)) {
                    Some(agent) => Some(progress.step(*agent, now_ms)),
                    None => progress.written(bytes, now_ms),
                };
                if let Some(said) = said {
                    prop_assert!(said >= last && said <= 100);
                    last = said;
                }
            }
        }
    }
}
