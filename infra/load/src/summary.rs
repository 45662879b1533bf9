use crate::{Finished, Sample};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// What a run has brought, before it is added up.
#[derive(Debug, Default)]
pub(crate) struct Raw {
    pub(crate) planned: usize,
    pub(crate) begun: usize,
    pub(crate) sockets: usize,
    pub(crate) refused: usize,
    pub(crate) broken: usize,
    pub(crate) took: Duration,
    pub(crate) before: (u64, Duration),
    pub(crate) connected: (u64, Duration),
    pub(crate) after: (u64, Duration),
    pub(crate) finished: Vec<Finished>,
    pub(crate) samples: Vec<Sample>,
}

/// Some times: the middle, the slow ones, the slowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Half of them are below.
    pub p50: Duration,
    /// 95 of 100 are below.
    pub p95: Duration,
    /// 99 of 100 are below.
    pub p99: Duration,
    /// The slowest.
    pub max: Duration,
}

/// What a run has brought.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Sockets that were opened, that the server did not take, and that broke.
    pub sockets: [usize; 3],
    /// Generations that were begun, and that came to `done`.
    pub generations: [usize; 2],
    /// Streams that ended with a page, and in another way or not at all.
    pub streams: [usize; 2],
    /// Chunks that never came or came out of order.
    pub lost: u64,
    /// Chunks that came again.
    pub repeated: u64,
    /// Chunks in all.
    pub chunks: u64,
    /// To a stream's first chunk.
    pub first: Spread,
    /// To a stream's end.
    pub ended: Spread,
    /// The same without what the model itself takes.
    pub added: Option<Spread>,
    /// The whole run.
    pub took: Duration,
    /// Resident memory before the sockets, with the sockets idle, and at its highest, in bytes.
    pub memory_bytes: [u64; 3],
    /// CPU time of the server.
    pub cpu: Duration,
    /// Each generation, for the plot.
    pub finished: Vec<Finished>,
    /// Each look at the server.
    pub samples: Vec<Sample>,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
        let at = |percent: usize| at(percent).copied().unwrap_or_default();
        Self { p50: at(50), p95: at(95), p99: at(99), max: at(100) }
    }

    fn json(self) -> Value {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        json!({"p50": ms(self.p50), "p95": ms(self.p95), "p99": ms(self.p99), "max": ms(self.max)})
    }
}

impl Summary {
    pub(crate) fn of(raw: Raw, model_ms: Option<u64>) -> Self {
        let streams = || raw.finished.iter().flat_map(|one| &one.streams);
        let completed = streams().filter(|stream| stream.completed).count();
        let ends: Vec<Duration> = streams().filter_map(|stream| stream.ended).collect();
        let model = model_ms.map(Duration::from_millis);
        Self {
            sockets: [raw.sockets, raw.refused, raw.broken],
            generations: [raw.begun, raw.finished.iter().filter(|one| one.done.is_some()).count()],
            streams: [completed, streams().count() - completed],
            lost: streams().map(|stream| u64::from(stream.lost)).sum(),
            repeated: streams().map(|stream| u64::from(stream.repeated)).sum(),
            chunks: raw.samples.last().map_or(0, |sample| sample.chunks),
            first: Spread::of(streams().filter_map(|stream| stream.first).collect()),
            added: model.map(|model| Spread::of(ends.iter().map(|end| end.saturating_sub(model)).collect())),
            ended: Spread::of(ends),
            took: raw.took,
            memory_bytes: [
                raw.before.0,
                raw.connected.0,
                raw.samples.iter().map(|sample| sample.memory_bytes).max().unwrap_or_default().max(raw.after.0),
            ],
            cpu: raw.after.1.saturating_sub(raw.before.1),
            finished: raw.finished,
            samples: raw.samples,
        }
    }

    /// Whether everything came to its end and no chunk was lost or came twice.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let [_, refused, broken] = self.sockets;
        let [begun, done] = self.generations;
        (refused, broken, self.lost, self.repeated, self.streams[1]) == (0, 0, 0, 0, 0) && begun == done
    }

    /// For machines; times in milliseconds.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "whole": self.is_whole(),
            "sockets": {"opened": self.sockets[0], "refused": self.sockets[1], "broken": self.sockets[2]},
            "generations": {"begun": self.generations[0], "done": self.generations[1]},
            "streams": {"completed": self.streams[0], "other": self.streams[1]},
            "chunks": {"came": self.chunks, "lost": self.lost, "repeated": self.repeated},
            "firstChunkMs": self.first.json(),
            "endMs": self.ended.json(),
            "addedMs": self.added.map(Spread::json),
            "tookMs": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            "memoryBytes": {"before": self.memory_bytes[0], "idle": self.memory_bytes[1], "peak": self.memory_bytes[2]},
            "cpuMs": u64::try_from(self.cpu.as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |time: Duration| time.as_secs_f64();
        let (p50, p95, p99, max) = (seconds(self.p50), seconds(self.p95), seconds(self.p99), seconds(self.max));
        write!(f, "p50 {p50:.2} s, p95 {p95:.2} s, p99 {p99:.2} s, max {max:.2} s")
    }
}

#[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / (1_024.0 * 1_024.0)
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([opened, refused, broken], [begun, done]) = (self.sockets, self.generations);
        writeln!(f, "Sockets      {opened} opened, {refused} refused, {broken} broken")?;
        writeln!(f, "Generations  {begun} begun, {done} done, in {:.1} s", self.took.as_secs_f64())?;
        writeln!(f, "Streams      {} completed, {} not", self.streams[0], self.streams[1])?;
        writeln!(f, "Chunks       {} came, {} lost, {} came twice", self.chunks, self.lost, self.repeated)?;
        if begun > 0 {
            writeln!(f, "First chunk  {}", self.first)?;
            writeln!(f, "End          {}", self.ended)?;
        }
        if let Some(added) = self.added {
            writeln!(f, "Added        {added}")?;
        }
        let [before, idle, peak] = self.memory_bytes.map(megabytes);
        writeln!(f, "Memory       {before:.0} MB before, {idle:.0} MB with idle sockets, {peak:.0} MB at its highest")?;
        write!(f, "CPU          {:.1} s of the server", self.cpu.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stream;

    #[test]
    fn a_run_is_whole_only_if_every_stream_came_to_its_end_with_every_chunk() {
        let stream = Stream { completed: true, ended: Some(Duration::from_secs(6)), ..Stream::default() };
        let finished =
            |stream| Finished { asked: Duration::ZERO, done: Some(Duration::from_secs(6)), streams: vec![stream] };
        let summary =
            |stream| Summary::of(Raw { begun: 1, finished: vec![finished(stream)], ..Raw::default() }, Some(5_000));
        let whole = summary(stream.clone());
        assert!(whole.is_whole());
        assert_eq!(whole.added.unwrap().max, Duration::from_secs(1));
        assert!(!summary(Stream { lost: 1, ..stream.clone() }).is_whole());
        assert!(!summary(Stream { repeated: 1, ..stream.clone() }).is_whole());
        assert!(!summary(Stream { completed: false, ..stream }).is_whole());
        assert!(!Summary::of(Raw { begun: 1, ..Raw::default() }, None).is_whole(), "it never ended");
    }

    #[test]
    fn a_spread_names_the_slow_ones() {
        let spread = Spread::of((1..=100).map(Duration::from_millis).collect());
        assert_eq!((spread.p50.as_millis(), spread.p95.as_millis(), spread.max.as_millis()), (51, 96, 100));
        assert_eq!(Spread::of(Vec::new()), Spread::default());
    }
}
