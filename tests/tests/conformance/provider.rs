//! Models, pictures, the clock and the dice: those of the tests and the real ones.

use axum::Router;
use axum::http::{StatusCode, header};
use boot::{RandomIds, SystemClock};
use domain::models::Family;
use domain::pictures::Shape;
use end_to_end::{CountingIds, CountingModel, start};
use openai::{ApiKey, OpenAi, Provider};
use ports::conformance::{self, Cast};
use ports::{Model, ModelRequest, PictureRequest, Pictures};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

#[tokio::test(start_paused = true)]
async fn the_provider_in_memory_conforms() {
    let model = CountingModel::new(4, Duration::from_millis(10)).without("gone").breaking_off("cut");
    conformance::model(&model, Cast { answers: "any", breaks_off: "cut", unknown: "gone" }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_over_http_conforms() {
    let (_place, stack) = start().await;
    let provider = boot::Boot::new(stack.settings().clone()).model().unwrap();
    let cast = Cast { answers: "demo-ok", breaks_off: "demo-cut-5", unknown: "demo-like-openai-missing" };
    conformance::model(&*provider, cast).await;
    let asked = |model: &str| PictureRequest {
        model: model.to_owned(),
        description: "a loaf".to_owned(),
        shape: Shape::Square,
    };
    conformance::pictures(&*provider, &asked("demo-image"), &asked("demo-status-400")).await;
    stack.stop().await;
}

async fn serve(servers: &mut JoinSet<()>, router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    servers.spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

#[tokio::test]
async fn a_provider_that_sends_elsewhere_takes_neither_key_nor_prompt_there() {
    let mut servers = JoinSet::new();
    let reached = Arc::new(AtomicUsize::new(0));
    let count = reached.clone();
    let elsewhere = Router::new().fallback(move || {
        count.fetch_add(1, Ordering::SeqCst);
        async { "data: [DONE]\n\n" }
    });
    let elsewhere = serve(&mut servers, elsewhere).await;
    // 307 and 308 keep the method and the body.
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT] {
        let moved = move || async move { (status, [(header::LOCATION, format!("http://{elsewhere}/"))]) };
        let moved = serve(&mut servers, Router::new().fallback(moved)).await;
        let provider = Provider { base_url: format!("http://{moved}/v1"), key: Some(ApiKey::new("sk-key".to_owned())) };
        let provider = OpenAi::new(provider, None).unwrap();
        let shape = domain::models::Shape { family: Family::Compatible, output_tokens: 10 };
        let asked = ModelRequest { model: "m".to_owned(), shape, messages: Vec::new() };
        assert!(provider.ask(&asked).await.is_err(), "{status}");
        let drawn = PictureRequest { model: "m".to_owned(), description: "a loaf".to_owned(), shape: Shape::Square };
        assert!(provider.draw(&drawn).await.is_err(), "{status}");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[test]
fn clocks_and_ids_conform() {
    conformance::clock(&SystemClock);
    conformance::ids(&RandomIds);
    conformance::ids(&CountingIds::default());
}
