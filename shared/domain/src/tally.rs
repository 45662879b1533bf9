//! How the models compare over many generations: what each made, how fast, for how much, and how often it was preferred.

use crate::generation::{End, Generation, Outcome};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// One model's line.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// The model that answered.
    pub model: String,
    /// Variants that it was asked for.
    pub variants: u32,
    /// Those that became a page.
    pub completed: u32,
    /// Those that failed.
    pub failed: u32,
    /// Generations in which a winner was picked among several models, this one with a page.
    pub compared: u32,
    /// Those in which it was picked.
    pub won: u32,
    /// The mean of the pages' times, in milliseconds; `None` if none is known.
    pub mean_duration_ms: Option<u64>,
    /// Tokens of prompts, as far as they are known.
    pub input_tokens: Option<u64>,
    /// Tokens of answers, as far as they are known.
    pub output_tokens: Option<u64>,
    /// Dollars, as far as they are known.
    pub cost_usd: Option<f64>,
}

/// The sums so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    generations: u32,
    compared: u32,
    lines: BTreeMap<String, Line>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Line {
    standing: Standing,
    duration_ms: u64,
    timed: u32,
}

impl Tally {
    /// Counts a generation that has ended. One that runs, or that ended before outcomes were recorded, says nothing yet.
    pub fn add(&mut self, generation: &Generation) {
        let Some(conclusion) = &generation.conclusion else { return };
        if conclusion.outcomes.is_empty() {
            return;
        }
        self.generations += 1;
        let played: Vec<(&str, &Outcome)> = generation
            .models
            .iter()
            .zip(&conclusion.outcomes)
            .map(|(model, outcome)| (outcome.model_used.as_deref().unwrap_or(model), outcome))
            .collect();
        for (model, outcome) in &played {
            self.line(model).add(outcome);
        }
        let contenders: BTreeSet<&str> =
            played.iter().filter(|(_, outcome)| outcome.end == End::Completed).map(|(model, _)| *model).collect();
        let winner = generation.winner.and_then(|index| played.get(usize::from(index))).map(|(model, _)| *model);
        // A winner without a rival says nothing of either.
        let Some(winner) = winner.filter(|winner| contenders.len() > 1 && contenders.contains(winner)) else { return };
        self.compared += 1;
        for model in contenders {
            let standing = &mut self.line(model).standing;
            standing.compared += 1;
            standing.won += u32::from(model == winner);
        }
    }

    /// Generations that were counted.
    #[must_use]
    pub const fn generations(&self) -> u32 {
        self.generations
    }

    /// Those in which a winner was picked among several models.
    #[must_use]
    pub const fn compared(&self) -> u32 {
        self.compared
    }

    /// The models: by the share of comparisons they won, then by name.
    #[must_use]
    pub fn standings(self) -> Vec<Standing> {
        let mut standings: Vec<Standing> = self.lines.into_values().map(Line::standing).collect();
        // Compared as fractions without dividing: a model that was never compared stands behind all that were.
        standings.sort_by_key(|standing| {
            let share = u64::from(standing.won) * 1_000_000 / u64::from(standing.compared.max(1));
            std::cmp::Reverse((standing.compared > 0, share))
        });
        standings
    }

    fn line(&mut self, model: &str) -> &mut Line {
        let line = self.lines.entry(model.to_owned()).or_default();
        if line.standing.model.is_empty() {
            model.clone_into(&mut line.standing.model);
        }
        line
    }
}

impl Line {
    fn add(&mut self, outcome: &Outcome) {
        let standing = &mut self.standing;
        standing.variants += 1;
        match outcome.end {
            End::Completed => standing.completed += 1,
            End::Failed => standing.failed += 1,
            End::Cancelled | End::Unreadable => {}
        }
        if let (End::Completed, Some(duration_ms)) = (outcome.end, outcome.duration_ms) {
            self.duration_ms = self.duration_ms.saturating_add(duration_ms);
            self.timed += 1;
        }
        sum(&mut standing.input_tokens, outcome.input_tokens);
        sum(&mut standing.output_tokens, outcome.output_tokens);
        if let Some(cost_usd) = outcome.cost_usd {
            standing.cost_usd = Some(standing.cost_usd.unwrap_or(0.0) + cost_usd);
        }
    }

