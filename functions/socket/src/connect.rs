//! `$connect`: let in who may come, and remember the connection. Nothing can be sent to it yet: the upgrade is pending until
//! this returns (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html>).
//!
//! A browser can set nothing of a handshake but its query and its subprotocols, so a token comes as `?token=`, or as the
//! subprotocol that is not [`PROTOCOL`]. A guest has the token of a link instead, as `?share=`.

use crate::{Answer, Socket, SocketEvent};
use domain::identity::{Flaw, Identity, Token, Viewer};
use domain::ids::ConnectionId;
use domain::limits::CONNECTION_TTL_S;
use domain::share::{ShareId, ShareToken};
use domain::stage::Stage;
use lifecycle::{StepError, visible};
use ports::{AuthenticationError, Connection, StoreError};

/// The subprotocol that is answered, if it is offered. A client that offers its token as one needs another for the answer, or
/// the token would be said twice.
pub const PROTOCOL: &str = "quartet";

const HEADER: &str = "Sec-WebSocket-Protocol";

/// What a handshake says.
struct Handshake {
    token: Option<Token>,
    share: Option<String>,
    /// What has to be answered, so that a browser takes the answer.
    protocol: Option<String>,
}

impl Handshake {
    fn read(event: &SocketEvent) -> Self {
        let query = |name: &str| event.query(name).map(str::to_owned);
        let offered: Vec<&str> = event
            .header(HEADER)
            .flat_map(|values| values.split(','))
            .map(str::trim)
            // No other is a subprotocol (RFC 6455, section 4.1), and no header could answer it.
            .filter(|value| !value.is_empty() && value.is_ascii())
            .collect();
        let shown = offered.iter().find(|value| **value != PROTOCOL);
        let protocol = if offered.contains(&PROTOCOL) { Some(PROTOCOL) } else { shown.copied() };
        Self {
            token: query("token").or_else(|| shown.map(|value| (*value).to_owned())).map(Token::new),
            share: query("share"),
            protocol: protocol.map(str::to_owned),
        }
    }
}

/// Who may not come in. What the client sees is the status and nothing else.
enum Refused {
    Unauthorized,
    Unavailable,
}

impl Socket {
    pub(crate) async fn connect(&self, id: ConnectionId, event: &SocketEvent) -> Result<Answer, StoreError> {
        let handshake = Handshake::read(event);
        let (identity, link) = match self.identify(&id, &handshake).await? {
            Ok(admitted) => admitted,
            Err(Refused::Unauthorized) => return Ok(Answer::status(401)),
            Err(Refused::Unavailable) => return Ok(Answer::status(503)),
        };
        let connected_at_ms = self.clock.now_ms();
        let expires_at_s = connected_at_ms / 1_000 + CONNECTION_TTL_S;
        let connection = Connection { id, identity, link, connected_at_ms, expires_at_s, follows: Vec::new() };
        if !self.is_seated(&connection).await? {
            tracing::info!(stage = %Stage::Refused, connection = %connection.id, error = "too many connections are open");
            return Ok(Answer::status(429));
        }
        tracing::info!(stage = %Stage::Connected, connection = %connection.id);
        self.connections.connected(&connection).await?;
        let mut answer = Answer::status(200);
        answer.headers.extend(handshake.protocol.map(|protocol| (HEADER, protocol)));
        Ok(answer)
    }

    /// Who opens the connection; for a guest nobody, and the link, which is live.
    async fn identify(
        &self,
        id: &ConnectionId,
        handshake: &Handshake,
    ) -> Result<Result<(Option<Identity>, Option<ShareId>), Refused>, StoreError> {
        let error = match self.authenticator.authenticate(handshake.token.as_ref()).await {
            Ok(identity) => return Ok(Ok((Some(identity), None))),
            Err(error) => error,
        };
        if error == Flaw::Missing.into()
            && let Some(share) = &handshake.share
            && let Some(link) = self.live(share).await?
        {
            return Ok(Ok((None, Some(link))));
        }
        tracing::info!(stage = %Stage::Refused, connection = %id, %error);
        Ok(Err(match error {
            AuthenticationError::Refused(_) => Refused::Unauthorized,
            AuthenticationError::Unavailable(_) => Refused::Unavailable,
        }))
    }

    /// The link of a token, if it shows anything now.
    async fn live(&self, share: &str) -> Result<Option<ShareId>, StoreError> {
        let Some(token) = ShareToken::parse(share) else { return Ok(None) };
        let Some(generation) = token.generation() else { return Ok(None) };
        let link = token.id();
        let guest = Viewer { user: None, share: Some(token) };
        match visible(&*self.generations, &guest, self.clock.now_ms(), &generation).await {
            Ok(_) => Ok(Some(link)),
            Err(StepError::Refused(_) | StepError::Exceeded(_)) => Ok(None),
            Err(StepError::Store(error)) => Err(error),
        }
    }
}
