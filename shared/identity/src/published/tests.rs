use super::*;
use async_trait::async_trait;
use serde_json::json;
use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// An issuer whose keys have these names; `None` if it is away.
struct Issuer {
    names: StdMutex<Option<Vec<&'static str>>>,
    asked: AtomicUsize,
    answers: bool,
}

#[async_trait]
impl Source for Issuer {
    async fn read(&self) -> Result<Vec<u8>, String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if !self.answers {
            std::future::pending::<()>().await;
        }
        let names = self.names.lock().unwrap().clone().ok_or("it is away")?;
        let keys: Vec<_> =
            names.iter().map(|name| json!({"kty": "RSA", "kid": name, "n": "AQAB", "e": "AQAB"})).collect();
        Ok(json!({"keys": keys}).to_string().into_bytes())
    }
}

#[derive(Default)]
struct Time(AtomicU64);

impl Clock for Time {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

struct Scene {
    issuer: Arc<Issuer>,
    time: Arc<Time>,
    published: Published,
}

impl Scene {
    fn new(names: &[&'static str]) -> Self {
        Self::answering(names, true)
    }

    fn answering(names: &[&'static str], answers: bool) -> Self {
        let names = StdMutex::new(Some(names.to_vec()));
        let issuer = Arc::new(Issuer { names, asked: AtomicUsize::new(0), answers });
        let time: Arc<Time> = Arc::default();
        let published = Published::new(Algorithm::Rs256, issuer.clone(), time.clone());
        Self { issuer, time, published }
    }

    fn publish(&self, names: Option<&[&'static str]>) {
        *self.issuer.names.lock().unwrap() = names.map(<[_]>::to_vec);
    }

    fn pass(&self, ms: u64) {
        self.time.0.fetch_add(ms, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.issuer.asked.load(Ordering::SeqCst)
    }

    /// Whether the key is found; `None` if that cannot be said.
    async fn knows(&self, id: &str) -> Option<bool> {
        self.published.find(Some(id)).await.ok().map(|key| key.is_some())
    }
}

#[tokio::test]
async fn keys_are_read_once_and_kept() {
    let scene = Scene::new(&["a", "b"]);
    for id in ["a", "b", "a"] {
        assert_eq!(scene.knows(id).await, Some(true));
    }
    assert_eq!(scene.asked(), 1);
    scene.pass(JWKS_FRESH_MS - 1);
    assert_eq!(scene.knows("a").await, Some(true));
    assert_eq!(scene.asked(), 1);
    scene.pass(1);
    assert_eq!(scene.knows("a").await, Some(true));
    assert_eq!(scene.asked(), 2);
}

#[tokio::test]
async fn a_new_key_is_found_at_once_and_a_withdrawn_one_is_not_believed_for_long() {
    let scene = Scene::new(&["old"]);
    assert_eq!(scene.knows("old").await, Some(true));
    scene.publish(Some(&["new"]));
    assert_eq!(scene.knows("new").await, Some(true), "an unknown name has the keys read again");
    assert_eq!(scene.knows("old").await, Some(false));
    scene.publish(Some(&["newer"]));
    assert_eq!(scene.knows("new").await, Some(true), "nothing has asked for the keys since");
    scene.pass(JWKS_FRESH_MS);
    assert_eq!(scene.knows("new").await, Some(false));
}

#[tokio::test]
async fn made_up_names_are_no_flood_for_the_issuer() {
    let scene = Scene::new(&["a"]);
    for _ in 0..1_000 {
        assert_eq!(scene.knows("made up").await, Some(false));
    }
    assert_eq!(scene.asked(), JWKS_READS_MAX);
    assert_eq!(scene.knows("a").await, Some(true), "and keep nobody out");
    scene.pass(JWKS_WINDOW_MS);
    scene.publish(Some(&["b"]));
    assert_eq!(scene.knows("b").await, Some(true));
}

#[tokio::test]
async fn an_issuer_that_is_away_is_believed_for_a_while() {
    let scene = Scene::new(&["a"]);
    assert_eq!(scene.knows("a").await, Some(true));
    scene.publish(None);
    scene.pass(JWKS_STALE_MS - 1);
    assert_eq!(scene.knows("a").await, Some(true));
    scene.pass(1);
    assert_eq!(scene.knows("a").await, None, "not refused: nobody can say");
    scene.pass(JWKS_WINDOW_MS);
    scene.publish(Some(&["a"]));
    assert_eq!(scene.knows("a").await, Some(true));
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_does_not_answer_is_given_up() {
    let scene = Scene::answering(&["a"], false);
    let began = tokio::time::Instant::now();
    assert_eq!(scene.knows("a").await, None);
    assert_eq!(began.elapsed(), Duration::from_millis(JWKS_MS_MAX));
}

#[tokio::test]
async fn a_token_without_a_keys_name_is_checked_with_the_only_key() {
    let scene = Scene::new(&["a"]);
    assert!(scene.published.find(None).await.unwrap().is_some());
    scene.publish(Some(&["a", "b"]));
    scene.pass(JWKS_FRESH_MS);
    assert!(scene.published.find(None).await.unwrap().is_none(), "of two, none is guessed");
}
