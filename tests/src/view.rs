use domain::chunk::{Change, Chunk, assemble};
use domain::wire::server::{Kind, ServerMessage};
use std::collections::BTreeMap;

/// What a browser has been shown of one variant: the rules of the wire, as a checker. It panics where one is broken.
#[derive(Debug, Default)]
pub struct View {
    /// Chunks by attempt and number.
    attempts: BTreeMap<u32, BTreeMap<u32, Chunk>>,
    /// The attempt that the final message named.
    ended: Option<u32>,
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
                let before = self.ended.replace(attempt);
                assert!(before.is_none_or(|before| before == attempt), "a variant ends once: {before:?}, {attempt}");
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

    /// The number of the last chunk of that attempt, if the chunks before it are all there.
    #[must_use]
    pub fn cursor(&self) -> Option<(u32, u32)> {
        let (attempt, chunks) = self.attempts.last_key_value()?;
        assert!(chunks.keys().copied().eq(0..u32::try_from(chunks.len()).unwrap()), "chunks are dense: {chunks:?}");
        Some((*attempt, u32::try_from(chunks.len()).unwrap() - 1))
    }

    /// The text, which has to be of one attempt and dense; a later attempt than the first begins with a replacement.
    #[must_use]
    pub fn text(&self) -> String {
        let Some((attempt, chunks)) = self.attempts.last_key_value() else { return String::new() };
        let _dense = self.cursor();
        let begins = chunks.values().next().map(|first| first.change);
        assert!(*attempt == 1 || begins == Some(Change::Replace), "attempt {attempt} begins with a setCode");
        assemble(chunks.values())
    }

    /// The attempt that the final message named.
    #[must_use]
    pub const fn ended(&self) -> Option<u32> {
        self.ended
    }
}
