//! `generate`: record, tell the ids, start the workers - so that whatever a worker pushes comes after its announcement.

use crate::{Sender, Socket};
use domain::generation::Generation;
use domain::ids::VariantKey;
use domain::request::StartRequest;
use domain::stage::Stage;
use domain::wire::server::ServerMessage;
use lifecycle::{Started, StepError, visible};

impl Socket {
    pub(crate) async fn generate(&self, sender: &Sender, start: &StartRequest, bare: bool) -> Result<(), StepError> {
        let started = self.starter.record(&sender.user, start, Some(&sender.connection), bare).await?;
        match started {
            Started::New(generation) => {
                self.connections.follow(&sender.connection, &generation.id).await?;
                self.announce(sender, &generation, start.request_id.as_deref()).await;
                self.starter.invoke_workers(&generation).await;
                Ok(())
            }
            // A resend: the client gets what it would have got, from the start.
            Started::Attached(id) => {
                let recorded = visible(&*self.generations, &sender.user, &id).await?;
                self.connections.follow(&sender.connection, &id).await?;
                self.announce(sender, &recorded.generation, start.request_id.as_deref()).await;
                self.replayer.replay(&sender.connection, &recorded, &[]).await
            }
        }
    }

    async fn announce(&self, sender: &Sender, generation: &Generation, request_id: Option<&str>) {
        for message in ServerMessage::accepted(generation, request_id) {
            self.send(sender, &message).await;
        }
        for (variant_index, model) in (0..).zip(&generation.models) {
            let key = VariantKey { generation_id: generation.id.clone(), variant_index };
            self.send(sender, &ServerMessage::status(&key, &format!("Waiting for {model}"))).await;
        }
        tracing::info!(stage = %Stage::StatusSent, generation_id = %generation.id, connection = %sender.connection);
    }
}
