//! Where a page ends: just enough of HTML's tokenizer to tell a closing tag from the same letters inside a script, a
//! comment or an attribute. Each byte is looked at once, and how the text is cut changes nothing.

/// What the page was wrapped in, which is what may end it besides `</html>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wrapper {
    /// A line that starts with three backticks ends it.
    pub(super) fence: bool,
    /// `</file>` ends it.
    pub(super) file: bool,
}

/// Elements whose content is text up to their own closing tag.
const RAW_ELEMENTS: [&[u8]; 4] = [b"script", b"style", b"textarea", b"title"];
const FILE_END: &[u8] = b"</file>";
/// No name that matters is longer; of a longer one only the beginning is kept, which then equals none of them.
const NAME_BYTES: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Program text: only the wrapper ends it.
    Code,
    Text,
    /// After `<`.
    Open,
    /// In a tag's name.
    Name,
    /// In a tag, between attributes or in an attribute's name.
    Tag,
    /// After the `=` of an attribute.
    BeforeValue,
    Unquoted,
    Quoted(u8),
    /// After `<!`, with so many dashes.
    Declaration(u8),
    /// In a comment, after so many dashes.
    Comment(u8),
    /// In a script or style, after so many bytes of `</name`.
    Raw(usize),
}

/// Reads a page and says where it ends.
#[derive(Debug)]
pub(super) struct Scanner {
    wrapper: Wrapper,
    state: State,
    /// Bytes read so far.
    position: usize,
    name: [u8; NAME_BYTES],
    name_len: usize,
    closing: bool,
    /// Where the tag began that is being read.
    tag_at: usize,
    /// The element whose raw text is being read.
    raw: &'static [u8],
    /// The line break before the backticks that are being counted.
    fence_at: usize,
    /// Backticks since that line break; `None` elsewhere than at a line's start.
    ticks: Option<u8>,
    /// Bytes of `</file>` that have matched, in code.
    file_matched: usize,
}

impl Scanner {
    /// Of text that begins with markup, or of program text.
    pub(super) const fn new(wrapper: Wrapper, markup: bool) -> Self {
        Self {
            wrapper,
            state: if markup { State::Text } else { State::Code },
            position: 0,
            name: [0; NAME_BYTES],
            name_len: 0,
            closing: false,
            tag_at: 0,
            raw: b"",
            fence_at: 0,
            ticks: None,
            file_matched: 0,
        }
    }

    /// From where on what was read may turn out not to be part of the page.
    pub(super) fn doubtful_from(&self) -> Option<usize> {
        if self.wrapper.fence && self.ticks.is_some_and(|ticks| ticks > 0) {
            return Some(self.fence_at);
        }
        let may_be_file = match self.state {
            State::Open => true,
            State::Name => self.closing && b"file".starts_with(self.name()),
            State::Tag | State::BeforeValue | State::Unquoted | State::Quoted(_) => {
                self.closing && self.name() == b"file"
            }
            State::Code => self.file_matched > 0,
            State::Text | State::Declaration(_) | State::Comment(_) | State::Raw(_) => false,
        };
        (self.wrapper.file && may_be_file).then_some(self.tag_at)
    }

    fn name(&self) -> &[u8] {
        &self.name[..self.name_len]
    }

