//! Pages of other sites: those that `CORS_ORIGINS` names may ask, read the answers and upload; all others may not.

use api::Route;
use end_to_end::{Http, start_with};
use reqwest::header::HeaderMap;
use serde_json::json;
use std::collections::BTreeSet;

const NAMED: &str = "https://app.example";
const STRANGER: &str = "https://evil.example";

fn words(headers: &HeaderMap, name: &str) -> BTreeSet<String> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(',').map(|word| word.trim().to_ascii_lowercase()).filter(|word| !word.is_empty()).collect()
}

/// A browser's question before a request that is not a simple one.
async fn preflight(http: &Http, path: &str, origin: &str, method: &str) -> (u16, HeaderMap) {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let answer = http.options(path, &headers).await;
    (answer.status().as_u16(), answer.headers().clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_an_origin_that_is_named_may_call_and_no_other() {
    let (_place, stack) = start_with(&[("CORS_ORIGINS", NAMED), ("MODELS", "demo-ok")]).await;
    let http = Http::to(stack.addresses().public);
    let methods: BTreeSet<String> = Route::ALL
        .into_iter()
        .filter_map(|route| route.key().split_once(' '))
        .map(|(method, _)| method.to_ascii_lowercase())
        .collect();
    for route in Route::ALL {
        let Some((method, path)) = route.key().split_once(' ') else { continue };
        let path = path.replace(['{', '}'], "");
        let (status, headers) = preflight(&http, &path, NAMED, method).await;
        assert_eq!((status, headers["access-control-allow-origin"].to_str().unwrap()), (204, NAMED), "{route}");
        assert_eq!(words(&headers, "access-control-allow-methods"), methods, "{route}");
        for name in ["authorization", "content-type", "idempotency-key"] {
            assert!(words(&headers, "access-control-allow-headers").contains(name), "{route}: {name}");
        }
        assert!(words(&headers, "vary").contains("origin"), "a cache must not answer others with it");
        assert!(!headers.contains_key("access-control-allow-credentials"), "there are no cookies");
        let (status, headers) = preflight(&http, &path, STRANGER, method).await;
        assert_eq!((status, headers.get("access-control-allow-origin")), (403, None), "{route}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_of_a_call_is_read_by_an_origin_that_is_named_and_no_other() {
    let (_place, stack) = start_with(&[("CORS_ORIGINS", NAMED), ("MODELS", "demo-ok")]).await;
    let http = Http::to(stack.addresses().public);
    let body = json!({"prompt": {"text": "a page"}, "variants": 1});
    let call = async |origin: &str| http.exchange("POST", "/api/generations", &[("origin", origin)], Some(&body)).await;
    let answer = call(NAMED).await;
    assert_eq!(answer.status().as_u16(), 202);
    assert_eq!(answer.headers()["access-control-allow-origin"], NAMED);
    assert!(words(answer.headers(), "access-control-expose-headers").contains("location"));
    for stranger in [STRANGER, "null", "https://app.example.evil.example", "http://app.example"] {
        let answer = call(stranger).await;
        assert_eq!((answer.status().as_u16(), answer.headers().get("access-control-allow-origin")), (403, None));
    }
    let (_, history) = http.get("/api/generations").await;
    assert_eq!(history["data"]["items"].as_array().unwrap().len(), 1, "a stranger's call began nothing");

    // An upload goes to the bucket, under an address of its own.
    let (_, permit) = http.post("/api/uploads", &json!({"contentType": "image/png", "bytes": 5}), &[]).await;
    let url = permit["data"]["url"].as_str().unwrap();
    for (origin, status) in [(NAMED, 200), (STRANGER, 403)] {
        let question = [("origin", origin), ("access-control-request-method", "PUT")];
        let (answered, headers) = http.ask("OPTIONS", url, &question).await;
        assert_eq!(
            (answered, headers.contains_key("access-control-allow-origin")),
            (status, status == 200),
            "{origin}"
        );
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_no_other_site_may_call() {
    let (_place, stack) = start_with(&[("MODELS", "demo-ok")]).await;
    let http = Http::to(stack.addresses().public);
    let (status, headers) = preflight(&http, "/api/generations", NAMED, "POST").await;
    assert_eq!((status, headers.get("access-control-allow-origin")), (403, None));
    stack.stop().await;
}
