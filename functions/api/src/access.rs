//! Who may do what: nothing reaches a handler that needs a user or a viewer without one of the two functions here.

use crate::request::Request;
use crate::{Api, Route};
use domain::error::{ErrorCode, Refusal};
use domain::identity::{Flaw, Token, Viewer};
use domain::ids::UserId;
use domain::share::ShareToken;
use domain::stage::Stage;
use lifecycle::StepError;
use ports::AuthenticationError;

/// Who a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: nothing in its answer is anyone's.
    Public,
    /// Whoever has a token: what it does is done with what is their own.
    User,
    /// The owner of the generation or the design system in the path. To all others there is none.
    Owner,
    /// The owner of the generation in the path, and who holds a link to it (`?share=`).
    Viewer,
}

impl Route {
    /// Who the route is for.
    #[must_use]
    pub const fn access(self) -> Access {
        match self {
            Self::Health | Self::ApiHealth | Self::Config | Self::OpenApi | Self::Capabilities | Self::File => {
                Access::Public
            }
            Self::Models
            | Self::List
            | Self::Tally
            | Self::Start
            | Self::Upload
            | Self::DesignSystems
            | Self::AddDesignSystem
            | Self::Screenshot
            | Self::Export => Access::User,
            Self::Cancel
            | Self::Delete
            | Self::Versions
            | Self::Pick
            | Self::Share
            | Self::Shares
            | Self::Unshare
            | Self::ChangeDesignSystem
            | Self::RemoveDesignSystem => Access::Owner,
            Self::Read | Self::Page | Self::Picture | Self::Chunks => Access::Viewer,
        }
    }
}

impl Api {
    /// Who sends a request.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`], whatever is wrong with the token; the log says what. [`ErrorCode::Unavailable`] if that cannot be said
    /// now.
    pub(crate) async fn user(&self, request: &Request) -> Result<UserId, StepError> {
        let token = request.bearer.clone().map(Token::new);
        match self.authenticator.authenticate(token.as_ref()).await {
            Ok(identity) => Ok(identity.user),
            Err(error) => {
                tracing::info!(stage = %Stage::Refused, route = %request.route, %error);
                Err(match error {
                    AuthenticationError::Refused(_) => Refusal::unauthorized(),
                    AuthenticationError::Unavailable(_) => Refusal::general(
                        ErrorCode::Unavailable,
                        "The server could not check your token. Try again in a moment.",
                    ),
                }
                .into())
            }
        }
    }

    /// Who reads: a user, a user with a link, or a guest with nothing but a link. A token that is not good is never ignored, and a
    /// link's token that no link has shows what there is of a generation that does not exist.
    ///
    /// # Errors
    /// As [`Api::user`], and [`ErrorCode::NotFound`].
    pub(crate) async fn viewer(&self, request: &Request) -> Result<Viewer, StepError> {
        let share = match request.text("share") {
            Some(text) => Some(ShareToken::parse(text).ok_or_else(Refusal::not_found)?),
            None => None,
        };
        let is_guest = share.is_some()
            && request.bearer.is_none()
            && self.authenticator.authenticate(None).await == Err(Flaw::Missing.into());
        let user = if is_guest { None } else { Some(self.user(request).await?) };
        Ok(Viewer { user, share })
    }
}
