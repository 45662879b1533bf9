//! Numbered pieces of a variant's text: what is recorded, replayed and pushed, one and the same.

use crate::limits::CHUNK_ENCODED_BYTES_MAX;
use serde::{Deserialize, Serialize};

/// What a chunk does to the text so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Appends (`chunk` on the wire).
    #[serde(rename = "chunk")]
    Append,
    /// Replaces (`setCode` on the wire).
    #[serde(rename = "setCode")]
    Replace,
}

/// One numbered piece of one attempt. `seq` starts at 0 and grows by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Its number within the attempt.
    pub seq: u32,
    /// What it does.
    #[serde(rename = "type")]
    pub change: Change,
    /// The text.
    #[serde(rename = "value")]
    pub text: String,
}

/// The text that a client has after these chunks.
#[must_use]
pub fn assemble<'a>(chunks: impl IntoIterator<Item = &'a Chunk>) -> String {
    chunks.into_iter().fold(String::new(), |mut text, chunk| {
        if chunk.change == Change::Replace {
            text.clear();
        }
        text.push_str(&chunk.text);
        text
    })
}

/// Splits `text` behind the longest prefix that fits in one message once it is escaped as JSON.
#[must_use]
pub fn split_at_message(text: &str) -> (&str, &str) {
    let mut encoded = 0;
    for (position, character) in text.char_indices() {
        encoded += encoded_len(character);
        if encoded > CHUNK_ENCODED_BYTES_MAX {
            return text.split_at(position);
        }
    }
    (text, "")
}

/// Bytes of a character inside a JSON string, as `serde_json` writes it.
const fn encoded_len(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        '\u{20}'.. => character.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_piece_is_larger_than_a_message_however_it_is_escaped() {
        for unit in ["a", "\"", "\n", "\u{1}", "é", "🧁", "\"a\u{7f}é\u{1}\n"] {
            let text = unit.repeat(100_000);
            let (mut rest, mut whole) = (text.as_str(), String::new());
            while !rest.is_empty() {
                let (piece, after) = split_at_message(rest);
                let encoded = serde_json::to_string(piece).unwrap();
                assert!(!piece.is_empty() && encoded.len() <= CHUNK_ENCODED_BYTES_MAX + 2, "{unit:?}");
                whole.push_str(piece);
                rest = after;
            }
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn a_replacement_forgets_what_came_before() {
        let chunk = |seq, change, text: &str| Chunk { seq, change, text: text.to_owned() };
        let chunks =
            [chunk(0, Change::Append, "old"), chunk(1, Change::Replace, "<p>"), chunk(2, Change::Append, "</p>")];
        assert_eq!(assemble(&chunks), "<p></p>");
    }
}
