use async_trait::async_trait;
use domain::identity::{Flaw, Identity, Token, user};
use domain::ids::UserId;
use domain::limits::{SHARED_TOKENS_MAX, TOKEN_BYTES_MAX};
use ports::{AuthenticationError, Authenticator};
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

type Hash = [u8; SHA256_OUTPUT_LEN];

/// Tokens that were handed out, each by its SHA-256. A user may have several: the next one is added before the last is taken
/// away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedTokens {
    tokens: Vec<(UserId, Hash)>,
}

/// What is wrong with a list of tokens. None of the words is taken from the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongList {
    /// An entry is not `user:hash`.
    #[error("its entry {0} is not user:hash, with the hash as 64 hex digits of SHA-256")]
    Entry(usize),
    /// There is none, or more than any list has.
    #[error("it has to name 1 to {SHARED_TOKENS_MAX} tokens")]
    Count,
}

impl SharedTokens {
    /// Reads `user:hash,user:hash`. The hash is what `printf %s "$token" | sha256sum` prints.
    ///
    /// # Errors
    /// Which entry is wrong.
    pub fn read(list: &str) -> Result<Self, WrongList> {
        let entries: Vec<&str> = list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
        if !(1..=SHARED_TOKENS_MAX).contains(&entries.len()) {
            return Err(WrongList::Count);
        }
        let read = |entry: &str| {
            // A user's name may have colons in it, a hash has none.
            let (name, hash) = entry.rsplit_once(':')?;
            Some((user(name)?, hash_of_hex(hash)?))
        };
        let tokens = entries.iter().enumerate().map(|(at, entry)| read(entry).ok_or(WrongList::Entry(at + 1)));
        Ok(Self { tokens: tokens.collect::<Result<_, _>>()? })
    }
}

fn hash_of_hex(hex: &str) -> Option<Hash> {
    if hex.len() != 2 * SHA256_OUTPUT_LEN || !hex.is_ascii() {
        return None;
    }
    let mut hash = [0; SHA256_OUTPUT_LEN];
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(hash)
}

/// Without an early end: how long it takes says nothing about where two hashes differ.
fn is_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |different, (a, b)| std::hint::black_box(different | (a ^ b))) == 0
}

#[async_trait]
impl Authenticator for SharedTokens {
    async fn authenticate(&self, token: Option<&Token>) -> Result<Identity, AuthenticationError> {
        let token = token.ok_or(Flaw::Missing)?;
        if token.as_str().len() > TOKEN_BYTES_MAX {
            return Err(Flaw::TooLong.into());
        }
        let shown = digest(&SHA256, token.as_str().as_bytes());
        // All of them, so that the place in the list cannot be told from the time either.
        let found = self.tokens.iter().fold(
            None,
            |found, (user, hash)| {
                if is_equal(shown.as_ref(), hash) { Some(user) } else { found }
            },
        );
        let user = found.ok_or(Flaw::Unknown)?.clone();
        Ok(Identity { user, expires_at_s: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ports::conformance::{Tokens, authenticator};

    /// `printf %s token-of-alice | sha256sum`, and the same for bob.
    const ALICE: &str = "19c28a50b1a09097592e7ceddb7e0771ff4d469747541a7536579eef857e05ce";
    const BOB: &str = "800480042268218663feef3ea54d81ed3f976c98c38d5fd7afbe22810ec16334";

    #[tokio::test]
    async fn shared_tokens_conform() {
        let list = SharedTokens::read(&format!("alice:{ALICE}, urn:bob:{BOB},")).unwrap();
        let token = |text: &str| Token::new(text.to_owned());
        let tokens = Tokens {
            good: [
                (token("token-of-alice"), UserId("alice".to_owned())),
                (token("token-of-bob"), UserId("urn:bob".to_owned())),
            ],
            // The hash itself opens nothing.
            bad: vec![token("token-of-carol"), token(ALICE), token(&"x".repeat(TOKEN_BYTES_MAX + 1))],
        };
        authenticator(&list, &tokens).await;
    }

    #[test]
    fn a_wrong_list_is_refused_and_not_repeated() {
        let many = vec![format!("a:{ALICE}"); SHARED_TOKENS_MAX + 1].join(",");
        for (list, wrong) in [
            ("", WrongList::Count),
            (" , ", WrongList::Count),
            (many.as_str(), WrongList::Count),
            ("alice", WrongList::Entry(1)),
            ("alice:token-of-alice", WrongList::Entry(1)),
            (&format!("alice:{ALICE},:{BOB}"), WrongList::Entry(2)),
            (&format!("anonymous:{ALICE}"), WrongList::Entry(1)),
            (&format!("alice:{}", &ALICE[1..]), WrongList::Entry(1)),
            (&format!("alice:{}é", &ALICE[2..]), WrongList::Entry(1)),
        ] {
            assert_eq!(SharedTokens::read(list), Err(wrong), "{list:.60}");
        }
        let most = vec![format!("a:{ALICE}"); SHARED_TOKENS_MAX].join(",");
        assert!(SharedTokens::read(&most).is_ok());
    }
}
