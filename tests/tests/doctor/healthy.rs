use super::{at, examine, text, to};
use ::doctor::{Doctor, Outcome, Step};
use end_to_end::{Authority, Fault, Front, start};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_stack_passes_every_step_in_less_than_15_seconds() {
    let (_place, stack) = start().await;
    let began = tokio::time::Instant::now();
    let doctor = Doctor { idle: Some(Duration::from_millis(500)), ..at(stack.addresses().public) };
    let report = examine(doctor).await;
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    let text = text(&report);
    assert!(report.passed(), "{text}");
    assert_eq!(report.steps.iter().map(|step| step.step).collect::<Vec<_>>(), Step::ALL, "each step once, in order");
    let skipped: Vec<Step> =
        report.steps.iter().filter(|step| matches!(step.outcome, Outcome::Skipped(_))).map(|step| step.step).collect();
    assert_eq!(skipped, [Step::Tls], "{text}");
    let json = report.json();
    assert_eq!((json["passed"].as_bool(), json["steps"].as_array().map(Vec::len)), (Some(true), Some(Step::ALL.len())));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_stack_behind_tls_passes_too_and_the_certificates_days_are_counted() {
    let (_place, stack) = start().await;
    let authority = Authority::default();
    let front = Front::before(stack.addresses().public, Fault::Tls(authority.server("localhost", 2020, 2090))).await;
    let doctor = to(format!("https://localhost:{}", front.address().port()));
    let report = examine(Doctor { more_roots: authority.root(), ..doctor }).await;
    let text = text(&report);
    assert!(report.passed(), "{text}");
    assert!(text.contains("valid for ") && text.contains("wss://localhost:"), "{text}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_spent_unless_it_was_allowed() {
    let (_place, stack) =
        end_to_end::start_with(&[("OPENAI_API_KEY", "sk-x"), ("OPENAI_BASE_URL", "http://127.0.0.1:1")]).await;
    let report = examine(at(stack.addresses().public)).await;
    let text = text(&report);
    assert!(report.passed() && text.contains("costs money: --real"), "{text}");
    stack.stop().await;
}

#[test]
fn a_deployment_that_was_not_reached_has_not_passed() {
    assert!(!::doctor::Report { url: String::new(), steps: Vec::new() }.passed());
}
