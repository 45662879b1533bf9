use crate::client::{Client, Counters};
use crate::process::look;
use crate::summary::Raw;
use crate::{Plan, Sample, Summary};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

/// Sockets that are opened at once: the gateway, here and on AWS, limits handshakes in a second.
const OPENED_AT_ONCE: usize = 50;
const EVERY: Duration = Duration::from_millis(250);

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The last look.
    pub sample: Sample,
    /// Sockets that are open.
    pub connected: usize,
    /// Generations that were begun.
    pub begun: usize,
    /// Of how many.
    pub planned: usize,
}

/// Carries a plan out. `progress` is told how far it is, a few times a second.
///
/// # Errors
/// One line, if no socket could be opened.
pub async fn run(plan: &Plan, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Summary, String> {
    let counters = Arc::new(Counters::default());
    let before = plan.process.and_then(look).unwrap_or_default();
    let began = Instant::now();
    let sockets = connect(plan, &counters, began).await;
    if sockets.is_empty() {
        return Err(format!("{} takes no connection", plan.url));
    }
    let connected = plan.process.and_then(look).unwrap_or_default();
    let (begins, begun_at) = (plan.begins(), Instant::now());
    let until = begun_at + plan.duration + plan.patience;
    let mut tasks = JoinSet::new();
    let mut doors = Vec::new();
    for (client, socket) in sockets {
        let (sender, receiver) = mpsc::channel(begins.len().max(1));
        doors.push(sender);
        let client = Client { began: begun_at, ..client };
        tasks.spawn(client.run(socket, receiver, until));
    }
    let mut raw = Raw { planned: begins.len(), before, connected, ..Raw::default() };
    let mut looks = interval(EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut next = begins.iter().peekable();
    let hold_until = begun_at + if begins.is_empty() { plan.duration } else { Duration::ZERO };
    loop {
        let due = next.peek().map_or(until, |(at, _)| begun_at + *at);
        tokio::select! {
            () = sleep_until(due), if next.peek().is_some() => {
                if let Some((_, client)) = next.next() {
                    raw.begun += 1;
                    // A client that has ended has lost its socket; that is counted there.
                    let _ = doors[client % doors.len()].try_send(());
                }
            }
            () = sleep_until(hold_until), if next.peek().is_none() && !doors.is_empty() => doors.clear(),
            ended = tasks.join_next() => match ended {
                Some(finished) => raw.finished.extend(finished.unwrap_or_default()),
                None => break,
            },
            _ = looks.tick() => {
                let (memory_bytes, cpu) = plan.process.and_then(look).unwrap_or_default();
                let running = counters.running.load(Ordering::Relaxed);
                let chunks = counters.chunks.load(Ordering::Relaxed);
                let sample = Sample { at: begun_at.elapsed(), memory_bytes, cpu, running, chunks };
                raw.samples.push(sample);
                let connected = counters.connected.load(Ordering::Relaxed);
                progress(Progress { sample, connected, begun: raw.begun, planned: raw.planned });
            }
        }
    }
    raw.took = begun_at.elapsed();
    raw.sockets = counters.connected.load(Ordering::Relaxed);
    raw.refused = counters.refused.load(Ordering::Relaxed);
    raw.broken = counters.broken.load(Ordering::Relaxed);
    raw.after = plan.process.and_then(look).unwrap_or_default();
    Ok(Summary::of(raw, plan.model_ms))
}

type Open = Vec<(Client, tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>)>;

async fn connect(plan: &Plan, counters: &Arc<Counters>, began: Instant) -> Open {
    let mut open = Vec::with_capacity(plan.clients);
    let mut opening = JoinSet::new();
    for number in 0..plan.clients {
        let client =
            Client { number, url: plan.url.clone(), variants: plan.variants, began, counters: Arc::clone(counters) };
        opening.spawn(async move { client.connect().await.map(|socket| (client, socket)) });
        if opening.len() >= OPENED_AT_ONCE
            && let Some(Ok(Some(opened))) = opening.join_next().await
        {
            open.push(opened);
        }
    }
    open.extend(opening.join_all().await.into_iter().flatten());
    open
}