    fn standing(self) -> Standing {
        Standing { mean_duration_ms: self.duration_ms.checked_div(u64::from(self.timed)), ..self.standing }
    }
}

fn sum(total: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *total = Some(total.unwrap_or(0).saturating_add(more));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::{Conclusion, Overall};
    use crate::ids::{GenerationId, UserId};
    use crate::usage::Totals;

    fn outcome(end: End, duration_ms: u64) -> Outcome {
        Outcome { end, duration_ms: Some(duration_ms), output_tokens: Some(10), ..Outcome::default() }
    }

    fn generation(models: &[&str], outcomes: Vec<Outcome>, winner: Option<u8>) -> Generation {
        Generation {
            id: GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap(),
            user: UserId::anonymous(),
            created_at_ms: 0,
            title: String::new(),
            models: models.iter().map(|model| (*model).to_owned()).collect(),
            uploads: Vec::new(),
            closes: None,
            shares: Vec::new(),
            conclusion: Some(Conclusion {
                status: Overall::Partial,
                ended_at_ms: 1,
                told_by: 0,
                totals: Totals::default(),
                outcomes,
            }),
            lineage: None,
            winner,
        }
    }

    fn tally(generations: &[Generation]) -> Tally {
        let mut tally = Tally::default();
        for generation in generations {
            tally.add(generation);
        }
        tally
    }

    #[test]
    fn each_model_is_counted_with_what_it_took_and_the_mean_is_over_pages_only() {
        let both = || vec![outcome(End::Completed, 100), outcome(End::Failed, 9_000)];
        let standings =
            tally(&[generation(&["a", "b"], both(), None), generation(&["b", "a"], both(), None)]).standings();
        for (standing, model) in standings.iter().zip(["a", "b"]) {
            assert_eq!(standing.model, model);
            assert_eq!((standing.variants, standing.completed, standing.failed), (2, 1, 1));
            assert_eq!((standing.mean_duration_ms, standing.output_tokens), (Some(100), Some(20)));
            assert_eq!((standing.input_tokens, standing.cost_usd, standing.compared), (None, None, 0));
        }
    }

    #[test]
    fn a_win_counts_against_rivals_with_a_page_only() {
        let done = || outcome(End::Completed, 1);
        let three = generation(&["a", "b", "c"], vec![done(), done(), outcome(End::Failed, 1)], Some(1));
        let tally = tally(&[three]);
        assert_eq!((tally.generations(), tally.compared()), (1, 1));
        let standings = tally.standings();
        let line = |model: &str| {
            standings.iter().find(|standing| standing.model == model).map(|one| (one.compared, one.won)).unwrap()
        };
        assert_eq!((line("a"), line("b"), line("c")), ((1, 0), (1, 1), (0, 0)));
        assert_eq!(standings[0].model, "b", "the winner stands first");
    }

    #[test]
    fn a_winner_without_a_rival_is_no_comparison_and_what_runs_is_not_counted() {
        let done = || outcome(End::Completed, 1);
        let alone = generation(&["a"], vec![done()], Some(0));
        let twins = generation(&["a", "a"], vec![done(), done()], Some(1));
        let mut running = generation(&["a", "b"], vec![done(), done()], Some(0));
        running.conclusion = None;
        let tally = tally(&[alone, twins, running]);
        assert_eq!((tally.generations(), tally.compared()), (2, 0));
    }

    #[test]
    fn the_model_that_answered_is_the_one_that_is_counted() {
        let used = Outcome { model_used: Some("new".to_owned()), ..outcome(End::Completed, 1) };
        let standings = tally(&[generation(&["old"], vec![used], None)]).standings();
        assert_eq!(standings.iter().map(|one| one.model.as_str()).collect::<Vec<_>>(), ["new"]);
    }
}
