//! What is fuzzed: every parser of what comes from outside, with what has to hold of whatever it reads. The fuzz targets call these
//! with what the fuzzer makes up; a test replays the corpus with every run of the tests.

use bytes::Bytes;
use domain::address::Guard;
use domain::answer::Assembly;
use domain::design_system::{DesignSystemChange, NewDesignSystem};
use domain::export;
use domain::html::{Extractor, page_of, page_of_component};
use domain::identity::jwt::{Algorithm, Rules, Unverified};
use domain::identity::{Flaw, Token, jwks, user};
use domain::ids::{GenerationId, UploadId};
use domain::image::{inspect, source};
use domain::limits::JWKS_KEYS_MAX;
use domain::pictures;
use domain::request::StartRequest;
use domain::request::reference::Reference;
use domain::stack::Stack;
use domain::upload::Wanted;
use domain::wire::client::ClientMessage;
use futures_util::{StreamExt, stream};
use identity::{Keys, Source, WebTokens};
use ports::{Authenticator, Clock};
use serde_json::Value;
use std::sync::Arc;
use url::Url;

/// A parser and its name, which is that of its target and of the folder of its corpus.
pub type Parser = (&'static str, fn(&[u8]));

/// Every parser.
pub const ALL: [Parser; 7] = [
    ("socket_message", socket_message),
    ("http_body", http_body),
    ("html", html),
    ("image", image),
    ("sse", sse),
    ("address", address),
    ("jwt", jwt),
];

/// A text frame from a browser. What is refused is refused with a code and words; the words repeat at most a name of ours.
pub fn socket_message(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = ClientMessage::is_of_peer(&text);
    match ClientMessage::read(&text) {
        Ok(message) => {
            let _ = message.is_bare();
            if let ClientMessage::Generate { start, .. } = message {
                accepted(&start);
            }
        }
        Err(refusal) => assert!(refusal.message.len() < 2_048, "a refusal repeats what was sent"),
    }
}

/// What an accepted request has to be: it reads back from what is stored of it, and stands for itself.
fn accepted(start: &StartRequest) {
    let stored = serde_json::to_vec(&start.request).expect("an accepted request can be stored");
    let read = serde_json::from_slice(&stored).expect("a stored request can be read");
    assert_eq!(start.request, read);
    assert_eq!(start.fingerprint(), start.fingerprint());
    let messages = domain::prompt::messages(&start.request);
    assert!(!messages.is_empty());
}

/// A body over HTTP, as each route that takes one reads it.
pub fn http_body(bytes: &[u8]) {
    if let Ok(Value::Object(object)) = serde_json::from_slice(bytes) {
        if let Ok(start) = StartRequest::read(&object) {
            accepted(&start);
        }
        if let Ok(Some(Reference::Upload(reference))) = Reference::read(&object) {
            let _ = reference.open(bytes);
        }
        let _ = Wanted::read(&object);
        let _ = NewDesignSystem::read(&object);
        let _ = DesignSystemChange::read(&object);
    }
}

/// A model's answer and the page in it. Wherever it is cut into pieces, the page is the same.
pub fn html(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let page = page_of(&text);
    let middle = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut extractor = Extractor::default();
    let mut streamed = extractor.push(&text[..middle]);
    streamed.push_str(&extractor.push(&text[middle..]));
    streamed.push_str(&extractor.finish());
    assert_eq!(streamed, page, "a cut changes the page");

    let mut assembly = Assembly::default();
    assembly.begin_part();
    assembly.push(&text[..middle]);
    assembly.end_part();
    assembly.begin_part();
    assembly.push(&text[middle..]);
    assembly.end_part();
    let _ = assembly.last_piece();

    let _ = page_of_component(&page, Stack::ReactTailwind);
    let _ = domain::checks::check(&text);
    let found = export::find(&text, Url::parse("https://pages.example/a/").ok().as_ref(), 50);
    let names: Vec<Option<String>> = found.sources.iter().map(|_| Some("x.png".to_owned())).collect();
    let _ = export::rewrite(&text, &found, &names);
    assert_eq!(export::rewrite(&text, &found, &vec![None; names.len()]), text, "nothing is replaced by nothing");
    let placeholders = pictures::find(&text, 8);
    assert!(placeholders.wanted.len() <= 8);
    let none = vec![None; placeholders.wanted.len()];
    assert_eq!(pictures::replace(&text, &placeholders, &none), text, "nothing is replaced by nothing");
}

/// An image, by its content, and as a data URL.
pub fn image(bytes: &[u8]) {
    if let Ok(picture) = inspect(bytes) {
        let url = source::data_url(picture.format.media_type(), bytes);
        let Some(source::Source::Inline(data)) = source::Source::of(&url) else { panic!("{url:.60} is not inline") };
        assert_eq!(source::decode(data).ok().as_deref(), Some(bytes));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = source::Source::of(text);
        let _ = source::decode(text);
    }
}

/// A provider's stream, in reads of a few bytes and in one: it says the same.
pub fn sse(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let read = |size: usize| {
        let pieces: Vec<_> = bytes.chunks(size.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        runtime.block_on(async {
            let events: Vec<_> = openai::events(stream::iter(pieces).boxed()).take(10_000).collect().await;
            let mut text = String::new();
            for event in events {
                match event {
                    Ok(ports::ModelEvent::Text(piece)) => text.push_str(&piece),
                    Ok(ports::ModelEvent::Finished { finish_reason, .. }) => text.push_str(&finish_reason),
                    Err(error) => text.push_str(&error.failure.message),
                }
            }
            text
        })
    };
    assert_eq!(read(3), read(bytes.len()), "how it comes changes what it says");
}

/// Names and addresses in a path, a query or a text.
pub fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(id) = GenerationId::parse(&text) {
        assert_eq!(id.as_str(), text);
    }
    if let Some(id) = UploadId::from_reference(&text) {
        assert_eq!(id.reference(), text);
    }
    let _ = pictures::read_name(&text);
    if let Some((key, number)) = pictures::read_path(&text) {
        assert_eq!(pictures::read_path(&pictures::path(&key, number)), Some((key, number)));
    }
    if let Ok(url) = Url::parse(&text) {
        let _ = Guard::PUBLIC.check(&url);
    }
}

/// When a token's time is looked at: within the life of some in the corpus.
const NOW_S: u64 = 1_795_255_200;

/// What stands for an issuer's key set, or for a secret.
struct Given(Vec<u8>);

#[async_trait::async_trait]
impl Source for Given {
    async fn read(&self) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }
}

