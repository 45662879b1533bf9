//! Whether what a generation needs answers: the table, the bucket, and that there is a key for the provider. Anybody may ask,
//! so the answer holds states and times only; what a store said about it is in the log.

use crate::about::VERSION;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::ids::GenerationId;
use domain::limits::{HEALTH_CACHE_MS, HEALTH_MS_MAX};
use ports::StoreError;
use serde_json::{Value, json};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// A key that no object has; the answer is that there is none.
const NOBODYS: &str = "health";

/// The parts, and when they were asked. Who comes while they are being asked waits for the same answer.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<Option<Looked>>>);

#[derive(Clone, Debug)]
struct Looked {
    at_ms: u64,
    parts: [Part; 3],
}

/// One part, and how it was found.
#[derive(Clone, Copy, Debug)]
struct Part {
    name: &'static str,
    /// `ok`, `missing`, `forbidden`, `misconfigured` or `unavailable`.
    status: &'static str,
    took_ms: u64,
}

impl Api {
    pub(crate) async fn health(&self) -> ApiGatewayV2httpResponse {
        let clock = &self.starter.clock;
        let parts = {
            let mut looked = self.health.0.lock().await;
            match &*looked {
                Some(last) if clock.now_ms().saturating_sub(last.at_ms) < HEALTH_CACHE_MS => last.parts,
                Some(_) | None => {
                    let parts = self.look().await;
                    *looked = Some(Looked { at_ms: clock.now_ms(), parts });
                    parts
                }
            }
        };
        let is_well = parts.iter().all(|part| part.status == "ok");
        let found = parts.map(|part| (part.name.to_owned(), json!({"status": part.status, "ms": part.took_ms})));
        let data = json!({
            "status": if is_well { "ok" } else { "degraded" },
            "version": VERSION,
            "timeMs": clock.now_ms(),
            "parts": found.into_iter().collect::<serde_json::Map<String, Value>>(),
        });
        if is_well { answer::data(200, &data) } else { answer::json(503, &degraded(&parts, &data)) }
    }

    async fn look(&self) -> [Part; 3] {
        let nobodys = GenerationId::nobodys();
        let table = self.ask("table", async { self.generations.generation(&nobodys).await.map(drop) });
        let bucket = self.ask("bucket", async { self.objects.get(NOBODYS).await.map(drop) });
        let key = self.ask("key", async {
            let is_present = self.provider_key.is_present().await?;
            let absent = || StoreError::Missing("setting OPENAI_API_KEY or OPENAI_API_KEY_SECRET".to_owned());
            is_present.then_some(()).ok_or_else(absent)
        });
        futures_util::future::join3(table, bucket, key).await.into()
    }

    async fn ask(&self, name: &'static str, question: impl Future<Output = Result<(), StoreError>>) -> Part {
        let clock = &self.starter.clock;
        let asked_ms = clock.now_ms();
        let late = || StoreError::Unavailable(format!("no answer within {HEALTH_MS_MAX} ms"));
        let answered = timeout(Duration::from_millis(HEALTH_MS_MAX), question).await.unwrap_or_else(|_| Err(late()));
        let status = match &answered {
            // What cannot be read is one record's trouble: the store has answered.
            Ok(()) | Err(StoreError::Corrupt(_)) => "ok",
            Err(StoreError::Missing(_)) => "missing",
            Err(StoreError::Forbidden(_)) => "forbidden",
            Err(StoreError::Misconfigured(_)) => "misconfigured",
            Err(StoreError::Unavailable(_)) => "unavailable",
        };
        if let Err(error) = &answered {
            tracing::error!(part = name, %error, "unhealthy");
        }
        Part { name, status, took_ms: clock.now_ms().saturating_sub(asked_ms) }
    }
}

fn degraded(parts: &[Part], data: &Value) -> Value {
    let troubles: Vec<String> = parts
        .iter()
        .filter(|part| part.status != "ok")
        .map(|part| format!("{} is {}", part.name, part.status))
        .collect();
    let message = format!("Not everything that a generation needs answers: {}.", troubles.join(", "));
    json!({"success": false, "error": {"code": "unavailable", "message": message}, "data": data})
}
