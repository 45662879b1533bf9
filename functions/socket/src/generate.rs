//! `generate`: record, tell the ids, start the workers - so that whatever a worker pushes comes after its announcement.

use crate::{Sender, Socket};
use domain::generation::Generation;
use domain::ids::{GenerationId, VariantKey};
use domain::limits::{ANNOUNCE_MS_MAX, LISTENERS_MAX};
use domain::request::StartRequest;
use domain::request::reference::Reference;
use domain::stage::Stage;
use domain::wire::server::ServerMessage;
use lifecycle::{Started, StepError, owned};
use std::time::Duration;
use tokio::time::timeout;

impl Socket {
    pub(crate) async fn generate(&self, sender: &Sender, start: &StartRequest, bare: bool) -> Result<(), StepError> {
        let user = sender.who_starts()?;
        let started = self.starter.record(user, start, Some(&sender.connection), bare).await?;
        match started {
            Started::New(generation) => {
                self.follow(sender, &generation.id).await;
                self.announce(sender, &generation, start).await;
                self.starter.invoke_workers(&generation).await;
                Ok(())
            }
            // A resend: the client gets what it would have got, from the start.
            Started::Attached(id) => {
                let recorded = owned(&*self.generations, user, &id).await?;
                self.follow(sender, &id).await;
                self.announce(sender, &recorded.generation, start).await;
                self.replayer.replay(&sender.connection, None, &recorded, &[], LISTENERS_MAX).await
            }
        }
    }

    /// The same, for params that the message only names.
    pub(crate) async fn generate_referenced(
        &self,
        sender: &Sender,
        reference: &Reference,
        bare: bool,
    ) -> Result<(), StepError> {
        let start = self.starter.referenced(sender.who_starts()?, reference).await?;
        self.generate(sender, &start, bare).await
    }

    /// Notes what the connection follows. Only what a disconnect does is at stake, so a failure stops nothing.
    pub(crate) async fn follow(&self, sender: &Sender, id: &GenerationId) {
        if let Err(error) = self.connections.follow(&sender.connection, id).await {
            tracing::warn!(connection = %sender.connection, generation_id = %id, %error, "follow_failed");
        }
    }

    /// Within a limit: a client that does not take its announcement must not keep the workers from starting.
    async fn announce(&self, sender: &Sender, generation: &Generation, start: &StartRequest) {
        let limit = Duration::from_millis(ANNOUNCE_MS_MAX);
        if timeout(limit, self.announce_to(sender, generation, start)).await.is_err() {
            tracing::warn!(generation_id = %generation.id, connection = %sender.connection, "announcement_cut_off");
        }
    }

    async fn announce_to(&self, sender: &Sender, generation: &Generation, start: &StartRequest) {
        for message in ServerMessage::accepted(generation, start.request_id.as_deref(), &start.notices()) {
            self.send(sender, &message).await;
        }
        for (variant_index, model) in (0..).zip(&generation.models) {
            let key = VariantKey { generation_id: generation.id.clone(), variant_index };
            self.send(sender, &ServerMessage::waiting(&key, model)).await;
        }
        tracing::info!(stage = %Stage::StatusSent, generation_id = %generation.id, connection = %sender.connection);
    }
}
