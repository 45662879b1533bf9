//! The guard over real connections: servers on loopback, and guards that allow one of them.

use crate::{ScreenshotKey, ScreenshotService, Web};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use domain::address::{Guard, NotFetched};

use ports::{Fetch, FetchError, Screenshots};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

/// Only this one of all loopback addresses, on any port.
const ALLOWED: Ipv4Addr = Ipv4Addr::LOCALHOST;
const GUARD: Guard = Guard { address: |address| address == IpAddr::V4(ALLOWED), port: |_| true };

/// Servers that end with the test.
#[derive(Default)]
struct Servers(JoinSet<()>);

impl Servers {
    async fn start(&mut self, address: Ipv4Addr, router: Router) -> SocketAddr {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        self.0.spawn(async move { axum::serve(listener, router).await.unwrap() });
        address
    }
}

fn url(address: SocketAddr, path: &str) -> Url {
    Url::parse(&format!("http://{address}{path}")).unwrap()
}

async fn picture() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/png")], vec![7_u8; 1_000])
}

fn redirect(to: &str) -> impl IntoResponse + use<> {
    (StatusCode::FOUND, [(header::LOCATION, to.to_owned())])
}

#[tokio::test]
async fn a_picture_comes_with_its_type_and_through_redirects() {
    let mut servers = Servers::default();
    let router = Router::new().route("/a", get(picture)).route("/b", get(|| async { redirect("/a") }));
    let address = servers.start(ALLOWED, router).await;
    for path in ["/a", "/b"] {
        let fetched = Web::guarded_by(GUARD).unwrap().fetch(&url(address, path), 1_000).await.unwrap();
        assert_eq!((fetched.content_type.as_str(), fetched.bytes.len()), ("image/png", 1_000));
    }
}

#[tokio::test]
async fn more_bytes_than_asked_for_are_refused_whether_or_not_their_number_is_said() {
    let mut servers = Servers::default();
    let unsaid = || async {
        let pieces = futures_util::stream::iter((0..10).map(|_| Ok::<_, std::io::Error>(vec![7_u8; 100])));
        axum::body::Body::from_stream(pieces)
    };
    let address =
        servers.start(ALLOWED, Router::new().route("/said", get(picture)).route("/unsaid", get(unsaid))).await;
    for path in ["/said", "/unsaid"] {
        let refused = Web::guarded_by(GUARD).unwrap().fetch(&url(address, path), 999).await;
        assert_eq!(refused, Err(FetchError::TooLarge(999)), "{path}");
    }
}

#[tokio::test]
async fn a_redirect_to_an_address_that_is_not_allowed_never_reaches_it() {
    let reached = Arc::new(AtomicUsize::new(0));
    let count = reached.clone();
    let inner = Router::new().fallback(move || {
        count.fetch_add(1, Ordering::SeqCst);
        picture()
    });
    let mut servers = Servers::default();
    let inside = servers.start(Ipv4Addr::new(127, 0, 0, 2), inner).await;
    let by_name = format!("http://localhost.localdomain:{}/", inside.port());
    let to = [format!("http://{inside}/"), by_name, format!("http://[::ffff:127.0.0.2]:{}/", inside.port())];
    for target in to {
        let location = target.clone();
        let router = Router::new().fallback(move || {
            let location = location.clone();
            async move { redirect(&location) }
        });
        let outside = servers.start(ALLOWED, router).await;
        let refused = Web::guarded_by(GUARD).unwrap().fetch(&url(outside, "/"), 1_000).await;
        assert!(refused.is_err(), "{target}");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_is_refused_by_the_addresses_that_it_resolves_to() {
    let reached = Arc::new(AtomicUsize::new(0));
    let count = reached.clone();
    let mut servers = Servers::default();
    let router = Router::new().fallback(move || {
        count.fetch_add(1, Ordering::SeqCst);
        picture()
    });
    let address = servers.start(ALLOWED, router).await;
    let public_on_any_port = Guard { address: Guard::PUBLIC.address, port: |_| true };
    let named = Url::parse(&format!("http://localhost:{}/", address.port())).unwrap();
    let refused = Web::guarded_by(public_on_any_port).unwrap().fetch(&named, 1_000).await;
    assert_eq!(refused, Err(FetchError::NotAllowed(NotFetched::Address)));
    let refused = Web::new().unwrap().fetch(&url(address, "/"), 1_000).await;
    assert_eq!(refused, Err(FetchError::NotAllowed(NotFetched::Port)));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_that_goes_round_in_circles_ends() {
    let mut servers = Servers::default();
    let address = servers.start(ALLOWED, Router::new().fallback(|| async { redirect("/again") })).await;
    let refused = Web::guarded_by(GUARD).unwrap().fetch(&url(address, "/"), 1_000).await;
    assert!(matches!(refused, Err(FetchError::Failed(_))), "{refused:?}");
}

#[tokio::test]
async fn the_services_key_goes_to_the_service_and_no_further() {
    let mut servers = Servers::default();
    let elsewhere = Arc::new(AtomicUsize::new(0));
    let count = elsewhere.clone();
    let other = servers
        .start(
            ALLOWED,
            Router::new().fallback(move || {
                count.fetch_add(1, Ordering::SeqCst);
                picture()
            }),
        )
        .await;
    let target = format!("http://{other}/");
    let moved = Router::new().fallback(move || {
        let target = target.clone();
        async move { redirect(&target) }
    });
    let shots = Router::new().route(
        "/take",
        get(|uri: axum::http::Uri| async move {
            let asked = uri.query().unwrap_or_default().to_owned();
            ([(header::CONTENT_TYPE, "image/png")], asked)
        }),
    );
    let key = || Some(ScreenshotKey::new("canary".to_owned()));
    let page = Url::parse("https://example.com/").unwrap();

    let shots = servers.start(ALLOWED, shots).await;
    let service = ScreenshotService::new(&format!("http://{shots}/take?k={{key}}&u={{url}}"), key()).unwrap();
    let taken = service.take(&page).await.unwrap();
    assert_eq!(String::from_utf8(taken.bytes).unwrap(), "k=canary&u=https%3A%2F%2Fexample.com%2F");

    let moved = servers.start(ALLOWED, moved).await;
    let service = ScreenshotService::new(&format!("http://{moved}/take?k={{key}}&u={{url}}"), key()).unwrap();
    let refused = service.take(&page).await.unwrap_err();
    assert!(matches!(refused, FetchError::Failed(_)) && !refused.to_string().contains("canary"), "{refused}");
    assert_eq!(elsewhere.load(Ordering::SeqCst), 0);
}
