//! What an earlier attempt has shown, kept on the screen when this one fails without any text of its own.

use crate::Worker;
use crate::hold::{Held, Standing};
use boot::Invocation;
use domain::chunk::assemble;
use domain::coalesce::Coalescer;
use domain::ids::AttemptKey;
use domain::limits::CHUNKS_PAGE;
use ports::StoreError;

impl Worker {
    /// A later attempt begins by clearing the screen. If it is to fail before it wrote anything, the latest text of an
    /// earlier one is recorded under it and shown again.
    pub(crate) async fn keep_text(&self, held: &mut Held, invocation: &Invocation) -> Result<Standing, StoreError> {
        let key = held.key().clone();
        if key.attempt == 1 || !self.text_of(&key).await?.is_empty() {
            return Ok(Standing::Held);
        }
        let mut coalescer = Coalescer::after(held.seen.next_seq, self.push_interval_ms);
        for attempt in (1..key.attempt).rev() {
            let text = self.text_of(&AttemptKey { variant: key.variant.clone(), attempt }).await?;
            if !text.is_empty() {
                coalescer.replace(&text);
                break;
            }
        }
        while let Some(chunk) = coalescer.take(self.clock.now_ms()) {
            let standing = held.write(&chunk, invocation).await?;
            if standing != Standing::Held {
                return Ok(standing);
            }
        }
        Ok(Standing::Held)
    }

    /// All the text of an attempt; none if it cannot be read.
    async fn text_of(&self, key: &AttemptKey) -> Result<String, StoreError> {
        let mut chunks = Vec::new();
        loop {
            let after = chunks.last().map(|last: &domain::chunk::Chunk| last.seq);
            match self.variants.chunks(key, after, CHUNKS_PAGE).await {
                Ok(page) if page.is_empty() => return Ok(assemble(&chunks)),
                Ok(page) => chunks.extend(page),
                Err(StoreError::Corrupt(reason)) => {
                    tracing::error!(variant = %key.variant, attempt = key.attempt, reason, "corrupt_record");
                    return Ok(String::new());
                }
                Err(
                    error @ (StoreError::Unavailable(_)
                    | StoreError::Misconfigured(_)
                    | StoreError::Missing(_)
                    | StoreError::Forbidden(_)),
                ) => return Err(error),
            }
        }
    }
}
