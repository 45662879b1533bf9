//! Every route against every caller. The expectations are an exhaustive `match`: a route that is added has to be given its own.

use super::{ALICE, Answer, Caller, Scene, description};
use api::{Access, Route};
use serde_json::{Value, json};

const UNKNOWN: &str = "0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

/// What a route answers its owner, or who may ask it.
const fn good(route: Route) -> u16 {
    match route {
        Route::Health
        | Route::ApiHealth
        | Route::Config
        | Route::Models
        | Route::List
        | Route::Tally
        | Route::Versions
        | Route::Pick
        | Route::Read
        | Route::Shares
        | Route::Page
        | Route::Chunks
        | Route::DesignSystems
        | Route::AddDesignSystem
        | Route::ChangeDesignSystem
        | Route::OpenApi
        | Route::Capabilities
        | Route::Export
        | Route::File => 200,
        Route::Upload | Route::Share => 201,
        Route::Start | Route::Cancel => 202,
        Route::Delete | Route::Unshare | Route::RemoveDesignSystem => 204,
        // The page of this scene has none, which only who may see the page is told.
        Route::Picture => 404,
        // No service is set, which is said only to who may use it.
        Route::Screenshot => 501,
    }
}

/// Who a route is for, written down a second time: the handlers are held against this, and so is what they say of themselves.
const fn access(route: Route) -> Access {
    match route {
        Route::Health | Route::ApiHealth | Route::Config | Route::OpenApi | Route::Capabilities | Route::File => {
            Access::Public
        }
        Route::Models
        | Route::List
        | Route::Tally
        | Route::Start
        | Route::Upload
        | Route::DesignSystems
        | Route::AddDesignSystem
        | Route::Screenshot
        | Route::Export => Access::User,
        Route::Cancel
        | Route::Delete
        | Route::Versions
        | Route::Pick
        | Route::Share
        | Route::Shares
        | Route::Unshare
        | Route::ChangeDesignSystem
        | Route::RemoveDesignSystem => Access::Owner,
        Route::Read | Route::Page | Route::Picture | Route::Chunks => Access::Viewer,
    }
}

#[expect(clippy::match_same_arms, reason = "a table, read row by row")]
fn expected(route: Route, caller: Caller) -> u16 {
    match (access(route), caller) {
        (Access::Public, _) => good(route),
        (_, Caller::NoToken | Caller::BadToken | Caller::BadTokenWithLiveLink) => 401,
        // A link is no token: it shows one generation and is good for nothing else.
        (Access::User | Access::Owner, Caller::RevokedLink | Caller::LiveLink) => 401,
        (Access::User, Caller::Other | Caller::OtherWithRevokedLink | Caller::OtherWithLiveLink | Caller::Owner) => {
            good(route)
        }
        (Access::Owner, Caller::Other | Caller::OtherWithRevokedLink | Caller::OtherWithLiveLink) => 404,
        (Access::Viewer, Caller::Other | Caller::RevokedLink | Caller::OtherWithRevokedLink) => 404,
        (Access::Viewer, Caller::LiveLink | Caller::OtherWithLiveLink) => good(route),
        (Access::Owner | Access::Viewer, Caller::Owner) => good(route),
    }
}

/// What a request is about: things of Alice's.
struct Things {
    generation: String,
    design_system: String,
    share: String,
}

impl Things {
    /// Those that a request may end are new for each route.
    async fn of(scene: &Scene, route: Route) -> Self {
        let generation = if route == Route::Delete {
            let accepted = scene.as_owner("POST", "/api/generations", body(Route::Start).as_ref()).await;
            accepted.data()["id"].as_str().unwrap().to_owned()
        } else {
            scene.id.clone()
        };
        let added = scene.as_owner("POST", "/api/design-systems", Some(&json!({"name": "n", "content": "c"}))).await;
        Self {
            generation,
            design_system: added.json()["id"].as_str().unwrap().to_owned(),
            share: scene.share().await["id"].as_str().unwrap().to_owned(),
        }
    }

    /// Things that there are not.
    fn unknown() -> Self {
        Self { generation: UNKNOWN.to_owned(), design_system: UNKNOWN.to_owned(), share: "0".repeat(64) }
    }
}

fn body(route: Route) -> Option<Value> {
    match route {
        Route::Start => Some(json!({"prompt": {"text": "a page"}, "variants": 1})),
        Route::Upload => Some(json!({"contentType": "image/png", "bytes": 100})),
        Route::AddDesignSystem => Some(json!({"name": "Blue", "content": "# Blue"})),
        Route::ChangeDesignSystem => Some(json!({"name": "Red"})),
        Route::Screenshot => Some(json!({"url": "https://example.com"})),
        Route::Pick => Some(json!({"variantIndex": 0})),
        Route::Export => Some(json!({"code": "<p>a page"})),
        Route::Health
        | Route::ApiHealth
        | Route::Config
        | Route::Models
        | Route::List
        | Route::Tally
        | Route::Versions
        | Route::Read
        | Route::Cancel
        | Route::Delete
        | Route::Share
        | Route::Shares
        | Route::Unshare
        | Route::Page
        | Route::Picture
        | Route::Chunks
        | Route::DesignSystems
        | Route::RemoveDesignSystem
        | Route::OpenApi
        | Route::Capabilities
        | Route::File => None,
    }
}

