//! An issuer of tokens on loopback, with its keys.

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use end_to_end::web_token::{by_key, unsigned};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

#[derive(Default)]
struct Published {
    keys: Mutex<Vec<Value>>,
    asked: AtomicUsize,
}

/// Serves its key set until it is dropped.
pub(super) struct Issuer {
    published: Arc<Published>,
    address: SocketAddr,
    _server: JoinSet<()>,
}

async fn keys(State(published): State<Arc<Published>>) -> String {
    published.asked.fetch_add(1, Ordering::SeqCst);
    json!({"keys": *published.keys.lock().unwrap()}).to_string()
}

impl Issuer {
    pub(super) async fn start() -> Self {
        let published: Arc<Published> = Arc::default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/keys", get(keys))
            .route("/moved", get(|| async { Redirect::temporary("/keys") }))
            .with_state(published.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { published, address, _server: server }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    /// Leads to where its keys are.
    pub(super) fn moved_url(&self) -> String {
        format!("http://{}/moved", self.address)
    }

    pub(super) fn publish(&self, keys: &[&Key]) {
        *self.published.keys.lock().unwrap() = keys.iter().map(|key| key.public()).collect();
    }

    pub(super) fn asked(&self) -> usize {
        self.published.asked.load(Ordering::SeqCst)
    }
}

pub(super) struct Key {
    id: &'static str,
    pair: EcdsaKeyPair,
}

impl Key {
    pub(super) fn new(id: &'static str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { id, pair }
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": x, "y": y})
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        let text = unsigned(&json!({"alg": "ES256", "kid": self.id}), claims);
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token whose HMAC is by what everybody can read: the confusion that a server falls for which lets the token choose.
    pub(super) fn confuse(&self, claims: &Value) -> String {
        let text = unsigned(&json!({"alg": "HS256", "kid": self.id}), claims);
        by_key(self.pair.public_key().as_ref(), &text)
    }
}
