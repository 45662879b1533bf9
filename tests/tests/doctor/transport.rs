//! What is wrong before a single byte of HTTP has passed.

use super::{at, suspects, to};
use ::doctor::{Doctor, Step};
use boot::SystemClock;
use end_to_end::{Authority, Fault, Front, start};
use ports::Clock;
use std::sync::Arc;

async fn nobodys_port() -> u16 {
    tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn a_text_that_is_no_url_is_named() {
    suspects(to("ftp://127.0.0.1"), Step::Address, "url_wrong").await;
}

#[tokio::test]
async fn a_name_that_nobody_has_is_named() {
    suspects(to("http://quartet.invalid"), Step::Address, "name_wrong").await;
}

#[tokio::test]
async fn a_server_that_is_not_running_is_named() {
    suspects(to(format!("http://127.0.0.1:{}", nobodys_port().await)), Step::Tcp, "not_running").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_port_is_named_where_the_stack_is_on_another() {
    let (_place, stack) = start().await;
    let doctor = to(format!("http://127.0.0.1:{}", nobodys_port().await));
    let doctor = Doctor { likely_ports: vec![stack.addresses().public.port()], ..doctor };
    suspects(doctor, Step::Tcp, "port_wrong").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_path_is_named() {
    let (_place, stack) = start().await;
    suspects(to(format!("http://{}/app", stack.addresses().public)), Step::Health, "path_wrong").await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn https_to_a_plain_server_and_http_to_one_with_tls_are_named() {
    let (_place, stack) = start().await;
    let public = stack.addresses().public;
    suspects(to(format!("https://{public}")), Step::Tls, "scheme_wrong").await;
    let front = Front::before(public, Fault::Tls(Authority::self_signed("localhost"))).await;
    suspects(to(format!("http://localhost:{}", front.address().port())), Step::Health, "scheme_wrong").await;
    stack.stop().await;
}

/// A stack behind TLS, asked as `localhost` by somebody who trusts the authority.
async fn tls(authority: &Authority, server: Arc<rustls::ServerConfig>, cause: &str) {
    let (_place, stack) = start().await;
    let front = Front::before(stack.addresses().public, Fault::Tls(server)).await;
    let doctor = to(format!("https://localhost:{}", front.address().port()));
    suspects(Doctor { more_roots: authority.root(), ..doctor }, Step::Tls, cause).await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate_is_named() {
    let authority = Authority::default();
    tls(&authority, authority.server("localhost", 2020, 2021), "certificate_expired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_certificate_is_named() {
    tls(&Authority::default(), Authority::self_signed("localhost"), "certificate_untrusted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_authority_that_is_not_trusted_is_named() {
    let other = Authority::default();
    tls(&Authority::default(), other.server("localhost", 2020, 2090), "certificate_untrusted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_named() {
    let authority = Authority::default();
    tls(&authority, authority.server("pages.example", 2020, 2090), "certificate_of_another").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_not_valid_yet_points_to_the_clock() {
    let authority = Authority::default();
    tls(&authority, authority.server("localhost", 2089, 2090), "clocks_apart").await;
}

/// This machine's time, ten minutes ahead.
struct Ahead;

impl Clock for Ahead {
    fn now_ms(&self) -> u64 {
        SystemClock.now_ms() + 600_000
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_disagree_are_named() {
    let (_place, stack) = start().await;
    let doctor = Doctor { clock: Arc::new(Ahead), ..at(stack.addresses().public) };
    suspects(doctor, Step::Time, "clocks_apart").await;
    stack.stop().await;
}