async fn ask(scene: &Scene, route: Route, things: &Things, token: Option<&str>, link: Option<&str>) -> Answer {
    let (method, path) = route.key().split_once(' ').unwrap_or(("GET", "/"));
    let is_design_system = path.contains("design-systems");
    let id = if is_design_system { &things.design_system } else { &things.generation };
    let mut path = path.replace("{id}", id).replace("{n}", "0").replace("{picture}", "1-1");
    path = path.replace("{share}", &things.share);
    if let Some(link) = link {
        path = format!("{path}?share={link}");
    }
    scene.ask(token, method, &path, body(route).as_ref()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_caller_as_its_rule_says() {
    let scene = Scene::start().await;
    let described = scene.ask(None, "GET", "/api/openapi.json", None).await.json();
    let mut wrong = Vec::new();
    let mut cells = 0;
    for route in Route::ALL {
        assert_eq!(route.access(), access(route), "{route}");
        let things = Things::of(&scene, route).await;
        for caller in Caller::ALL {
            let answer = ask(&scene, route, &things, caller.token(), caller.link(&scene)).await;
            let expected = expected(route, caller);
            if answer.status != expected {
                wrong.push(format!("{route} for {caller:?}: {} and not {expected}", answer.status));
            }
            if !description::has(&described, route, &answer) {
                wrong.push(format!("{route} for {caller:?}: {} is not described", answer.status));
            }
            cells += 1;
        }
        scene.as_owner("DELETE", &format!("/api/design-systems/{}", things.design_system), None).await;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(cells, Route::ALL.len() * Caller::ALL.len());
    // Bob has what he made himself, and Alice what was hers before.
    let mine = |answer: &Answer| answer.data()["items"].as_array().unwrap().len();
    assert_eq!(mine(&scene.as_owner("GET", "/api/generations", None).await), 2, "hers, and the one of the matrix");
    assert_eq!(mine(&scene.ask(Some(super::BOB), "GET", "/api/generations", None).await), 3);
    scene.stack.stop().await;
}

/// Status, headers and bytes.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_anothers_looks_like_what_is_not_there() {
    let scene = Scene::start().await;
    let things = Things::of(&scene, Route::Read).await;
    let mut compared = 0;
    for route in Route::ALL.into_iter().filter(|route| matches!(route.access(), Access::Owner | Access::Viewer)) {
        for caller in
            Caller::ALL.into_iter().filter(|caller| expected(route, *caller) == 404 && *caller != Caller::Owner)
        {
            if route == Route::Picture && matches!(caller, Caller::LiveLink | Caller::OtherWithLiveLink) {
                continue;
            }
            let link = caller.link(&scene);
            let theirs = ask(&scene, route, &things, caller.token(), link).await;
            let none = ask(&scene, route, &Things::unknown(), caller.token(), link).await;
            assert_eq!(theirs, none, "{route} for {caller:?}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
    scene.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_of_a_token_is_the_same_answer() {
    let scene = Scene::start().await;
    let refused = async |token: &str| scene.ask(Some(token), "GET", "/api/generations", None).await;
    let expected = refused("x").await;
    assert_eq!(expected.headers["www-authenticate"], "Bearer");
    for token in ["", "token-of-alice", &"x".repeat(9_000), "eyJhbGciOiJub25lIn0.e30.", &ALICE.to_uppercase()] {
        assert_eq!(refused(token).await, expected, "{token:.40}");
    }
    let other_scheme = scene.http.exchange("GET", "/api/generations", &[("authorization", "Basic YTpi")], None).await;
    assert_eq!(other_scheme.status(), 401);
    scene.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_headers_that_keep_it_harmless_and_repeats_nothing() {
    const CANARY: &str = "<script>canary</script>";
    let scene = Scene::start().await;
    let things = Things::of(&scene, Route::Read).await;
    for route in Route::ALL {
        for token in [None, Some(ALICE)] {
            let answer = ask(&scene, route, &things, token, None).await;
            let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
            assert_eq!(header("x-content-type-options"), "nosniff", "{route}");
            assert_eq!(header("referrer-policy"), "no-referrer", "{route}");
            let policy = header("content-security-policy");
            let framed = policy.ends_with("frame-ancestors 'self'") && policy.starts_with("sandbox allow-scripts");
            let strict = policy.contains("default-src") && policy.contains("frame-ancestors 'none'");
            assert!(framed || strict && header("x-frame-options") == "DENY", "{route}: {policy}");
            assert!(!policy.contains("unsafe") && !policy.contains("allow-same-origin"), "{route}: {policy}");
            assert!(
                ["no-store", "no-cache", "private"].iter().any(|word| header("cache-control").starts_with(word)),
                "{route}"
            );
            assert!(!header("permissions-policy").is_empty() && !header("cross-origin-resource-policy").is_empty());
            assert_eq!(header("access-control-allow-origin"), "", "{route}: nobody else was let in");
        }
        let encoded = "%3Cscript%3Ecanary%3C%2Fscript%3E";
        let strange =
            Things { generation: encoded.to_owned(), design_system: encoded.to_owned(), share: encoded.to_owned() };
        let link = format!("{encoded}&attempt={encoded}&after={encoded}&next={encoded}&variantIndex={encoded}");
        let answer = ask(&scene, route, &strange, Some(ALICE), Some(&link)).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains(CANARY), "{route}");
        let headers = [("authorization", "Bearer <script>canary</script>"), ("idempotency-key", CANARY)];
        let (method, path) = route.key().split_once(' ').unwrap_or(("GET", "/<script>canary</script>"));
        let body = json!({CANARY: CANARY, "code": CANARY, "url": CANARY, "models": [CANARY], "prompt": {"text": "x"}});
        let answer = scene.http.exchange(method, path, &headers, (method != "GET").then_some(&body)).await;
        assert!(!answer.text().await.unwrap().contains(CANARY), "{route}");
    }
    scene.stack.stop().await;
}
