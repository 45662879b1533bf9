//! One pass over a page's tokens.

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Error, Span, Tokenizer};

/// Elements that are seen although they have no text.
const SEEN: [&[u8]; 11] =
    [b"img", b"svg", b"canvas", b"video", b"iframe", b"input", b"textarea", b"select", b"object", b"picture", b"hr"];
/// Elements whose text is not seen.
const UNSEEN: [&[u8]; 6] = [b"script", b"style", b"title", b"template", b"noscript", b"head"];
/// No page means to nest them deeper; only text that attacks the reader does.
const UNSEEN_DEPTH_MAX: usize = 32;
/// Elements that have to be closed and that a part of a page is made of.
const CONTAINERS: [&[u8]; 8] = [b"div", b"section", b"main", b"article", b"table", b"ul", b"script", b"style"];

/// What was seen of a page.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that was seen or was not")]
pub(super) struct Reader {
    pub(super) titled: bool,
    /// Something is to be seen, or a script in the body may draw it.
    pub(super) visible: bool,
    /// Addresses of scripts and style sheets.
    pub(super) loads: Vec<String>,
    /// Addresses of images.
    pub(super) images: Vec<String>,
    html_begun: bool,
    html_ended: bool,
    broken_off: bool,
    containers: i64,
    in_body: bool,
    unseen: Vec<Vec<u8>>,
    in_svg: u32,
    tag: Tag,
}

/// The start tag that is being read.
#[derive(Debug, Default)]
struct Tag {
    name: Vec<u8>,
    attribute: Vec<u8>,
    src: Option<String>,
    srcset: bool,
    href: Option<String>,
    is_stylesheet: bool,
}

impl Reader {
    pub(super) fn read(page: &str) -> Self {
        let mut reader = Self::default();
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<()> {
            reader.take(&event);
            None
        });
        emitter.naively_switch_states(true);
        // Reading a text cannot fail, and nothing is passed on: the callback has taken it.
        let _: Result<Vec<()>, _> = Tokenizer::new_with_emitter(page, emitter).collect();
        reader
    }

    /// Whether the page stops in the middle.
    pub(super) fn unclosed(&self) -> bool {
        let open = if self.html_begun { !self.html_ended } else { self.containers > 0 };
        self.broken_off || open
    }

    fn take(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = Tag { name: name.to_vec(), ..Tag::default() };
            }
            CallbackEvent::AttributeName { name } => self.tag.attribute = name.to_vec(),
            CallbackEvent::AttributeValue { value } => self.tag.take_value(value),
            CallbackEvent::CloseStartTag { self_closing } => self.begin(*self_closing),
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } => self.text(value),
            CallbackEvent::Error(error) => {
                self.broken_off |= matches!(
                    error,
                    Error::EofInTag
                        | Error::EofInComment
                        | Error::EofBeforeTagName
                        | Error::EofInScriptHtmlCommentLikeText
                );
            }
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } => {}
        }
    }

    fn begin(&mut self, self_closing: bool) {
        let Tag { name, src, srcset, href, is_stylesheet, .. } = std::mem::take(&mut self.tag);
        let name = name.as_slice();
        self.containers += i64::from(CONTAINERS.contains(&name));
        match name {
            b"html" => self.html_begun = true,
            b"body" => {
                self.in_body = true;
                self.unseen.clear();
            }
            b"svg" if !self_closing => self.in_svg += 1,
            b"script" => {
                self.visible |= self.in_body;
                self.loads.extend(src);
            }
            b"link" if is_stylesheet => self.loads.extend(href),
            b"img" if src.is_some() || !srcset => self.images.push(src.unwrap_or_default()),
            _ => {}
        }
        if UNSEEN.contains(&name) && !self_closing && self.in_svg == 0 && self.unseen.len() < UNSEEN_DEPTH_MAX {
            self.unseen.push(name.to_vec());
        }
        self.visible |= SEEN.contains(&name) && self.unseen.is_empty();
    }

    fn end(&mut self, name: &[u8]) {
        self.containers -= i64::from(CONTAINERS.contains(&name));
        match name {
            b"html" => self.html_ended = true,
            b"svg" => self.in_svg = self.in_svg.saturating_sub(1),
            _ => {}
        }
        if let Some(place) = self.unseen.iter().rposition(|open| open == name) {
            self.unseen.truncate(place);
        }
    }

    fn text(&mut self, value: &[u8]) {
        if value.trim_ascii().is_empty() {
            return;
        }
        match self.unseen.last() {
            None => self.visible = true,
            Some(name) => self.titled |= name == b"title",
        }
    }
}

impl Tag {
    fn take_value(&mut self, value: &[u8]) {
        let text = || String::from_utf8_lossy(value).into_owned();
        match (self.name.as_slice(), self.attribute.as_slice()) {
            (b"img" | b"script", b"src") => self.src = Some(text()),
            // The last four are filled in by frameworks.
            (b"img", b"srcset" | b":src" | b"v-bind:src" | b"x-bind:src" | b"data-src") => self.srcset = true,
            (b"link", b"href") => self.href = Some(text()),
            (b"link", b"rel") => self.is_stylesheet = value.eq_ignore_ascii_case(b"stylesheet"),
            _ => {}
        }
    }
}
