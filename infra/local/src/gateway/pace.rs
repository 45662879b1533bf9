//! How often clients may speak. API Gateway throttles a stage as a whole, with a token bucket, and answers 429 beyond it
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html>). Here the stage has a rate, too, but
//! whoever has said least is heard next, so that a client which says little is heard beside any number that say a lot
//! (start-time fair queueing, <https://dl.acm.org/doi/10.1145/248157.248171>). A message that has to wait is the last that is
//! read off its socket, so that a flood fills its sender's memory and not this machine's.

use crate::limits::{STAGE_AT_ONCE_MAX, STAGE_BURST_MAX, STAGE_MESSAGES_PER_SECOND_MAX, STAGE_OF_MANY_AT_ONCE_MAX};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// One that takes longer makes room for the next: it waits for something, such as a client that reads slowly.
const PLACE_HELD: Duration = Duration::from_millis(250);
/// Messages by which a connection may be ahead of those that have said more.
const AHEAD: i64 = 10;
/// The same for one that was just opened: what a page says then.
const AHEAD_AT_FIRST: i64 = 3;

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    /// Takes a token, or says how long the next one has to be waited for.
    fn take(&mut self) -> Result<(), Duration> {
        let now = Instant::now();
        self.tokens = STAGE_BURST_MAX
            .min(self.tokens + now.duration_since(self.at).as_secs_f64() * STAGE_MESSAGES_PER_SECOND_MAX);
        self.at = now;
        if self.tokens < 1.0 {
            // Rounded up: a wait that is a nanosecond too short would be followed by another.
            return Err(
                Duration::from_secs_f64((1.0 - self.tokens) / STAGE_MESSAGES_PER_SECOND_MAX) + Duration::from_micros(1)
            );
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

/// Who waits, and how much has been heard.
#[derive(Debug)]
struct Line {
    bucket: Bucket,
    /// Messages that have a place now.
    busy: usize,
    /// Those among them of connections that were not ahead.
    busy_of_many: usize,
    /// What the connection that was heard last has said: how far those who say a lot have come.
    round: i64,
    /// By how much each has said, and by when it came.
    waiting: BTreeMap<(i64, u64), oneshot::Sender<Place>>,
    arrivals: u64,
}

/// What all connections share.
#[derive(Clone, Debug)]
pub struct Stage {
    line: Arc<Mutex<Line>>,
    changed: Arc<Notify>,
}

impl Default for Stage {
    fn default() -> Self {
        let bucket = Bucket { tokens: STAGE_BURST_MAX, at: Instant::now() };
        let line = Line { bucket, busy: 0, busy_of_many: 0, round: 0, waiting: BTreeMap::new(), arrivals: 0 };
        Self { line: Arc::new(Mutex::new(line)), changed: Arc::default() }
    }
}

impl Stage {
    fn lock(&self) -> MutexGuard<'_, Line> {
        // Every change is whole once it is begun: there is nothing in it that panics.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives places to those who wait, until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let next = self.give();
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.changed.notified() => {}
                () = sleep(next.unwrap_or_default()), if next.is_some() => {}
            }
        }
    }

    /// Gives as many places as there are. Says when the next one will be there, if that is a matter of time.
    fn give(&self) -> Option<Duration> {
        loop {
            let (told, of_many) = {
                let mut line = self.lock();
                // A connection that has closed no longer waits.
                while line.waiting.first_key_value()?.1.is_closed() {
                    line.waiting.pop_first();
                }
                // Who waits behind the first has said no less.
                let of_many = line.waiting.first_key_value()?.0.0 >= line.round;
                if line.busy >= STAGE_AT_ONCE_MAX || (of_many && line.busy_of_many >= STAGE_OF_MANY_AT_ONCE_MAX) {
                    return None;
                }
                if let Err(wait) = line.bucket.take() {
                    return Some(wait);
                }
                let ((said, _), told) = line.waiting.pop_first()?;
                line.busy += 1;
                line.busy_of_many += usize::from(of_many);
                line.round = line.round.max(said);
                (told, of_many)
            };
            // One that closes at this moment gives its place back, which takes the lock.
            let _ = told.send(Place { stage: self.clone(), of_many });
        }
    }
}

/// Leave to have one message handled. Dropped, it is the next one's.
#[derive(Debug)]
pub(super) struct Place {
    stage: Stage,
    of_many: bool,
}

impl Place {
    /// Handles the message, and makes room for the next before its end if that takes long.
    pub(super) async fn handle<T>(self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if let Ok(done) = timeout(PLACE_HELD, &mut work).await {
            return done;
        }
        drop(self);
        work.await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut line = self.stage.lock();
        line.busy -= 1;
        line.busy_of_many -= usize::from(self.of_many);
        drop(line);
        self.stage.changed.notify_one();
    }
}

/// How much one connection has said.
#[derive(Debug)]
pub(super) struct Pace {
    stage: Stage,
    said: Option<i64>,
}

impl Pace {
    pub(super) fn on(stage: &Stage) -> Self {
        Self { stage: stage.clone(), said: None }
    }

