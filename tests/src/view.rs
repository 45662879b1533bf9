use domain::chunk::{Change, Chunk, assemble};
use domain::wire::server::{Kind, ServerMessage};
use std::collections::BTreeMap;

/// What a browser has been shown of one variant: the rules of the wire, as a checker. It panics where one is broken.
#[derive(Debug, Default)]
pub struct View {
    /// Chunks by attempt and number.
    attempts: BTreeMap<u32, BTreeMap<u32, Chunk>>,
    /// The attempt that the final message named, and how many chunks it said there are.
    ended: Option<(u32, u32)>,
}

impl View {
    /// The views of some messages, by variant. `repeats`: whether the same chunk may come more than once, as it does to a
    /// browser that has asked for it again.
    #[must_use]
    pub fn of(messages: &[ServerMessage], repeats: bool) -> BTreeMap<u8, Self> {
        let mut views: BTreeMap<u8, Self> = BTreeMap::new();
        for message in messages {
            if let Some(variant) = message.variant_index {
                views.entry(variant).or_default().show(message, repeats);
            }
        }
        views
    }

    /// Shows one more message.
    pub fn show(&mut self, message: &ServerMessage, repeats: bool) {
        let change = match message.kind {
            Kind::Chunk => Change::Append,
            Kind::SetCode => Change::Replace,
            Kind::VariantComplete | Kind::VariantError => {
                let attempt = message.attempt.expect("a final message names its attempt");
                let count = message.data.as_ref().and_then(|data| data["nextSeq"].as_u64()).unwrap();
                let ended = (attempt, u32::try_from(count).unwrap());
                let before = self.ended.replace(ended);
                assert!(before.is_none_or(|before| before == ended), "a variant ends once: {before:?}, {ended:?}");
                return;
            }
            Kind::Connection
            | Kind::Generation
            | Kind::VariantCount
            | Kind::VariantModels
            | Kind::Status
            | Kind::Progress
            | Kind::Error
            | Kind::Done
            | Kind::Pong => return,
        };
        let (attempt, seq) = (message.attempt.unwrap(), message.seq.unwrap());
        let chunk = Chunk { seq, change, text: message.value.clone().unwrap() };
        let known = self.attempts.entry(attempt).or_default().insert(seq, chunk.clone());
        match known {
            None => {}
            Some(earlier) => {
                assert!(repeats, "chunk {seq} of attempt {attempt} came twice");
                assert_eq!(earlier, chunk, "chunk {seq} of attempt {attempt} came with two texts");
            }
        }
    }

    /// The last attempt that anything was shown of.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempts.keys().next_back().copied().unwrap_or(0)
    }

    /// What a browser shows: the chunks of the last attempt up to the first gap.
    fn shown(&self) -> Vec<&Chunk> {
        let Some(chunks) = self.attempts.values().next_back() else { return Vec::new() };
        (0..).map_while(|seq| chunks.get(&seq)).collect()
    }

    /// The attempt and number of the last chunk that a browser shows.
    #[must_use]
    pub fn cursor(&self) -> Option<(u32, u32)> {
        self.shown().last().map(|chunk| (self.attempt(), chunk.seq))
    }

    /// Whether the end was heard and everything before it is shown.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.ended.is_some_and(|(attempt, count)| {
            count == 0 || (attempt == self.attempt() && self.shown().len() == count as usize)
        })
    }

    /// The text, in which nothing may be missing; a later attempt than the first begins with a replacement.
    #[must_use]
    pub fn text(&self) -> String {
        let shown = self.shown();
        let heard = self.attempts.values().next_back().map_or(0, BTreeMap::len);
        assert_eq!(shown.len(), heard, "chunks are dense: {:?}", self.attempts);
        let begins = shown.first().map(|first| first.change);
        assert!(self.attempt() <= 1 || begins == Some(Change::Replace), "a later attempt begins with a setCode");
        assemble(shown)
    }

    /// The attempt that the final message named.
    #[must_use]
    pub fn ended(&self) -> Option<u32> {
        self.ended.map(|(attempt, _)| attempt)
    }

    /// Every chunk that came, with its attempt.
    pub fn chunks(&self) -> impl Iterator<Item = (u32, &Chunk)> {
        self.attempts.iter().flat_map(|(attempt, chunks)| chunks.values().map(|chunk| (*attempt, chunk)))
    }
}
