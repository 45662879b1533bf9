use crate::Line;
use domain::stage::Stage;
use ports::Recorded;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one generation, or of one connection.
#[derive(Clone, Debug)]
pub struct Story {
    /// Whose.
    pub id: String,
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// Its records, where there are any.
    pub recorded: Option<Recorded>,
}

/// Where one variant, or the whole, stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which variant; none for what is about all of them.
    pub variant: Option<u8>,
    /// The last stage.
    pub stage: Stage,
    /// What its having been the last one means.
    pub means: &'static str,
}

/// Where an attempt's time went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Which variant.
    pub variant: u8,
    /// Which attempt.
    pub attempt: u64,
    /// From one stage to the next, in milliseconds.
    pub spans: Vec<(&'static str, u64)>,
}

/// What lies between two stages, in words.
const SPANS: [(Stage, &str); 5] = [
    (Stage::ModelAsked, "asked"),
    (Stage::FirstChunk, "first text"),
    (Stage::RawSaved, "streamed"),
    (Stage::PageSaved, "page saved"),
    (Stage::Completed, "recorded"),
];

impl Story {
    /// The story of a generation (or, where no line names such a one, of a connection) among all lines.
    #[must_use]
    pub fn of(id: &str, all: &[Line], recorded: Option<Recorded>) -> Self {
        let about: Vec<&Line> = all.iter().filter(|line| line.is_about(id)).collect();
        let connections: BTreeSet<String> = about.iter().filter_map(|line| line.field("connection")).collect();
        let of_listeners = |line: &Line| {
            let connection = line.field("connection");
            let says_more = line.field("generation_id").is_none();
            says_more && connection.is_some_and(|connection| connections.contains(&connection) || connection == id)
        };
        let mut lines: Vec<Line> = all.iter().filter(|line| line.is_about(id) || of_listeners(line)).cloned().collect();
        lines.sort_by_key(|line| line.at_ms);
        Self { id: id.to_owned(), lines, recorded }
    }

    /// Whether anything is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.recorded.is_none()
    }

    /// The last stage of the whole. What a connection did counts only where there is nothing else.
    #[must_use]
    pub fn last(&self) -> Option<Verdict> {
        let staged = || self.lines.iter().filter_map(|line| line.stage.map(|stage| (line, stage)));
        let own = staged().rfind(|(line, _)| line.is_about(&self.id));
        own.or_else(|| staged().next_back()).map(|(line, stage)| verdict(line.variant(), stage))
    }

    /// Where each variant stands that has not ended, by its lines.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Verdict> {
        let mut last: BTreeMap<u8, Stage> = BTreeMap::new();
        for line in &self.lines {
            if let (Some(variant), Some(stage)) = (line.variant(), line.stage) {
                let ended = last.get(&variant).is_some_and(|stage| is_end(*stage));
                if !ended {
                    last.insert(variant, stage);
                }
            }
        }
        last.into_iter()
            .filter(|(_, stage)| !is_end(*stage))
            .map(|(variant, stage)| verdict(Some(variant), stage))
            .collect()
    }

    /// Where the time of each attempt went.
    #[must_use]
    pub fn phases(&self) -> Vec<Phase> {
        let mut attempts: BTreeMap<(u8, u64), Vec<(Stage, u64)>> = BTreeMap::new();
        for line in &self.lines {
            if let (Some(variant), Some(attempt), Some(stage)) = (line.variant(), line.number("attempt"), line.stage) {
                attempts.entry((variant, attempt)).or_default().push((stage, line.at_ms));
            }
        }
        let of_attempt = |((variant, attempt), stages): ((u8, u64), Vec<(Stage, u64)>)| {
            let mut before = stages.first()?.1;
            let mut spans = Vec::new();
            for (stage, name) in SPANS {
                // Of an answer in parts the last one counts, and of a page with pictures too.
                if let Some((_, at_ms)) = stages.iter().rev().find(|(known, _)| *known == stage) {
                    spans.push((name, at_ms.saturating_sub(before)));
                    before = (*at_ms).max(before);
                }
            }
            Some(Phase { variant, attempt, spans })
        };
        attempts.into_iter().filter_map(of_attempt).collect()
    }

    /// Messages of all variants that arrived, that met a connection that was gone, and whose fate is not known.
    #[must_use]
    pub fn pushes(&self) -> [u64; 3] {
        ["pushes", "pushes_gone", "pushes_failed"]
            .map(|name| self.lines.iter().filter_map(|line| line.number(name)).sum())
    }

    /// Who listened, in the order in which they came.
    #[must_use]
    pub fn listeners(&self) -> Vec<String> {
        let mut seen = Vec::new();
        for connection in self.lines.iter().filter_map(|line| line.field("connection")) {
            if !seen.contains(&connection) {
                seen.push(connection);
            }
        }
        seen
    }
}

const fn is_end(stage: Stage) -> bool {
    matches!(stage, Stage::Completed | Stage::Failed | Stage::Cancelled)
}

fn verdict(variant: Option<u8>, stage: Stage) -> Verdict {
    Verdict { variant, stage, means: stage.row().last }
}