    /// Reads on. Returns where the page ends, counted from its first byte, once that is known.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            at += self.skip(&bytes[at..]);
            let Some(byte) = bytes.get(at) else { break };
            let end = self.step(*byte);
            at += 1;
            self.position += 1;
            if end.is_some() {
                return end;
            }
        }
        None
    }

    /// Passes over bytes that change nothing in this state.
    fn skip(&mut self, bytes: &[u8]) -> usize {
        let wanted = |byte: u8| match self.state {
            State::Text => byte == b'<' || byte == b'\n' || self.ticks.is_some(),
            State::Code => byte == b'<' || byte == b'\n' || self.ticks.is_some() || self.file_matched > 0,
            State::Raw(0) => byte == b'<',
            State::Comment(0) => byte == b'-',
            State::Quoted(quote) => byte == quote,
            State::Open
            | State::Name
            | State::Tag
            | State::BeforeValue
            | State::Unquoted
            | State::Declaration(_)
            | State::Comment(_)
            | State::Raw(_) => true,
        };
        let skipped = bytes.iter().position(|byte| wanted(*byte)).unwrap_or(bytes.len());
        self.position += skipped;
        skipped
    }

    fn step(&mut self, byte: u8) -> Option<usize> {
        match self.state {
            State::Code => return self.fence(byte).or_else(|| self.file_in_code(byte)),
            State::Text => {
                if let Some(end) = self.fence(byte) {
                    return Some(end);
                }
                if byte == b'<' {
                    self.tag_at = self.position;
                    (self.closing, self.name_len) = (false, 0);
                    self.state = State::Open;
                }
            }
            State::Open => self.after_open(byte),
            State::Name => return self.in_name(byte),
            State::Tag => return self.in_tag(byte),
            State::BeforeValue => match byte {
                b'"' | b'\'' => self.state = State::Quoted(byte),
                b'>' => return self.tag_ended(),
                byte if byte.is_ascii_whitespace() => {}
                _ => self.state = State::Unquoted,
            },
            State::Unquoted => match byte {
                b'>' => return self.tag_ended(),
                byte if byte.is_ascii_whitespace() => self.state = State::Tag,
                _ => {}
            },
            State::Quoted(_) => self.state = State::Tag,
            State::Declaration(dashes) => {
                self.state = match (byte, dashes) {
                    (b'-', 0) => State::Declaration(1),
                    // `<!-->` is a whole comment: its two dashes end it too.
                    (b'-', _) => State::Comment(2),
                    (b'>', _) => State::Text,
                    (_, _) => State::Tag,
                }
            }
            State::Comment(dashes) => {
                self.state = match (byte, dashes) {
                    (b'-', _) => State::Comment(dashes.saturating_add(1)),
                    (b'>', 2..) => State::Text,
                    (_, _) => State::Comment(0),
                }
            }
            State::Raw(matched) => self.in_raw(byte, matched),
        }
        None
    }

    /// Counts backticks at a line's start.
    fn fence(&mut self, byte: u8) -> Option<usize> {
        self.ticks = match (byte, self.ticks) {
            (b'\n', _) => {
                self.fence_at = self.position;
                Some(0)
            }
            (b'`', Some(ticks)) => Some(ticks + 1),
            (_, _) => None,
        };
        (self.wrapper.fence && self.ticks == Some(3)).then_some(self.fence_at)
    }

    fn file_in_code(&mut self, byte: u8) -> Option<usize> {
        if !self.wrapper.file {
            return None;
        }
        if byte.to_ascii_lowercase() != FILE_END[self.file_matched] {
            self.file_matched = 0;
        }
        if byte.to_ascii_lowercase() == FILE_END[self.file_matched] {
            if self.file_matched == 0 {
                self.tag_at = self.position;
            }
            self.file_matched += 1;
        }
        (self.file_matched == FILE_END.len()).then_some(self.tag_at)
    }

    fn after_open(&mut self, byte: u8) {
        self.ticks = None;
        match byte {
            b'/' if !self.closing => self.closing = true,
            b'!' if !self.closing => self.state = State::Declaration(0),
            b'<' => (self.tag_at, self.closing) = (self.position, false),
            byte if byte.is_ascii_alphabetic() => {
                self.name[0] = byte.to_ascii_lowercase();
                self.name_len = 1;
                self.state = State::Name;
            }
            // `1 < 2` is text; the byte itself may begin a line.
            _ => {
                self.state = State::Text;
                self.fence(byte);
            }
        }
    }

    fn in_name(&mut self, byte: u8) -> Option<usize> {
        match byte {
            b'>' => return self.tag_ended(),
            b'/' => self.state = State::Tag,
            byte if byte.is_ascii_whitespace() => self.state = State::Tag,
            _ => {
                // The last place is written again and again: what is longer equals nothing.
                let place = self.name_len.min(NAME_BYTES - 1);
                self.name[place] = byte.to_ascii_lowercase();
                self.name_len = place + 1;
            }
        }
        None
    }

    fn in_tag(&mut self, byte: u8) -> Option<usize> {
        match byte {
            b'>' => return self.tag_ended(),
            b'=' => self.state = State::BeforeValue,
            _ => {}
        }
        None
    }

    fn tag_ended(&mut self) -> Option<usize> {
        self.state = State::Text;
        match (self.closing, self.name()) {
            (true, b"html") => return Some(self.position + 1),
            (true, b"file") if self.wrapper.file => return Some(self.tag_at),
            (true, _) => {}
            (false, name) => {
                if let Some(raw) = RAW_ELEMENTS.into_iter().find(|raw| *raw == name) {
                    self.raw = raw;
                    self.state = State::Raw(0);
                }
            }
        }
        None
    }

    /// `</name` and then white space, a slash or `>` ends raw text.
    fn in_raw(&mut self, byte: u8, matched: usize) {
        let wanted = match matched {
            0 => Some(b'<'),
            1 => Some(b'/'),
            _ => self.raw.get(matched - 2).copied(),
        };
        self.state = match (wanted, byte) {
            (Some(wanted), byte) if byte.to_ascii_lowercase() == wanted => State::Raw(matched + 1),
            (None, b'>') => State::Text,
            (None, byte) if byte == b'/' || byte.is_ascii_whitespace() => {
                (self.closing, self.name_len) = (true, 0);
                State::Tag
            }
            (Some(_) | None, b'<') => State::Raw(1),
            (Some(_) | None, _) => State::Raw(0),
        };
    }
}