    /// Puts a message that has come into the line; what is returned hears when it may be handled.
    pub(super) fn wait(&mut self) -> oneshot::Receiver<Place> {
        let (told, turn) = oneshot::channel();
        let mut line = self.stage.lock();
        let said = self.said.map_or(line.round - AHEAD_AT_FIRST, |said| (line.round - AHEAD).max(said + 1));
        self.said = Some(said);
        line.arrivals += 1;
        let arrival = line.arrivals;
        line.waiting.insert((said, arrival), told);
        drop(line);
        self.stage.changed.notify_one();
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_util::task::AbortOnDropHandle;

    #[expect(clippy::disallowed_methods, reason = "ended with its handle")]
    fn running(stage: &Stage) -> AbortOnDropHandle<()> {
        AbortOnDropHandle::new(tokio::spawn(stage.clone().run(CancellationToken::new())))
    }

    /// Connections of which each says the next thing as soon as it was heard.
    #[expect(clippy::disallowed_methods, reason = "ended with their handles")]
    fn flood(stage: &Stage, count: usize) -> Vec<AbortOnDropHandle<()>> {
        let one = |stage: Stage| async move {
            let mut pace = Pace::on(&stage);
            while let Ok(place) = pace.wait().await {
                place.handle(sleep(Duration::from_millis(5))).await;
            }
        };
        (0..count).map(|_| AbortOnDropHandle::new(tokio::spawn(one(stage.clone())))).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_little_is_heard_at_once_beside_a_thousand_who_say_a_lot() {
        let stage = Stage::default();
        let _tasks = (running(&stage), flood(&stage, 1_000));
        // All of them have been heard once.
        sleep(Duration::from_secs(5)).await;
        for _ in 0..10 {
            let mut quiet = Pace::on(&stage);
            let asked = Instant::now();
            drop(quiet.wait().await.unwrap());
            assert!(asked.elapsed() < Duration::from_millis(20), "{:?}", asked.elapsed());
            sleep(Duration::from_secs(1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_been_quiet_may_say_some_things_at_once_and_then_waits_for_the_others() {
        let stage = Stage::default();
        let _tasks = (running(&stage), flood(&stage, 200));
        sleep(Duration::from_secs(15)).await;
        let mut pace = Pace::on(&stage);
        drop(pace.wait().await.unwrap());
        // The others have said more and more in the meantime.
        sleep(Duration::from_secs(15)).await;
        for _ in 0..AHEAD {
            let asked = Instant::now();
            drop(pace.wait().await.unwrap());
            assert!(asked.elapsed() < Duration::from_millis(20), "{:?}", asked.elapsed());
        }
        let asked = Instant::now();
        for _ in 0..3 {
            drop(pace.wait().await.unwrap());
        }
        assert!(asked.elapsed() > Duration::from_millis(1_500), "rounds of two hundred: {:?}", asked.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn one_client_alone_is_held_to_the_stages_rate() {
        let stage = Stage::default();
        let _task = running(&stage);
        let mut pace = Pace::on(&stage);
        let began = Instant::now();
        for _ in 0..200 {
            drop(pace.wait().await.unwrap());
        }
        assert!(began.elapsed() < Duration::from_millis(10), "{:?}", began.elapsed());
        for _ in 0..200 {
            drop(pace.wait().await.unwrap());
        }
        assert!((900..1_500).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_are_handled_at_once_and_one_that_takes_long_makes_room() {
        let stage = Stage::default();
        let _task = running(&stage);
        let mut held = Vec::new();
        for _ in 0..STAGE_AT_ONCE_MAX {
            held.push(Pace::on(&stage).wait().await.unwrap());
        }
        assert_eq!(stage.lock().busy_of_many, 0, "each has said one thing");
        let mut next = Pace::on(&stage).wait();
        assert!(timeout(Duration::from_mins(1), &mut next).await.is_err(), "there is no place");
        let slow = held.pop().unwrap();
        let began = Instant::now();
        let ((), after) = tokio::join!(slow.handle(sleep(Duration::from_secs(20))), async {
            let _place = next.await.unwrap();
            began.elapsed()
        });
        assert!(after < PLACE_HELD * 2, "{after:?}");
        assert!(began.elapsed() >= Duration::from_secs(20), "and goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_has_two_places_however_many_there_are() {
        let stage = Stage::default();
        let _tasks = (running(&stage), flood(&stage, 200));
        sleep(Duration::from_secs(20)).await;
        for _ in 0..100 {
            sleep(Duration::from_millis(7)).await;
            assert!(stage.lock().busy <= STAGE_OF_MANY_AT_ONCE_MAX);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_closes_while_it_waits_takes_no_place() {
        let stage = Stage::default();
        let _task = running(&stage);
        for _ in 0..10 * STAGE_AT_ONCE_MAX {
            drop(Pace::on(&stage).wait());
        }
        drop(Pace::on(&stage).wait().await.unwrap());
        assert_eq!(stage.lock().waiting.len(), 0);
        assert_eq!(stage.lock().busy, 0);
    }
}
