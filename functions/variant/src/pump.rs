//! The model's deltas as chunks: a reader gathers ([`crate::read`]), a writer takes what is due. They run side by side in one
//! task, so that the provider is read while a chunk is being written, and dropping the pump closes the provider's stream.

use crate::Worker;
use crate::attempt::Interruption;
use crate::claim::{has_time, stop_at_ms};
use crate::hold::{Held, Standing};
use crate::parts::Raw;
use crate::read::{ReadEnd, read_to_the_end};
use boot::Invocation;
use domain::answer::Assembly;
use domain::coalesce::Coalescer;
use domain::progress::Agent;
use domain::variant::Answer;
use ports::{ModelError, ModelRequest, StoreError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How the pump ended. Everything that was gathered before has been written, except after an interruption.
pub(crate) enum Pumped {
    /// The model has finished, and its answer is saved.
    Finished(Raw),
    /// The model refused, or broke off before its first word.
    Refused {
        /// Why.
        error: ModelError,
        /// What it was asked.
        request: ModelRequest,
    },
    /// The model broke off.
    Broken {
        /// Why.
        error: ModelError,
        /// What is saved of its answer, if a part of it had come to its end.
        raw: Option<Raw>,
    },
    /// Something else came first.
    Interrupted(Interruption),
}

/// What the reader has gathered and the writer has not yet taken.
pub(crate) struct Gathered<'a> {
    coalescer: &'a mut Coalescer,
    pub(crate) assembly: Assembly,
    /// The part that is being read as it comes, from the second on: of the first it is the assembly's text.
    later_part: String,
    page_bytes: u64,
    /// A part has come to its end: what was read is worth saving, whatever else happens.
    pub(crate) whole: bool,
    /// The worker stops: nothing more is asked of the model.
    pub(crate) stopping: bool,
    /// What comes from now on is not taken, so that what is there can be written to its end.
    pub(crate) closed: bool,
    end: Option<ReadEnd>,
}

pub(crate) struct Shared<'a> {
    gathered: Mutex<Gathered<'a>>,
    pub(crate) news: Notify,
    /// The reader has ended.
    over: Notify,
}

impl<'a> Shared<'a> {
    /// A panic of the other side ends the whole pump, so what it left is not used.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Gathered<'a>> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered<'_> {
    pub(crate) fn begin_part(&mut self) {
        self.later_part.clear();
        self.assembly.begin_part();
    }

    /// Takes a piece of the part.
    pub(crate) fn take_text(&mut self, text: &str) {
        if !self.closed {
            if self.assembly.parts() > 1 {
                self.later_part.push_str(text);
            }
            let piece = self.assembly.push(text);
            self.show(&piece);
        }
    }

    /// How long the provider may be left alone; none if nothing waits to be written.
    pub(crate) fn rest_ms(&self) -> Option<u64> {
        self.coalescer.rest_ms()
    }

    pub(crate) fn end_part(&mut self) {
        let piece = self.assembly.end_part();
        self.show(&piece);
    }

    /// The part that is being read, as it came.
    pub(crate) fn part(&self) -> &str {
        if self.assembly.parts() > 1 { &self.later_part } else { self.assembly.text() }
    }

    fn show(&mut self, piece: &str) {
        self.page_bytes += piece.len() as u64;
        self.coalescer.append(piece);
    }

    fn finish(&mut self, end: ReadEnd) {
        self.end_part();
        let last = self.assembly.last_piece();
        self.show(&last);
        self.end = Some(end);
    }
}

