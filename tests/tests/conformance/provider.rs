//! Models, pictures, the clock and the dice: those of the tests and the real ones.

use boot::{RandomIds, SystemClock};
use domain::pictures::Shape;
use end_to_end::{CountingIds, CountingModel, start};
use ports::PictureRequest;
use ports::conformance::{self, Cast};
use std::time::Duration;

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

#[test]
fn clocks_and_ids_conform() {
    conformance::clock(&SystemClock);
    conformance::ids(&RandomIds);
    conformance::ids(&CountingIds::default());
}
