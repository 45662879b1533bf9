//! The page inside a model's answer, found while the answer streams.
//!
//! Models wrap pages in fences, in `<file>` tags and in prose. The extractor passes on only text that is certain to be
//! part of the page, so what was streamed is the page, however the answer was cut into deltas: feeding it character
//! by character gives the same page as feeding it whole. It takes time in proportion to the answer.

mod component;
mod scan;
mod start;

pub use component::page_of_component;

use scan::{Scanner, Wrapper};
use start::{Start, begins_with_code, fence_at, file_at, start_at};

/// Finds the page in an answer.
#[derive(Debug, Default)]
pub struct Extractor {
    place: Place,
    /// Text that has come and about which nothing is certain yet.
    held: String,
    /// Bytes at the beginning of `held` that are not the page.
    from: usize,
    /// How far the rest of `held` has been searched, so that a long wait is not searched again and again.
    searched: usize,
    /// Whether anything but white space came before the page.
    prose: bool,
}

#[derive(Debug, Default)]
enum Place {
    /// Before anything that may be a page.
    #[default]
    Before,
    /// Behind a fence's opening line or a `<file>` tag, where white space and further openings are passed over.
    Opened(Wrapper),
    /// In a fence that is not the page.
    Elsewhere(Scanner),
    /// In the page.
    Inside(Inside),
    After,
}

#[derive(Debug)]
struct Inside {
    scanner: Scanner,
    /// Bytes of the page that were passed on.
    passed: usize,
    /// Bytes of the page up to its last one so far that is not white space.
    solid: usize,
}

const PIECE_BYTES: usize = 16 * 1024;

/// The page in a whole answer.
#[must_use]
pub fn page_of(answer: &str) -> String {
    let mut extractor = Extractor::default();
    let mut page = String::with_capacity(answer.len());
    let mut rest = answer;
    while !rest.is_empty() {
        // Piece by piece, so that there is never a second copy of a long answer.
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(PIECE_BYTES));
        page.push_str(&extractor.push(piece));
        rest = after;
    }
    page.push_str(&extractor.finish());
    page
}

/// The length of the words and the opening line of a fence with which a part of a page begins; 0 if it begins otherwise.
#[must_use]
pub fn fence_opening(text: &str) -> usize {
    let Some(at) = text.find("```") else { return 0 };
    let said = &text[..at];
    match fence_at(&text[at..]) {
        // Words, and not the middle of a page in which backticks stand.
        Start::Fence { skip, wanted: true } if said.len() < 400 && !said.contains(['<', '>', '{', '}', ';']) => {
            at + skip
        }
        Start::Fence { .. } | Start::Page | Start::File { .. } | Start::Unclear | Start::No => 0,
    }
}

impl Extractor {
    /// Takes the next piece of the answer and returns the next piece of the page, which may be empty.
    pub fn push(&mut self, piece: &str) -> String {
        if let Place::Inside(inside) = &mut self.place {
            let (page, over) = inside.take(&mut self.held, piece);
            if over {
                self.place = Place::After;
            }
            return page;
        }
        if matches!(self.place, Place::After) {
            return String::new();
        }
        self.held.push_str(piece);
        let page = self.look_for_page();
        self.held.drain(..std::mem::take(&mut self.from));
        page
    }

