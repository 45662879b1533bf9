use crate::{Story, moment};
use domain::generation::Overall;
use domain::variant::{Status, Variant};
use std::fmt::Write as _;

/// A story as text for a terminal.
#[must_use]
pub fn screen(story: &Story) -> String {
    let mut text = head(story);
    let began_ms = story.lines.first().map_or(0, |line| line.at_ms);
    for line in &story.lines {
        let whose = match (line.variant(), line.number("attempt")) {
            (Some(variant), Some(attempt)) => format!("{variant}/{attempt}"),
            (Some(variant), None) => variant.to_string(),
            (None, _) => String::new(),
        };
        let mark = if line.level == "INFO" { ' ' } else { '!' };
        let after_s = seconds(line.at_ms - began_ms);
        let row = format!("{after_s:>10} {mark} {:<9} {whose:<4} {:<17} {}", line.from, line.says, line.details());
        put(&mut text, row.trim_end());
    }
    for phase in story.phases() {
        let spans: Vec<String> =
            phase.spans.iter().map(|(name, took_ms)| format!("{name} {}", seconds(*took_ms))).collect();
        put(&mut text, &format!("Time of {}/{}: {}", phase.variant, phase.attempt, spans.join(", ")));
    }
    let [arrived, gone, failed] = story.pushes();
    put(&mut text, &format!("Pushes: {arrived} arrived, {gone} met a connection that was gone (410), {failed} failed"));
    put(&mut text, &format!("Listeners: {}", list(&story.listeners())));
    put(&mut text, conclusion(story).trim_end());
    text
}

fn head(story: &Story) -> String {
    let mut text = String::new();
    let Some(recorded) = &story.recorded else {
        put(&mut text, &format!("{}: no record; what the logs say:", story.id));
        return text;
    };
    let generation = &recorded.generation;
    let variants = recorded.readable();
    let cost: f64 = variants.iter().filter_map(|variant| variant.answer()?.cost_usd).sum();
    put(&mut text, &format!("Generation {}  \"{}\"", generation.id, generation.title));
    let took = generation.conclusion.as_ref().map_or_else(String::new, |conclusion| {
        format!(" after {}", seconds(conclusion.ended_at_ms.saturating_sub(generation.created_at_ms)))
    });
    let began = moment::show(generation.created_at_ms);
    put(&mut text, &format!("Accepted {began}, {:?}{took}, ${cost:.4}", Overall::of(&variants)));
    for variant in &variants {
        put(&mut text, &row(variant));
    }
    for error in recorded.variants.iter().filter_map(|variant| variant.as_ref().err()) {
        put(&mut text, &format!("  ! a variant's record cannot be read: {error}"));
    }
    text
}

fn row(variant: &Variant) -> String {
    let mut row = format!("  {} {:<12}{}", variant.key.variant_index, variant.status.name(), variant.model_used());
    let _ = write!(row, "  attempt {}, {} claims, {} chunks", variant.attempt, variant.claims, variant.next_seq);
    if let Some(ms) = variant.duration_ms() {
        let _ = write!(row, ", {}", seconds(ms));
    }
    if let Some(answer) = variant.answer() {
        if let Some(ms) = answer.first_text_ms {
            let _ = write!(row, ", first text after {}", seconds(ms));
        }
        if let Some(usage) = answer.usage {
            let _ = write!(row, ", {} + {} tokens", usage.input_tokens, usage.output_tokens);
        }
        if let Some(cost) = answer.cost_usd {
            let _ = write!(row, ", ${cost:.4}");
        }
    }
    match &variant.status {
        Status::Failed(failure) => {
            let _ = write!(row, ": {:?}: {}", failure.code, failure.message);
        }
        Status::Completed(completion) => {
            let _ = write!(row, ", {} bytes", completion.page_bytes);
        }
        Status::Queued | Status::Running => {
            let _ = write!(row, ", lease until {}", moment::show(variant.lease_until_ms));
        }
        Status::Cancelled => {}
    }
    row
}

fn conclusion(story: &Story) -> String {
    let mut text = String::new();
    for verdict in story.unfinished() {
        let whose = verdict.variant.map_or_else(String::new, |variant| format!(" of variant {variant}"));
        put(&mut text, &format!("Last stage{whose}: {}. {}", verdict.stage, verdict.means));
    }
    let nothing = "The logs say nothing of it: they are older, or of another place. The record is the truth.";
    let last = story.last().map(|last| format!("Last stage: {}. {}", last.stage, last.means));
    put(&mut text, last.as_deref().unwrap_or(nothing));
    text
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[expect(clippy::cast_precision_loss, reason = "seconds for people, to a millisecond")]
fn seconds(ms: u64) -> String {
    format!("{:.3} s", ms as f64 / 1_000.0)
}

fn put(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
