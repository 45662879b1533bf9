//! The `img` tags of a text, each with where its attributes have their values. Every byte is read once, so the work is linear
//! in the text, whatever is in it.

use std::ops::Range;

/// A tag is read to here, in bytes: what is longer holds its picture itself, or is no tag.
const TAG_BYTES_MAX: usize = 4 * 1024;
const OPEN: &str = "<img";
const COMMENT: &str = "<!--";
const COMMENT_END: &str = "-->";

/// An `img` tag: where the values of its attributes are. Of one that is there twice the first counts, as in a browser.
#[derive(Debug, Default)]
pub(super) struct ImageTag {
    pub(super) src: Option<Range<usize>>,
    pub(super) alt: Option<Range<usize>>,
    pub(super) width: Option<Range<usize>>,
    pub(super) height: Option<Range<usize>>,
    /// Whether it has a `srcset`.
    pub(super) has_set: bool,
}

/// The `img` tags outside of comments, in the order of the text.
pub(super) fn images(text: &str) -> Vec<ImageTag> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find('<').map(|position| from + position) {
        let rest = &text[open..];
        if rest.starts_with(COMMENT) {
            let body = open + COMMENT.len();
            from = text[body..].find(COMMENT_END).map_or(text.len(), |end| body + end);
        } else if is_image(rest) {
            let mut reader = Reader { text, at: open + OPEN.len(), end: (open + TAG_BYTES_MAX).min(text.len()) };
            found.extend(reader.tag());
            from = text.floor_char_boundary(reader.at);
        } else {
            from = open + 1;
        }
    }
    found
}

fn is_image(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    bytes.get(..OPEN.len()).is_some_and(|name| name.eq_ignore_ascii_case(OPEN.as_bytes()))
        && bytes.get(OPEN.len()).is_some_and(|next| next.is_ascii_whitespace() || *next == b'/')
}

/// Reads a tag from behind its name. Everything that it looks for is ASCII, so its places are between characters.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes()[..self.end].get(self.at).copied()
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) -> Range<usize> {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        start..self.at
    }

    /// The tag, if it ends in time.
    fn tag(&mut self) -> Option<ImageTag> {
        let mut tag = ImageTag::default();
        loop {
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b'/');
            if self.peek()? == b'>' {
                self.at += 1;
                return Some(tag);
            }
            let start = self.at;
            // A name may begin with an equals sign, and with nothing else that ends one.
            self.at += 1;
            self.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'/'));
            let name = self.text.as_bytes()[start..self.at].to_ascii_lowercase();
            self.skip(|byte| byte.is_ascii_whitespace());
            let value = if self.peek()? == b'=' {
                self.at += 1;
                self.skip(|byte| byte.is_ascii_whitespace());
                self.value()?
            } else {
                self.at..self.at
            };
            match name.as_slice() {
                b"src" => tag.src = tag.src.or(Some(value)),
                b"alt" => tag.alt = tag.alt.or(Some(value)),
                b"width" => tag.width = tag.width.or(Some(value)),
                b"height" => tag.height = tag.height.or(Some(value)),
                b"srcset" => tag.has_set = true,
                _ => {}
            }
        }
    }

    fn value(&mut self) -> Option<Range<usize>> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                self.at += 1;
                let value = self.skip(|byte| byte != quote);
                self.peek()?;
                self.at += 1;
                Some(value)
            }
            b'{' => self.braces(),
            _ => Some(self.skip(|byte| !byte.is_ascii_whitespace() && byte != b'>')),
        }
    }

    /// An expression of JSX, which may hold what would end a tag.
    fn braces(&mut self) -> Option<Range<usize>> {
        let (start, mut depth) = (self.at, 0_u32);
        loop {
            match self.peek()? {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(start..self.at);
            }
        }
    }
}
