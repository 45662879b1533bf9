//! What is wrong between the client and the stack.

use super::{at, suspects, to};
use ::doctor::{Doctor, Step};
use end_to_end::{Fault, Front, Place, start};
use std::time::Duration;

async fn through(fault: Fault, step: Step, cause: &str) {
    through_with(fault, step, cause, |doctor| doctor).await;
}

async fn through_with(fault: Fault, step: Step, cause: &str, change: impl FnOnce(Doctor) -> Doctor) {
    // Some of these proxies put a message's frames together, which makes them too large for API Gateway.
    let place = Place::new(&[]);
    let stack = place.start_relaxed().await;
    let front = Front::before(stack.addresses().public, fault).await;
    suspects(change(at(front.address())), step, cause).await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_does_nothing_wrong_is_not_suspected() {
    let (_place, stack) = start().await;
    let front = Front::before(stack.addresses().public, Fault::None).await;
    let report = super::examine(at(front.address())).await;
    assert!(report.passed(), "{}", super::text(&report));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_does_not_pass_upgrade_is_named() {
    through(Fault::DropsUpgrade, Step::Upgrade, "proxy_drops_upgrade").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_cuts_idle_connections_is_named() {
    let patient = |doctor| Doctor { idle: Some(Duration::from_secs(4)), ..doctor };
    through_with(Fault::CutsIdle(Duration::from_secs(2)), Step::Idle, "proxy_cuts_idle", patient).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_url_without_its_stage_is_named() {
    let (_place, stack) = start().await;
    suspects(to(format!("ws://{}/", stack.addresses().public)), Step::Upgrade, "stage_missing").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_allowed_is_named() {
    through(Fault::RenamesHost("quartet.example"), Step::Health, "host_not_allowed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_is_taken_out_is_named() {
    through(Fault::StripsPolicy, Step::Page, "proxy_strips_headers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_reaches_nobody_is_named() {
    through(Fault::Answers(|_| Some((502, "<h1>502 Bad Gateway</h1>"))), Step::Health, "proxy_cannot_reach").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_whose_socket_route_leads_nowhere_is_named() {
    let only_sockets: fn(&str) -> Option<(u16, &'static str)> =
        |head| head.starts_with("GET /generate-code").then_some((502, "Bad Gateway"));
    // The proxy does not name itself in what it passes on, so the functions are suspected first, and it second.
    through(Fault::Answers(only_sockets), Step::Upgrade, "function_fails").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_on_the_port_is_named() {
    through(Fault::Answers(|_| Some((200, "<h1>It works!</h1>"))), Step::Health, "another_server").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_large_for_what_is_between_is_named() {
    through(Fault::LimitsMessages(40 * 1024), Step::Sizes, "message_too_large").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_that_do_not_arrive_are_named() {
    through(Fault::Loses(|text| text.contains("\"type\":\"connection\"")), Step::Greeting, "pushes_lost").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_is_lost_on_the_way_is_seen() {
    through(Fault::Loses(|text| text.contains("\"seq\":1")), Step::Order, "defect").await;
}
