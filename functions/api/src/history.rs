//! What is read off a user's history: the list, a search, the versions of a page, and how the models compare. All of them
//! read the one index; what they look for is in its items.

use crate::generations::summary;
use crate::request::Request;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::{ErrorCode, Refusal};
use domain::generation::Generation;
use domain::ids::UserId;
use domain::limits::{HISTORY_PAGE, HISTORY_SCAN_PAGE, HISTORY_SCANS_MAX, NAME_BYTES_MAX, SEARCH_BYTES_MAX};
use domain::tally::Tally;
use lifecycle::{StepError, owned};
use serde_json::{Value, json};
use std::ops::ControlFlow;

impl Api {
    /// A user's generations, newest first: all of them, or those that a search finds.
    pub(crate) async fn list(&self, user: &UserId, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let before = request.text("next").filter(|next| next.len() <= NAME_BYTES_MAX);
        let (items, next) = match request.text("search").map(str::trim).filter(|search| !search.is_empty()) {
            Some(search) if search.len() > SEARCH_BYTES_MAX => {
                let message = format!("A search has at most {SEARCH_BYTES_MAX} bytes.");
                return Err(Refusal::too_large("search", message).into());
            }
            Some(search) => self.search(user, search, before).await?,
            None => {
                let page = self.generations.history(user, before, HISTORY_PAGE).await?;
                (page.items, page.next)
            }
        };
        let items: Vec<Value> = items.iter().map(summary).collect();
        Ok(answer::data(200, &json!({"items": items, "next": next})))
    }

    /// At least a page of what is found, if there is as much. A cursor stands only at the end of a read, so what one read
    /// finds is answered together.
    async fn search(
        &self,
        user: &UserId,
        search: &str,
        before: Option<&str>,
    ) -> Result<(Vec<Generation>, Option<String>), StepError> {
        let mut found = Vec::new();
        let next = self
            .scan(user, before, |page| {
                found.extend(page.into_iter().filter(|generation| generation.matches(search)));
                if found.len() < HISTORY_PAGE as usize { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })
            .await?;
        Ok((found, next))
    }

    /// Every generation of a page's line that its user has, oldest first: the first one, its changes and their changes.
    pub(crate) async fn versions(
        &self,
        user: &UserId,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        let this = owned(&*self.generations, user, &request.generation_id()?).await?.generation;
        let root = this.root().clone();
        let mut versions = Vec::new();
        self.scan(user, None, |page| {
            versions.extend(page.into_iter().filter(|generation| *generation.root() == root));
            // Nothing of the line is older than its first.
            let is_whole = versions.last().is_some_and(|oldest| oldest.id == root);
            if is_whole { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await?;
        // The index may not have heard of it yet, or it is another user's, shared.
        if versions.iter().all(|version| version.id != this.id) {
            versions.push(this);
        }
        versions.sort_by(|one, other| {
            (one.created_at_ms, &one.id.as_str()).cmp(&(other.created_at_ms, &other.id.as_str()))
        });
        let items: Vec<Value> = versions.iter().map(summary).collect();
        Ok(answer::data(200, &json!({"root": root, "items": items})))
    }

    /// How the models compare over a user's generations.
    pub(crate) async fn tally(&self, user: &UserId) -> Result<ApiGatewayV2httpResponse, StepError> {
        let mut tally = Tally::default();
        let next = self
            .scan(user, None, |page| {
                for generation in &page {
                    tally.add(generation);
                }
                ControlFlow::Continue(())
            })
            .await?;
        let (generations, compared) = (tally.generations(), tally.compared());
        let data = json!({
            "generations": generations,
            "compared": compared,
            "whole": next.is_none(),
            "models": tally.standings(),
        });
        Ok(answer::data(200, &data))
    }

    /// Records which variant a user likes best, or, with null, that none is.
    pub(crate) async fn pick(&self, user: &UserId, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let recorded = owned(&*self.generations, user, &request.generation_id()?).await?;
        let winner = match request.object()?.get("variantIndex") {
            Some(Value::Null) => None,
            Some(value) => Some(
                value
                    .as_u64()
                    .and_then(|index| u8::try_from(index).ok())
                    .filter(|index| usize::from(*index) < recorded.generation.models.len())
                    .ok_or_else(no_such_choice)?,
            ),
            None => return Err(no_such_choice().into()),
        };
        if self.generations.pick(&recorded.generation.id, winner).await? {
            Ok(answer::data(200, &json!({"id": recorded.generation.id, "winner": winner})))
        } else {
            Err(Refusal::not_found().into())
        }
    }

    /// Reads a history from a place on, until `each` has enough or the number of reads is used up; where to go on, if
    /// there is more.
    async fn scan(
        &self,
        user: &UserId,
        before: Option<&str>,
        mut each: impl FnMut(Vec<Generation>) -> ControlFlow<()> + Send,
    ) -> Result<Option<String>, StepError> {
        let mut next = before.map(str::to_owned);
        for _ in 0..HISTORY_SCANS_MAX {
            let page = self.generations.history(user, next.as_deref(), HISTORY_SCAN_PAGE).await?;
            next = page.next;
            if each(page.items).is_break() || next.is_none() {
                break;
            }
        }
        Ok(next)
    }
}

fn no_such_choice() -> Refusal {
    Refusal {
        code: ErrorCode::InvalidField,
        field: Some("variantIndex".to_owned()),
        message: "variantIndex is the index of one of the variants, or null.".to_owned(),
    }
}