/// Asks the model and pumps its answer into chunks, from where `raw` ends. Each part of the answer is saved the moment it has
/// come to its end, before its last chunks are written: whatever ends this worker after that, it is not paid for again.
pub(crate) async fn pump(
    worker: &Worker,
    request: ModelRequest,
    held: &mut Held,
    coalescer: &mut Coalescer,
    raw: Raw,
    invocation: &Invocation,
) -> Result<Pumped, StoreError> {
    let Raw { assembly, answer: before, .. } = raw;
    let shared = Shared {
        gathered: Mutex::new(Gathered {
            coalescer,
            page_bytes: assembly.text().len() as u64,
            assembly,
            later_part: String::new(),
            whole: false,
            stopping: false,
            closed: false,
            end: None,
        }),
        news: Notify::new(),
        over: Notify::new(),
    };
    let key = held.key().clone();
    let mut reader = std::pin::pin!(async {
        let end = read_to_the_end(worker, request, &shared, &key, before).await;
        shared.lock().finish(end);
        shared.over.notify_one();
    });
    let mut reading = true;
    let written = {
        let mut writer = std::pin::pin!(write(held, &shared, invocation));
        loop {
            // Biased: a seed has to replay, and both sides are polled at every turn anyway.
            tokio::select! {
                biased;
                written = &mut writer => break written,
                () = &mut reader, if reading => reading = false,
            }
        }
    };
    let saving = {
        let mut gathered = shared.lock();
        gathered.stopping = true;
        reading && gathered.whole
    };
    if saving {
        // The writer was stopped while a part that had come to its end was on its way to S3.
        reader.await;
    }
    if let Some(interruption) = written? {
        return Ok(Pumped::Interrupted(interruption));
    }
    let (assembly, end) = {
        let mut gathered = shared.lock();
        (std::mem::take(&mut gathered.assembly), gathered.end.take())
    };
    let raw = |answer: Answer| Raw { assembly, answer, page_so_far: String::new() };
    match end {
        Some(ReadEnd::Saved(answer)) => Ok(Pumped::Finished(raw(answer))),
        Some(ReadEnd::Refused { error, request }) => Ok(Pumped::Refused { error, request }),
        Some(ReadEnd::Broken { error, saved }) => Ok(Pumped::Broken { error, raw: saved.map(raw) }),
        Some(ReadEnd::Unsaved(error)) => Err(error),
        None => Ok(Pumped::Interrupted(Interruption::Lost)),
    }
}

/// Writes what is due until the reader has ended and everything is written. Returns what came first, if anything did.
async fn write(
    held: &mut Held,
    shared: &Shared<'_>,
    invocation: &Invocation,
) -> Result<Option<Interruption>, StoreError> {
    let mut announced = false;
    loop {
        let now_ms = held.clock.now_ms();
        let stopping = !has_time(now_ms, invocation);
        let (chunk, due_ms, ended, whole, page_bytes) = {
            let mut gathered = shared.lock();
            gathered.stopping |= stopping;
            gathered.closed |= stopping && !gathered.whole;
            let ended = gathered.end.is_some();
            let due = gathered.coalescer.due_ms().is_some_and(|due_ms| due_ms <= now_ms);
            let chunk = if due || ended || stopping { gathered.coalescer.take(now_ms) } else { None };
            (chunk, gathered.coalescer.due_ms(), ended, gathered.whole, gathered.page_bytes)
        };
        let standing = match &chunk {
            Some(chunk) => held.write(chunk, invocation).await?,
            None if now_ms >= held.heartbeat_due_ms() => held.beat_while(invocation).await?,
            None if stopping && !whole => return Ok(Some(Interruption::OutOfTime)),
            None if ended => return Ok(None),
            None => {
                wait(held, shared, invocation, due_ms).await;
                Standing::Held
            }
        };
        match standing {
            Standing::Held => {}
            Standing::Cancelled => return Ok(Some(Interruption::Cancelled)),
            Standing::Lost => return Ok(Some(Interruption::Lost)),
        }
        if chunk.is_some() {
            shared.lock().coalescer.written(held.clock.now_ms());
            if announced {
                held.written(page_bytes).await;
            } else {
                announced = true;
                held.step(Agent::Frontend).await;
            }
        }
    }
}

/// Waits for the next chunk to be due, for news from the reader or its end, for the next heartbeat, or for the time to stop.
async fn wait(held: &Held, shared: &Shared<'_>, invocation: &Invocation, due_ms: Option<u64>) {
    let now_ms = held.clock.now_ms();
    let beat_ms = held.heartbeat_due_ms().min(stop_at_ms(invocation));
    let wake_ms = due_ms.map_or(beat_ms, |due_ms| due_ms.min(beat_ms));
    tokio::select! {
        biased;
        () = tokio::time::sleep(Duration::from_millis(wake_ms.saturating_sub(now_ms).max(1))) => {}
        // With something pending, only its due time matters: news would wake the writer for every delta.
        () = shared.news.notified(), if due_ms.is_none() => {}
        // What is left at the end is due at once.
        () = shared.over.notified() => {}
        () = invocation.stop.come() => {}
    }
}
