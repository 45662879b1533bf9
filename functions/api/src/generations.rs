use crate::request::Request;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::generation::{Generation, Overall};
use domain::identity::Viewer;
use domain::usage::Totals;
use domain::variant::{Status, Variant};
use domain::wire::server::{page_url, with_account};
use lifecycle::{StepError, stored_request};
use ports::StoreError;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

impl Api {
    /// One generation with its variants, and the text of the first page that is complete.
    pub(crate) async fn read(&self, viewer: &Viewer, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let recorded = self.visible(viewer, &request.generation_id()?).await?;
        let variants = recorded.readable();
        let first = variants.iter().find_map(|variant| match &variant.status {
            Status::Completed(completion) => Some((variant, completion)),
            Status::Queued | Status::Running | Status::Failed(_) | Status::Cancelled => None,
        });
        let html = match first {
            Some((variant, _)) => self.stored_page(variant).await.or_else(|error| served_without(&error))?,
            None => None,
        };
        let stored = stored_request(&*self.objects, &recorded.generation.id).await.map(Some);
        let request = stored.or_else(|error| served_without(&error))?;
        let mut shown: Vec<Value> = Vec::with_capacity(recorded.variants.len());
        for (index, variant) in recorded.variants.iter().enumerate() {
            shown.push(match variant {
                Ok(variant) => describe(variant),
                Err(error) => {
                    tracing::error!(generation_id = %recorded.generation.id, variant = index, %error, "corrupt_record");
                    unreadable(index)
                }
            });
        }
        let mut data = summary(&recorded.generation);
        data["status"] = json!(Overall::of(&variants));
        data["totals"] = json!(Totals::of(&variants));
        if let Some(request) = request {
            data["prompt"] = json!(request.prompt.text);
            data["stack"] = json!(request.stack);
        }
        data["html"] = json!(html);
        data["duration_ms"] = json!(first.map(|(_, completion)| completion.duration_ms));
        data["model"] = json!(first.map(|(variant, _)| &variant.model));
        data["modelUsed"] = json!(first.map(|(variant, _)| variant.model_used()));
        data["variants"] = json!(shown);
        Ok(answer::data(200, &data))
    }
}

/// An object that cannot be read is logged and left out; everything else is served.
fn served_without<T>(error: &StoreError) -> Result<Option<T>, StoreError> {
    match error {
        StoreError::Corrupt(reason) => {
            tracing::error!(reason, "corrupt_record");
            Ok(None)
        }
        StoreError::Unavailable(_)
        | StoreError::Misconfigured(_)
        | StoreError::Missing(_)
        | StoreError::Forbidden(_) => Err(error.clone()),
    }
}

/// What a list says of a generation.
pub(crate) fn summary(generation: &Generation) -> Value {
    let conclusion = generation.conclusion.as_ref();
    json!({
        "id": generation.id,
        "status": conclusion.map_or(Overall::Running, |conclusion| conclusion.status),
        "created_at": timestamp(generation.created_at_ms),
        "ended_at": conclusion.map(|conclusion| timestamp(conclusion.ended_at_ms)),
        "prompt": generation.title,
        "models": generation.models,
        "root": generation.root(),
        "parent": generation.lineage.as_ref().map(|lineage| json!({
            "generationId": lineage.parent,
            "variantIndex": lineage.variant_index,
        })),
        "winner": generation.winner,
        "preview": generation.preview(),
    })
}

fn describe(variant: &Variant) -> Value {
    let shown = json!({
        "index": variant.key.variant_index,
        "status": variant.status.name(),
        "attempt": variant.attempt,
        "nextSeq": variant.next_seq,
        "url": page_url(&variant.key),
        "substitute": variant.account.substitute,
        "error": null,
    });
    let mut shown = with_account(variant, shown);
    match &variant.status {
        Status::Queued | Status::Running => {}
        Status::Completed(completion) => {
            shown["finishReason"] = json!(completion.answer.finish_reason);
            shown["cutOff"] = json!(completion.cut_off);
            shown["checks"] = json!(completion.checks);
            shown["htmlBytes"] = json!(completion.page_bytes);
            shown["htmlSha256"] = json!(completion.page_sha256);
        }
        Status::Failed(failure) => {
            let code = failure.code;
            shown["error"] = json!({"code": code, "message": failure.message, "retryable": code.is_retryable()});
        }
        Status::Cancelled => {
            shown["error"] = json!({"code": "cancelled", "message": "Stopped.", "retryable": true});
        }
    }
    shown
}

/// A variant whose item cannot be read: it is said, and the others are served.
fn unreadable(index: usize) -> Value {
    let message = "The record of this variant cannot be read; the server's log says why.";
    json!({
        "index": index,
        "status": "failed",
        "error": {"code": "corrupt_record", "message": message, "retryable": false},
    })
}

/// A moment as ISO 8601 writes it.
pub(crate) fn timestamp(ms: u64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).ok()?.format(&Rfc3339).ok()
}
