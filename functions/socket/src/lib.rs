//! The WebSocket's routes, a module each: [`connect`], [`disconnect`], [`generate`], [`resume`], [`cancel`]; `ping` is
//! answered here. One function serves them all: the connection warms the very environment that generates a moment
//! later.
//!
//! API Gateway chooses the route by `$request.body.action`. The body decides here as well, so that a message means the
//! same whichever route it came by, and bare params reach `$default`.

mod answer;
mod cancel;
mod connect;
mod disconnect;
mod event;
mod generate;
mod resume;
mod seat;
mod sender;

pub use answer::Answer;
pub use connect::PROTOCOL;
pub use event::SocketEvent;

use async_trait::async_trait;
use boot::{Boot, Function, FunctionError, Invocation, SettingError};
use domain::error::Refusal;
use domain::ids::ConnectionId;
use domain::stage::Stage;
use domain::wire::client::ClientMessage;
use domain::wire::server::ServerMessage;
use lifecycle::{Replayer, Starter, StepError, push_to};
use ports::{Authenticator, Clock, Connections, Generations, Push, Variants};
use sender::Sender;
use std::sync::Arc;

/// The route keys that API Gateway is configured with, beside `$connect` and `$disconnect`.
pub const MESSAGE_ROUTES: [&str; 5] = ["generate", "resume", "cancel", "ping", "$default"];

/// The handler and all that it may touch.
#[derive(Clone)]
pub struct Socket {
    /// Who may connect.
    pub authenticator: Arc<dyn Authenticator>,
    /// Who is connected.
    pub connections: Arc<dyn Connections>,
    /// What was accepted.
    pub generations: Arc<dyn Generations>,
    /// To cancel.
    pub variants: Arc<dyn Variants>,
    /// To answer.
    pub push: Arc<dyn Push>,
    /// To accept.
    pub starter: Starter,
    /// To resume.
    pub replayer: Replayer,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Socket {
    /// The handler over AWS.
    ///
    /// # Errors
    /// [`SettingError`] for a setting that is missing.
    pub fn from_boot(boot: &Boot) -> Result<Self, SettingError> {
        let table = boot.table();
        let push = boot.sockets()?;
        Ok(Self {
            authenticator: boot.authenticator()?,
            connections: table.clone(),
            generations: table.clone(),
            starter: Starter {
                generations: table.clone(),
                objects: boot.bucket(),
                uploads: boot.bucket(),
                invoke: boot.workers(),
                clock: boot.clock.clone(),
                ids: boot.ids.clone(),
                offer: boot.settings.offer.clone(),
                purse: boot.purse(),
            },
            replayer: Replayer { variants: table.clone(), push: push.clone() },
            variants: table,
            push,
            clock: boot.clock.clone(),
        })
    }

    pub(crate) async fn send(&self, sender: &Sender, message: &ServerMessage) {
        push_to(&*self.push, &sender.connection, message).await;
    }

    async fn message(&self, connection: ConnectionId, body: &str) -> Result<Option<String>, FunctionError> {
        let read = ClientMessage::read(body);
        let Some(greeting) = self.connections.greet(&connection).await? else {
            // Its record has expired or was never written; the client reconnects and resumes.
            tracing::warn!(%connection, "message_of_an_unknown_connection");
            self.push.close(&connection).await.map_err(|error| FunctionError(error.to_string()))?;
            return Ok(None);
        };
        let sender = Sender::of(greeting.connection, self.clock.now_ms());
        // The peer's frontend expects its variant count before anything else, so a bare request is not greeted.
        let bare = match &read {
            Ok(message) => message.is_bare(),
            Err(_) => ClientMessage::is_of_peer(body),
        };
        if greeting.first && !bare {
            self.send(&sender, &ServerMessage::connected()).await;
        }
        let step = match read {
            Ok(ClientMessage::Ping) => return Ok(ServerMessage::pong().encode().ok()),
            Ok(ClientMessage::Generate { start, bare }) => self.generate(&sender, &start, bare).await,
            Ok(ClientMessage::GenerateReferenced { reference, bare }) => {
                self.generate_referenced(&sender, &reference, bare).await
            }
            Ok(ClientMessage::Resume { generation_id, cursors, share }) => {
                self.resume(&sender, &generation_id, &cursors, share).await
            }
            Ok(ClientMessage::Cancel { generation_id, variant_index }) => {
                self.cancel(&sender, &generation_id, variant_index).await
            }
            Err(refusal) => Err(refusal.into()),
        };
        if let Err(error) = step {
            self.refuse(&sender, &error, bare).await;
        }
        Ok(None)
    }

    /// Says why nothing was done. The connection stays usable, unless its client waits for its end.
    async fn refuse(&self, sender: &Sender, error: &StepError, bare: bool) {
        let refusal: Refusal = error.refusal();
        match error {
            StepError::Refused(_) => tracing::info!(
                stage = %Stage::Refused, connection = %sender.connection, code = ?refusal.code, field = refusal.field
            ),
            StepError::Exceeded(exceeded) => tracing::info!(
                stage = %Stage::Refused, connection = %sender.connection, code = ?refusal.code,
                scope = exceeded.scope.name(), limit = ?exceeded.limit
            ),
            StepError::Store(cause) => tracing::error!(connection = %sender.connection, %cause, "step_failed"),
        }
        if !bare {
            let message = match error {
                StepError::Exceeded(exceeded) => ServerMessage::exceeded(&refusal, exceeded, self.clock.now_ms()),
                StepError::Refused(_) | StepError::Store(_) => ServerMessage::refused(&refusal),
            };
            return self.send(sender, &message).await;
        }
        for message in ServerMessage::refused_to_peer(&refusal) {
            self.send(sender, &message).await;
        }
        if let Err(error) = self.push.close(&sender.connection).await {
            tracing::warn!(connection = %sender.connection, %error, "close_failed");
        }
    }
}

#[async_trait]
impl Function for Socket {
    type Event = SocketEvent;
    type Answer = Answer;

    async fn handle(&self, event: Self::Event, _invocation: &Invocation) -> Result<Self::Answer, FunctionError> {
        let context = &event.request_context;
        let Some(connection) = context.connection_id.clone().map(ConnectionId) else {
            return Err(FunctionError("the event has no connectionId".to_owned()));
        };
        let mut answer = Answer::status(200);
        match context.route_key.as_deref() {
            Some("$connect") => answer = self.connect(connection, &event).await?,
            Some("$disconnect") => self.disconnect(&connection, context.disconnect_status_code).await?,
            Some(_) | None => {
                let body = event.body.unwrap_or_default();
                answer.body = self.message(connection, &body).await?;
            }
        }
        Ok(answer)
    }
}
