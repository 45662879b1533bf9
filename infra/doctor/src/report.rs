use crate::{Step, Suspect};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well; what was seen.
    Passed(String),
    /// What was seen, and what is suspected.
    Failed {
        /// What was seen.
        saw: String,
        /// The likely causes, most likely first.
        suspects: Vec<Suspect>,
    },
    /// It was not taken, and why.
    Skipped(String),
}

/// A step, how long it took and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The step.
    pub step: Step,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// All steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was checked.
    pub url: String,
    /// The steps, in order.
    pub steps: Vec<Examined>,
}

impl Examined {
    /// The step as lines for people.
    #[must_use]
    pub fn text(&self) -> String {
        let (mark, words) = match &self.outcome {
            Outcome::Passed(saw) => ('\u{2713}', saw),
            Outcome::Failed { saw, .. } => ('\u{2717}', saw),
            Outcome::Skipped(why) => ('-', why),
        };
        let took = match &self.outcome {
            Outcome::Passed(_) | Outcome::Failed { .. } => format!("{} ms", self.took_ms),
            Outcome::Skipped(_) => String::new(),
        };
        let mut text = format!("  {mark} {:<24}{took:>9}  {words}", self.step.title()).trim_end().to_owned();
        if let Outcome::Failed { suspects, .. } = &self.outcome {
            for (number, suspect) in (1..).zip(suspects) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\n      {number}. {}\n         {}", suspect.title, suspect.fix);
            }
        }
        text
    }

    fn json(&self) -> Value {
        let (outcome, saw, suspects) = match &self.outcome {
            Outcome::Passed(saw) => ("passed", saw, None),
            Outcome::Failed { saw, suspects } => ("failed", saw, Some(suspects)),
            Outcome::Skipped(why) => ("skipped", why, None),
        };
        let mut shown = json!({"step": self.step.name(), "outcome": outcome, "ms": self.took_ms, "saw": saw});
        if let Some(suspects) = suspects {
            let named = suspects.iter().map(
                |suspect| json!({"cause": suspect.cause.entry().name, "title": suspect.title, "fix": suspect.fix}),
            );
            shown["suspects"] = named.collect();
        }
        shown
    }
}

impl Report {
    /// Whether every step that was taken passed, and the deployment was reached at all.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.first_failure().is_none() && self.steps.iter().any(|step| matches!(step.outcome, Outcome::Passed(_)))
    }

    /// The first step that failed.
    #[must_use]
    pub fn first_failure(&self) -> Option<&Examined> {
        self.steps.iter().find(|step| matches!(step.outcome, Outcome::Failed { .. }))
    }

    /// The first suspect of the first failure.
    #[must_use]
    pub fn first_suspect(&self) -> Option<&Suspect> {
        match &self.first_failure()?.outcome {
            Outcome::Failed { suspects, .. } => suspects.first(),
            Outcome::Passed(_) | Outcome::Skipped(_) => None,
        }
    }

    /// The last line for people.
    #[must_use]
    pub fn conclusion(&self) -> String {
        let count = |wanted: fn(&Outcome) -> bool| self.steps.iter().filter(|step| wanted(&step.outcome)).count();
        let passed = count(|outcome| matches!(outcome, Outcome::Passed(_)));
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        match (self.first_failure(), self.first_suspect()) {
            (Some(failed), Some(suspect)) => format!("Failed at: {}. First suspect: {}", failed.step, suspect.title),
            _ => format!("All well: {passed} steps passed, {skipped} not taken."),
        }
    }

    /// The report for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "url": self.url,
            "passed": self.passed(),
            "steps": self.steps.iter().map(Examined::json).collect::<Vec<_>>(),
        })
    }
}
