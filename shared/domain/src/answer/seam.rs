//! Where two parts of an answer meet. Asked to go on, models repeat their last words, open a new fence, say that they go
//! on, or begin again; only what is new may follow what was there.

use crate::html::fence_opening;
use crate::limits::{SEAM_BYTES_MAX, SEAM_OVERLAP_BYTES_MIN};

/// Decides how much of a part's beginning is already there.
#[derive(Debug, Default)]
pub(super) struct Seam(State);

#[derive(Debug, Default)]
enum State {
    /// The parts have met: all that comes is new.
    #[default]
    Joined,
    /// Too little has come to tell.
    Undecided(String),
    /// The part repeats what was said.
    Repeating {
        /// From here.
        from: usize,
        /// Until here, so far.
        at: usize,
        /// It began the page again.
        page: bool,
    },
    /// It began the page again and then differed.
    Broken,
}

impl Seam {
    /// The seam in front of a later part.
    pub(super) const fn undecided() -> Self {
        Self(State::Undecided(String::new()))
    }

    pub(super) const fn is_broken(&self) -> bool {
        matches!(self.0, State::Broken)
    }

    /// Takes the next piece of the part; returns what of it is new.
    pub(super) fn push(&mut self, so_far: &str, piece: &str) -> String {
        match &mut self.0 {
            State::Joined => piece.to_owned(),
            State::Broken => String::new(),
            State::Repeating { from, at, page } => {
                let (from, at, page) = (*from, *at, *page);
                self.repeat(so_far, from, at, page, piece)
            }
            State::Undecided(held) => {
                held.push_str(piece);
                if held.len() < SEAM_BYTES_MAX {
                    return String::new();
                }
                let held = std::mem::take(held);
                self.decide(so_far, &held)
            }
        }
    }

    /// The part has ended; returns what was held back of it.
    pub(super) fn finish(&mut self, so_far: &str) -> String {
        match &mut self.0 {
            State::Undecided(held) => {
                let held = std::mem::take(held);
                self.decide(so_far, &held)
            }
            State::Joined | State::Repeating { .. } | State::Broken => String::new(),
        }
    }

    /// Decides by the first bytes of the part alone, however many have come, so that how it was cut changes nothing.
    fn decide(&mut self, so_far: &str, part: &str) -> String {
        let window = &part[..part.floor_char_boundary(SEAM_BYTES_MAX)];
        let opening = fence_opening(window);
        let text = &part[opening..];
        let window = &window[opening..];
        if let Some(overlap) = overlap(so_far, window) {
            self.0 = State::Joined;
            return text[overlap..].to_owned();
        }
        let text_here = text.trim_ascii_start();
        if let Some(from) = page_begun_again(so_far, text_here) {
            return self.repeat(so_far, from, from, true, text_here);
        }
        if part.len() >= SEAM_BYTES_MAX
            && let Some(from) = so_far.find(window)
            && so_far.rfind(window) == Some(from)
        {
            return self.repeat(so_far, from, from, false, text);
        }
        self.0 = State::Joined;
        text.to_owned()
    }

    fn repeat(&mut self, so_far: &str, from: usize, at: usize, page: bool, piece: &str) -> String {
        let said = &so_far.as_bytes()[at..];
        let common = said.len().min(piece.len());
        if said[..common] == piece.as_bytes()[..common] {
            let at = at + common;
            self.0 = if at == so_far.len() { State::Joined } else { State::Repeating { from, at, page } };
            return piece[common..].to_owned();
        }
        if page {
            self.0 = State::Broken;
            return String::new();
        }
        // A passage that a page has twice: it goes on differently here, so it was meant.
        self.0 = State::Joined;
        format!("{}{piece}", &so_far[from..at])
    }
}

/// How much of the part's beginning is the end of what was there: the longest such overlap, white space before it included.
fn overlap(so_far: &str, part: &str) -> Option<usize> {
    let trimmed = part.trim_ascii_start();
    let skipped = part.len() - trimmed.len();
    let longest = |text: &str| {
        let length = longest_overlap(so_far.as_bytes(), text.as_bytes());
        // What was said more than once is a page that repeats itself, such as the rows of a table, and may well go on so.
        let once = || so_far.find(&text[..length]) == Some(so_far.len() - length);
        (length >= SEAM_OVERLAP_BYTES_MIN && once()).then_some(length)
    };
    longest(part).or_else(|| longest(trimmed).map(|length| length + skipped))
}

/// The length of the longest beginning of `part` that ends `so_far`, in linear time: the last value of the prefix
/// function over `part` and then the end of `so_far`.
fn longest_overlap(so_far: &[u8], part: &[u8]) -> usize {
    let end = &so_far[so_far.len().saturating_sub(part.len())..];
    let mut borders: Vec<usize> = Vec::with_capacity(part.len());
    let extend = |border: usize, borders: &[usize], byte: u8| {
        let mut border = border;
        loop {
            if part.get(border) == Some(&byte) {
                return border + 1;
            }
            match border.checked_sub(1).and_then(|shorter| borders.get(shorter)) {
                Some(shorter) => border = *shorter,
                None => return 0,
            }
        }
    };
    for (position, byte) in part.iter().enumerate() {
        let border = if position == 0 { 0 } else { extend(borders[position - 1], &borders, *byte) };
        borders.push(border);
    }
    end.iter().fold(0, |border, byte| extend(border, &borders, *byte))
}

/// Where the page began that the part begins again.
fn page_begun_again(so_far: &str, part: &str) -> Option<usize> {
    let begins = |text: &str, tag: &str| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    let tag = ["<!doctype", "<html"].into_iter().find(|tag| begins(part, tag))?;
    so_far.match_indices('<').map(|(at, _)| at).find(|at| begins(&so_far[*at..], tag))
}
