//! What one socket hears, counted: nothing of the text is kept.

use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// What is read of a message; its text is passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Light<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    generation_id: Option<Cow<'a, str>>,
    variant_index: Option<u8>,
    attempt: Option<u32>,
    seq: Option<u32>,
    #[serde(borrow)]
    data: Option<LightData<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LightData<'a> {
    #[serde(borrow)]
    request_id: Option<Cow<'a, str>>,
    next_seq: Option<u32>,
}

/// One stream: a variant of a generation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    pub(crate) attempt: u32,
    pub(crate) next_seq: u32,
    /// From the request to the first chunk.
    pub first: Option<Duration>,
    /// From the request to the end.
    pub ended: Option<Duration>,
    /// Whether it ended with a page.
    pub completed: bool,
    /// Chunks that never came, or not in their place.
    pub lost: u32,
    /// Chunks that came again.
    pub repeated: u32,
}

/// A generation that is over, or that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// When it was asked for, since the run began.
    pub asked: Duration,
    /// From the request to `done`; none if it did not come.
    pub done: Option<Duration>,
    /// Its streams.
    pub streams: Vec<Stream>,
}

#[derive(Debug, Default)]
struct Open {
    asked: Duration,
    streams: BTreeMap<u8, Stream>,
}

/// The generations of one socket.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    asked: HashMap<String, Duration>,
    open: HashMap<String, Open>,
    pub(crate) chunks: u64,
}

impl Tally {
    /// A request was sent.
    pub(crate) fn ask(&mut self, request_id: String, now: Duration) {
        self.asked.insert(request_id, now);
    }

    /// Whether anything is still to come.
    pub(crate) fn is_waiting(&self) -> bool {
        !(self.asked.is_empty() && self.open.is_empty())
    }

    /// Takes a message; returns a generation that has ended with it.
    pub(crate) fn hear(&mut self, text: &str, now: Duration) -> Option<Finished> {
        let Ok(message) = serde_json::from_str::<Light<'_>>(text) else { return None };
        if message.kind == "error" {
            // It names no generation: the oldest request is the one that was refused.
            let refused = self.asked.iter().min_by_key(|(_, asked)| **asked).map(|(id, _)| id.clone())?;
            let asked = self.asked.remove(&refused)?;
            return Some(Finished { asked, done: None, streams: Vec::new() });
        }
        let id = message.generation_id.as_deref()?;
        if message.kind == "generation" {
            let request_id = message.data.as_ref().and_then(|data| data.request_id.as_deref());
            if let Some(asked) = request_id.and_then(|request_id| self.asked.remove(request_id)) {
                self.open.entry(id.to_owned()).or_default().asked = asked;
            }
            return None;
        }
        if message.kind == "done" {
            let open = self.open.remove(id)?;
            let done = Some(now.saturating_sub(open.asked));
            return Some(Finished { asked: open.asked, done, streams: open.streams.into_values().collect() });
        }
        let open = self.open.get_mut(id)?;
        let since = now.saturating_sub(open.asked);
        let stream = open.streams.entry(message.variant_index?).or_default();
        match &*message.kind {
            "chunk" | "setCode" => {
                self.chunks += 1;
                stream.chunk(message.attempt?, message.seq?, since);
            }
            "variantComplete" | "variantError" => {
                let count = message.data.and_then(|data| data.next_seq).unwrap_or(stream.next_seq);
                stream.lost += count.saturating_sub(stream.next_seq);
                stream.completed = message.kind == "variantComplete";
                stream.ended.get_or_insert(since);
            }
            _ => {}
        }
        None
    }

    /// What did not come to its end.
    pub(crate) fn give_up(self) -> Vec<Finished> {
        let asked = self.asked.into_values().map(|asked| Finished { asked, done: None, streams: Vec::new() });
        let open = self.open.into_values().map(|open| Finished {
            asked: open.asked,
            done: None,
            streams: open.streams.into_values().collect(),
        });
        asked.chain(open).collect()
    }
}

impl Stream {
    fn chunk(&mut self, attempt: u32, seq: u32, since: Duration) {
        if attempt > self.attempt {
            (self.attempt, self.next_seq) = (attempt, 0);
        }
        self.first.get_or_insert(since);
        if seq < self.next_seq {
            self.repeated += 1;
        } else {
            self.lost += seq - self.next_seq;
            self.next_seq = seq + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn hear(tally: &mut Tally, message: &Value, at_ms: u64) -> Option<Finished> {
        tally.hear(&message.to_string(), Duration::from_millis(at_ms))
    }

    fn chunk(seq: u32) -> Value {
        json!({"type": "chunk", "generationId": "g", "variantIndex": 0, "attempt": 1, "seq": seq, "value": "x\"y"})
    }

    fn run(seqs: &[u32], count: u32) -> Finished {
        let mut tally = Tally::default();
        tally.ask("r".to_owned(), Duration::from_millis(5));
        let accepted = json!({"type": "generation", "generationId": "g", "data": {"requestId": "r"}});
        assert_eq!(hear(&mut tally, &accepted, 6), None);
        for seq in seqs {
            assert_eq!(hear(&mut tally, &chunk(*seq), 10), None);
        }
        let end =
            json!({"type": "variantComplete", "generationId": "g", "variantIndex": 0, "data": {"nextSeq": count}});
        assert_eq!(hear(&mut tally, &end, 20), None);
        assert!(tally.is_waiting());
        let finished = hear(&mut tally, &json!({"type": "done", "generationId": "g"}), 25).unwrap();
        assert!(!tally.is_waiting());
        finished
    }

    #[test]
    fn a_stream_in_order_has_lost_nothing_and_times_count_from_its_request() {
        let finished = run(&[0, 1, 2], 3);
        assert_eq!((finished.asked, finished.done), (Duration::from_millis(5), Some(Duration::from_millis(20))));
        let stream = &finished.streams[0];
        assert_eq!((stream.lost, stream.repeated, stream.completed), (0, 0, true));
        assert_eq!((stream.first, stream.ended), (Some(Duration::from_millis(5)), Some(Duration::from_millis(15))));
    }

    #[test]
    fn a_gap_a_repetition_and_a_missing_end_are_counted() {
        assert_eq!(run(&[0, 2], 3).streams[0].lost, 1, "a gap");
        assert_eq!(run(&[0, 1], 3).streams[0].lost, 1, "the last one");
        assert_eq!(run(&[0, 1, 0], 2).streams[0].repeated, 1);
    }

    #[test]
    fn what_was_refused_or_never_ended_is_said() {
        let mut tally = Tally::default();
        tally.ask("r".to_owned(), Duration::ZERO);
        let refused = hear(&mut tally, &json!({"type": "error", "value": "no", "data": {"code": "x"}}), 1).unwrap();
        assert_eq!(refused.done, None);
        tally.ask("s".to_owned(), Duration::ZERO);
        assert_eq!(tally.give_up().len(), 1);
    }
}
