use super::{Fault, Faulty, Harm, Script, unavailable};
use crate::{
    Drawn, Invoke, Model, ModelError, ModelEvent, ModelRequest, ModelStream, Object, Objects, Permit, PictureRequest,
    Pictures, Push, PushError, StoreError, Uploaded, Uploads,
};
use async_trait::async_trait;
use domain::error::{ErrorCode, Failure};
use domain::ids::ConnectionId;
use domain::upload::Wanted;
use domain::wire::invoke::WorkerEvent;
use futures_util::StreamExt;
use futures_util::stream::unfold;
use std::sync::Arc;

#[async_trait]
impl<T: Objects + ?Sized> Objects for Faulty<T> {
    async fn put(&self, key: &str, object: Object) -> Result<(), StoreError> {
        self.run("put", self.inner.put(key, object), unavailable).await
    }

    async fn get(&self, key: &str) -> Result<Option<Object>, StoreError> {
        self.run("get", self.inner.get(key), unavailable).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.run("list", self.inner.list(prefix), unavailable).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.run("remove", self.inner.remove(key), unavailable).await
    }
}

#[async_trait]
impl<T: Uploads + ?Sized> Uploads for Faulty<T> {
    async fn permit(&self, key: &str, wanted: Wanted, now_ms: u64) -> Result<Permit, StoreError> {
        self.run("permit", self.inner.permit(key, wanted, now_ms), unavailable).await
    }

    async fn uploaded(&self, key: &str, bytes_max: usize) -> Result<Uploaded, StoreError> {
        self.run("uploaded", self.inner.uploaded(key, bytes_max), unavailable).await
    }
}

#[async_trait]
impl<T: Invoke + ?Sized> Invoke for Faulty<T> {
    async fn start(&self, event: &WorkerEvent) -> Result<(), StoreError> {
        self.run("start", self.inner.start(event), unavailable).await
    }
}

fn unsent(call: &str) -> PushError {
    PushError::Failed(format!("{call}: injected"))
}

#[async_trait]
impl<T: Push + ?Sized> Push for Faulty<T> {
    async fn push(&self, connection: &ConnectionId, text: &str) -> Result<(), PushError> {
        self.run("push", self.inner.push(connection, text), unsent).await
    }

    async fn is_open(&self, connection: &ConnectionId) -> Result<bool, PushError> {
        self.run("is_open", self.inner.is_open(connection), unsent).await
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        self.run("close", self.inner.close(connection), unsent).await
    }
}

fn broken(call: &str) -> ModelError {
    let failure = Failure::new(ErrorCode::StreamInterrupted, format!("{call}: injected"));
    ModelError { failure, retry_after_ms: None }
}

#[async_trait]
impl<T: Model + ?Sized> Model for Faulty<T> {
    async fn ask(&self, request: &ModelRequest) -> Result<ModelStream, ModelError> {
        let stream = self.run("ask", self.inner.ask(request), broken).await?;
        Ok(harmed(stream, self.script.clone()).boxed())
    }
}

#[async_trait]
impl<T: Pictures + ?Sized> Pictures for Faulty<T> {
    async fn draw(&self, request: &PictureRequest) -> Result<Drawn, ModelError> {
        self.run("draw", self.inner.draw(request), broken).await
    }
}

/// Each event of the answer may be the last.
fn harmed(
    stream: ModelStream,
    script: Arc<dyn Script>,
) -> impl futures_util::Stream<Item = Result<ModelEvent, ModelError>> {
    unfold((Some(stream), script), |(stream, script)| async move {
        let mut stream = stream?;
        script.delay("event").await;
        match script.next("event") {
            Fault::None => stream.next().await.map(|event| (event, (Some(stream), script))),
            Fault::Before(Harm::Error) | Fault::After(Harm::Error) => Some((Err(broken("event")), (None, script))),
            Fault::Before(Harm::Crash) | Fault::After(Harm::Crash) => {
                script.crashed("event");
                std::future::pending().await
            }
        }
    })
}