struct Noon;

impl Clock for Noon {
    fn now_ms(&self) -> u64 {
        NOW_S * 1_000
    }
}

/// A token in the first line, and the issuer's key set behind it. Nothing that is made up lets anybody in, a token is good for one
/// algorithm at most, and what it claims is looked at only after its signature.
pub fn jwt(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (token, set) = text.split_once('\n').unwrap_or((&text, ""));
    let all = [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256];
    for algorithm in all {
        if let Ok(keys) = jwks::read(set.as_bytes(), algorithm) {
            assert!(keys.len() <= JWKS_KEYS_MAX && (algorithm != Algorithm::Hs256 || keys.is_empty()));
        }
        let Ok(read) = Unverified::read(token, algorithm) else { continue };
        assert_eq!(read.verified(|_, _| false).unwrap_err(), Flaw::Signature);
        let others = all.into_iter().filter(|other| *other != algorithm);
        assert!(others.into_iter().all(|other| Unverified::read(token, other).is_err()), "two algorithms");
        let rules = Rules { algorithm, issuer: "https://issuer".to_owned(), audience: "quartet".to_owned() };
        let claims = Unverified::read(token, algorithm).and_then(|read| read.verified(|_, _| true));
        if let Ok(identity) = claims.and_then(|claims| claims.identity(&rules, NOW_S)) {
            assert_eq!(user(&identity.user.0).as_ref(), Some(&identity.user));
            assert!(!identity.has_expired(NOW_S) && identity.expires_at_s.is_some());
        }
        assert!(!is_let_in(token, set, rules), "by a token that nobody signed");
    }
}

/// Whether the token opens a stack that is configured like this.
fn is_let_in(token: &str, set: &str, rules: Rules) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let keys = match rules.algorithm {
        Algorithm::Hs256 => Keys::secret(Arc::new(Given(b"a secret that has thirty-two bytes and more".to_vec()))),
        published => Keys::published(published, Arc::new(Given(set.as_bytes().to_vec())), Arc::new(Noon)),
    };
    let tokens = WebTokens::new(keys, rules.issuer, rules.audience, Arc::new(Noon));
    runtime.block_on(tokens.authenticate(Some(&Token::new(token.to_owned())))).is_ok()
}
