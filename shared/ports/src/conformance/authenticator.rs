use crate::{AuthenticationError, Authenticator};
use domain::identity::{Flaw, Token};
use domain::ids::UserId;

/// Tokens that an implementation was set up with, for its suite.
pub struct Tokens {
    /// Two users' tokens.
    pub good: [(Token, UserId); 2],
    /// Tokens that look like good ones and are not: expired, for others, not signed.
    pub bad: Vec<Token>,
}

pub(super) async fn check(authenticator: &dyn Authenticator, tokens: &Tokens) {
    let refused = |answer| matches!(answer, Err(AuthenticationError::Refused(_)));
    for (token, user) in &tokens.good {
        let first = authenticator.authenticate(Some(token)).await.unwrap();
        assert_eq!(first.user, *user, "a token is one user's");
        assert_eq!(authenticator.authenticate(Some(token)).await, Ok(first), "and stays so");
        for changed in changes_of(token.as_str()) {
            let answer = authenticator.authenticate(Some(&Token::new(changed))).await;
            assert!(refused(answer), "a token that was changed is another one");
        }
    }
    assert_eq!(authenticator.authenticate(None).await, Err(Flaw::Missing.into()), "no token is nobody");
    for token in tokens.bad.iter().chain(&[Token::new(String::new()), Token::new(" ".to_owned())]) {
        let answer = authenticator.authenticate(Some(token)).await;
        let said = answer.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert!(token.as_str().trim().is_empty() || !said.contains(token.as_str()), "an error repeats the token");
        assert!(refused(answer), "a token that is not good is refused");
    }
}

/// Each with one character changed, one taken away at either end, or something added.
fn changes_of(text: &str) -> Vec<String> {
    let mut all = vec![text[1..].to_owned(), text[..text.len() - 1].to_owned(), format!("{text}A"), format!("A{text}")];
    for at in (0..text.len()).step_by(7) {
        let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
        all.push(format!("{}{other}{}", &text[..at], &text[at + 1..]));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryTokens;
    use async_trait::async_trait;
    use domain::identity::Identity;
    use futures_util::FutureExt;
    use std::panic::AssertUnwindSafe;

    fn identity(name: &str) -> Identity {
        Identity { user: UserId(name.to_owned()), expires_at_s: None }
    }

    fn tokens() -> Tokens {
        let token = |text: &str| Token::new(text.to_owned());
        Tokens {
            good: [(token("token-of-alice"), identity("alice").user), (token("token-of-bob"), identity("bob").user)],
            bad: vec![token("token-of-carol")],
        }
    }

    fn memory() -> MemoryTokens {
        MemoryTokens::of(&[("token-of-alice", identity("alice")), ("token-of-bob", identity("bob"))])
    }

    #[tokio::test]
    async fn the_tokens_in_memory_conform() {
        check(&memory(), &tokens()).await;
    }

    #[derive(Clone, Copy, Debug)]
    enum Broken {
        BelievesAnything,
        BelievesNothing,
        BelievesTheBeginning,
        KnowsOneUser,
        NeedsNoToken,
        RepeatsTheToken,
    }

    struct BrokenTokens(MemoryTokens, Broken);

    #[async_trait]
    impl Authenticator for BrokenTokens {
        async fn authenticate(&self, token: Option<&Token>) -> Result<Identity, AuthenticationError> {
            let answer = self.0.authenticate(token).await;
            let text = token.map(Token::as_str).unwrap_or_default();
            match self.1 {
                Broken::BelievesAnything => answer.or_else(|_| Ok(identity("alice"))),
                Broken::BelievesNothing => Err(Flaw::Unknown.into()),
                Broken::BelievesTheBeginning if text.starts_with("token-of-alice") => Ok(identity("alice")),
                Broken::KnowsOneUser => answer.map(|_| identity("alice")),
                Broken::NeedsNoToken if token.is_none() => Ok(identity("alice")),
                Broken::RepeatsTheToken => {
                    answer.map_err(|_| AuthenticationError::Unavailable(format!("{text} is not good")))
                }
                Broken::BelievesTheBeginning | Broken::NeedsNoToken => answer,
            }
        }
    }

    #[tokio::test]
    async fn every_broken_authenticator_is_found() {
        for how in [
            Broken::BelievesAnything,
            Broken::BelievesNothing,
            Broken::BelievesTheBeginning,
            Broken::KnowsOneUser,
            Broken::NeedsNoToken,
            Broken::RepeatsTheToken,
        ] {
            let broken = BrokenTokens(memory(), how);
            let checked = AssertUnwindSafe(check(&broken, &tokens())).catch_unwind().await;
            assert!(checked.is_err(), "the suite lets {how:?} pass");
        }
    }
}
