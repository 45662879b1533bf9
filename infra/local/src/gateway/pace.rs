//! How often clients may speak. API Gateway throttles a stage as a whole, with a token bucket, and answers 429 beyond it
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html>). Here each connection has a few
//! messages of its own first, so that a client which says little is heard beside any number that say a lot; what it says
//! beyond them shares the stage, in turn. A message that has to wait is not read off its socket, so that a flood fills its
//! sender's memory and not this machine's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Messages that a connection may send at once before it shares the stage: a page that opens asks for as much as this.
const OWN_BURST: f64 = 10.0;
/// Messages a second that a connection has of its own after that.
const OWN_RATE: f64 = 2.0;
/// Messages a second of all connections beyond their own.
const STAGE_RATE: f64 = 200.0;
/// Such messages at once.
const STAGE_BURST: f64 = 50.0;

/// Open connections, if the system has files for them.
const CONNECTIONS_MAX: usize = 4_000;
/// Files that everything else may have open.
const FILES_KEPT: usize = 256;
/// What is taken for the system's limit where it does not say.
const FILES_USUAL: usize = 1_024;

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    burst: f64,
    rate: f64,
    at: Instant,
}

impl Bucket {
    fn full(burst: f64, rate: f64) -> Self {
        Self { tokens: burst, burst, rate, at: Instant::now() }
    }

    fn fill(&mut self, now: Instant) {
        self.tokens = self.burst.min(self.tokens + now.duration_since(self.at).as_secs_f64() * self.rate);
        self.at = now;
    }

    /// Takes a token if there is one.
    fn take(&mut self, now: Instant) -> bool {
        self.fill(now);
        let there = self.tokens >= 1.0;
        self.tokens -= f64::from(u8::from(there));
        there
    }

    /// Takes the next token and says how long it has to be waited for.
    fn reserve(&mut self, now: Instant) -> Duration {
        self.fill(now);
        self.tokens -= 1.0;
        Duration::from_secs_f64((-self.tokens / self.rate).max(0.0))
    }
}

/// What all connections share.
#[derive(Clone, Debug)]
pub struct Stage(Arc<Mutex<Bucket>>);

impl Default for Stage {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Bucket::full(STAGE_BURST, STAGE_RATE))))
    }
}

/// One connection's share.
#[derive(Debug)]
pub(super) struct Pace {
    own: Bucket,
    stage: Stage,
}

impl Pace {
    pub(super) fn on(stage: &Stage) -> Self {
        Self { own: Bucket::full(OWN_BURST, OWN_RATE), stage: stage.clone() }
    }

    /// When a message that has come now may be handled.
    pub(super) fn turn(&mut self) -> Instant {
        let now = Instant::now();
        if self.own.take(now) {
            return now;
        }
        // A panic elsewhere leaves two numbers as they are.
        now + self.stage.0.lock().unwrap_or_else(PoisonError::into_inner).reserve(now)
    }
}

/// How many connections may be open: each is an open file, and the stores need some, too.
pub(super) fn connections_max() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(FILES_USUAL);
    files.saturating_sub(FILES_KEPT).min(CONNECTIONS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_says_little_is_heard_at_once_beside_a_thousand_who_say_a_lot() {
        let stage = Stage::default();
        let mut flood: Vec<Pace> = (0..1_000).map(|_| Pace::on(&stage)).collect();
        for pace in &mut flood {
            for _ in 0..20 {
                pace.turn();
            }
        }
        let mut quiet = Pace::on(&stage);
        for _ in 0..5 {
            assert_eq!(quiet.turn(), Instant::now());
        }
        let waits = flood[0].turn() - Instant::now();
        assert!(waits > Duration::from_secs(40), "{waits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_client_alone_is_held_to_the_stages_rate() {
        let mut pace = Pace::on(&Stage::default());
        for _ in 0..60 {
            assert_eq!(pace.turn(), Instant::now());
        }
        assert_eq!(pace.turn() - Instant::now(), Duration::from_millis(5));
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(pace.turn(), Instant::now());
    }

    #[test]
    fn some_files_are_kept_for_everything_else() {
        assert!((1..=CONNECTIONS_MAX).contains(&connections_max()));
    }
}