    /// Whether the page has come to its own end, so that nothing which follows belongs to it.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.place, Place::After)
    }

    /// Whether the page has begun.
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        matches!(self.place, Place::Inside(_) | Place::After)
    }

    /// The answer has ended: returns the last piece of the page.
    #[must_use]
    pub fn finish(self) -> String {
        self.last_piece()
    }

    /// What is still to come of the page if the answer ends here.
    #[must_use]
    pub fn last_piece(&self) -> String {
        match self.place {
            Place::After | Place::Elsewhere(_) | Place::Opened(_) => String::new(),
            Place::Inside(_) => self.held.trim_ascii_end().to_owned(),
            Place::Before => self.fragment_after_prose(),
        }
    }

    /// An answer without any beginning that is certain: the first element in it, if there is one.
    fn fragment_after_prose(&self) -> String {
        let tag = self
            .held
            .match_indices('<')
            .find(|(position, _)| self.held[position + 1..].starts_with(|next: char| next.is_ascii_alphabetic()));
        tag.map_or_else(String::new, |(position, _)| self.held[position..].trim_ascii_end().to_owned())
    }

    /// Goes on through `held` as far as it is certain what it is.
    fn look_for_page(&mut self) -> String {
        loop {
            let goes_on = match &mut self.place {
                Place::Before => self.look_for_start(),
                Place::Opened(wrapper) => {
                    let wrapper = *wrapper;
                    self.look_behind_opening(wrapper)
                }
                Place::Elsewhere(scanner) => {
                    let end = scanner.read(&self.held.as_bytes()[self.from + self.searched..]);
                    self.searched = self.held.len() - self.from;
                    if let Some(end) = end {
                        // The line break and the three backticks of the closing line.
                        self.pass_over(end + 4);
                        self.place = Place::Before;
                    }
                    end.is_some()
                }
                Place::Inside(inside) => {
                    let text = self.held.split_off(std::mem::take(&mut self.from));
                    self.held.clear();
                    let (page, over) = inside.take(&mut self.held, &text);
                    if over {
                        self.place = Place::After;
                    }
                    return page;
                }
                Place::After => false,
            };
            if !goes_on {
                return String::new();
            }
        }
    }

    /// What is not yet known to be outside the page.
    fn rest(&self) -> &str {
        &self.held[self.from..]
    }

    fn pass_over(&mut self, bytes: usize) {
        self.from += bytes;
        self.searched = 0;
    }

    fn pass_over_white_space(&mut self) {
        self.pass_over(self.rest().len() - self.rest().trim_ascii_start().len());
    }

    /// Looks for a beginning; returns whether one was found.
    fn look_for_start(&mut self) -> bool {
        if !self.prose && self.searched == 0 {
            self.pass_over_white_space();
            match begins_with_code(self.rest()) {
                Some(true) => {
                    self.place = Place::Inside(Inside::new(Wrapper::default(), false));
                    return true;
                }
                None => return false,
                Some(false) => {}
            }
        }
        while let Some(offset) = self.rest()[self.searched..].find(['<', '`']) {
            let position = self.searched + offset;
            self.prose |= !self.rest()[self.searched..position].trim_ascii().is_empty();
            let (before, text) = self.rest().split_at(position);
            let quoted = before.ends_with('`') && !before.ends_with("```");
            let skip = match start_at(text, !self.prose) {
                Start::Unclear => {
                    self.searched = position;
                    return false;
                }
                Start::Page if !quoted => {
                    self.place = Place::Inside(Inside::new(Wrapper::default(), true));
                    0
                }
                Start::Fence { skip, wanted: true } => {
                    self.place = Place::Opened(Wrapper { fence: true, file: false });
                    skip
                }
                // From the line break on, so that an empty fence ends where it should.
                Start::Fence { skip, wanted: false } => {
                    self.place = Place::Elsewhere(Scanner::new(Wrapper { fence: true, file: false }, false));
                    skip - 1
                }
                Start::File { skip } if !quoted => {
                    self.place = Place::Opened(Wrapper { fence: false, file: true });
                    skip
                }
                Start::Page | Start::File { .. } | Start::No => {
                    // Three backticks that open nothing are passed over together, or the next two would be one of them.
                    self.searched = position + if text.starts_with("```") { 3 } else { 1 };
                    self.prose = true;
                    continue;
                }
            };
            self.pass_over(position + skip);
            return true;
        }
        self.prose |= !self.rest()[self.searched..].trim_ascii().is_empty();
        self.searched = self.rest().len();
        false
    }

    /// Passes over white space and further openings; returns whether it is known what follows.
    fn look_behind_opening(&mut self, wrapper: Wrapper) -> bool {
        self.pass_over_white_space();
        let opening = match self.rest().as_bytes().first() {
            None => return false,
            Some(b'`') => fence_at(self.rest()),
            Some(b'<') => match start::begins(self.rest(), "<file") {
                None => return false,
                Some(true) => file_at(self.rest()),
                Some(false) => Start::Page,
            },
            Some(_) => Start::No,
        };
        match opening {
            Start::Unclear => return false,
            // A second fence: the first one was empty.
            Start::Fence { skip, .. } => {
                self.pass_over(skip);
                self.prose = true;
                self.place =
                    if wrapper.fence { Place::Before } else { Place::Opened(Wrapper { fence: true, ..wrapper }) };
            }
            Start::File { skip } => {
                self.pass_over(skip);
                self.place = Place::Opened(Wrapper { file: true, ..wrapper });
            }
            Start::Page => self.place = Place::Inside(Inside::new(wrapper, true)),
            Start::No => self.place = Place::Inside(Inside::new(wrapper, false)),
        }
        true
    }
}

impl Inside {
    const fn new(wrapper: Wrapper, markup: bool) -> Self {
        Self { scanner: Scanner::new(wrapper, markup), passed: 0, solid: 0 }
    }

    /// Takes the next piece; returns what is certain of it, and whether the page is over.
    fn take(&mut self, held: &mut String, piece: &str) -> (String, bool) {
        let come = self.passed + held.len();
        if let Some(last) = piece.bytes().rposition(|byte| !byte.is_ascii_whitespace()) {
            self.solid = come + last + 1;
        }
        held.push_str(piece);
        if let Some(end) = self.scanner.read(piece.as_bytes()) {
            held.truncate(end.saturating_sub(self.passed));
            held.truncate(held.trim_ascii_end().len());
            return (std::mem::take(held), true);
        }
        let certain = match self.scanner.doubtful_from() {
            Some(from) if from < self.solid => held[..from.saturating_sub(self.passed)].trim_ascii_end().len(),
            Some(_) | None => self.solid.saturating_sub(self.passed),
        };
        if certain == 0 {
            return (String::new(), false);
        }
        self.passed += certain;
        let rest = held.split_off(certain);
        (std::mem::replace(held, rest), false)
    }
}

#[cfg(test)]
mod tests;
