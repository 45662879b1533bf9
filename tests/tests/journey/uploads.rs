//! What is too large for a frame: uploaded first, named in the message, looked at when it is used.

use domain::limits::IMAGE_BYTES_MAX;
use domain::wire::server::Kind;
use end_to_end::images::{bomb, png, png_url};
use end_to_end::{Client, Http, ended, start, start_with};
use serde_json::{Value, json};
use tokio::join;

const UNKNOWN: &str = "upload:0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10";

fn screenshot(images: &[&str]) -> Value {
    json!({"inputMode": "image", "prompt": {"text": "in green", "images": images}, "variants": 1})
}

#[tokio::test(flavor = "multi_thread")]
async fn five_screenshots_inline_and_uploaded_reach_the_model_in_their_order() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    let large = http.upload("image/png", png(700, 500, true)).await;
    let small = png_url(&png(3, 2, false));
    let mut client = Client::connect(stack.addresses().public).await;
    let id = client.generate(&screenshot(&[&large, &small, &large, &small, &large])).await;
    client.until_done().await;
    let page = http.page(&id, 0).await;
    assert!(page.contains("5 images: 700x500, 3x2, 700x500, 3x2, 700x500"), "{page:.600}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_sent_what_it_sees_and_no_more() {
    // The demo behind the names of two models of which it is known what they see.
    let (_other_place, provider) = start().await;
    let url = format!("http://{}/demo/v1", provider.addresses().platform);
    let models = [("OPENAI_BASE_URL", url.as_str()), ("MODELS", "gpt-4o-2024-11-20,gpt-6-luna,llava")];
    let (_place, stack) = start_with(&models).await;
    let http = Http::to(stack.addresses().public);
    let image = http.upload("image/png", png(2_400, 1_200, false)).await;
    let params = json!({"inputMode": "image", "prompt": {"text": "", "images": [image]}, "variants": 3});
    let (status, accepted) = http.post("/api/generations", &params, &[]).await;
    assert_eq!(status, 202, "{accepted}");
    let id = accepted["data"]["id"].as_str().unwrap();
    ended(&http, id).await;
    for (variant, seen) in [(0, "1 image: 1536x768"), (1, "1 image: 2048x1024"), (2, "1 image: 2400x1200")] {
        let page = http.page(id, variant).await;
        assert!(page.contains(seen), "{seen}: {page:.600}");
    }
    stack.stop().await;
    provider.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_request_is_the_request_and_a_resend_of_it_is_the_same_generation() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    // Three times what a frame holds.
    let params = json!({"prompt": {"text": format!("a bakery {}", "x".repeat(100_000))}, "variants": 1});
    let reference = http.upload("application/json", params.to_string().into_bytes()).await;
    let mut client = Client::connect(stack.addresses().public).await;
    let id = client.generate(&json!({"requestRef": reference})).await;
    client.until_done().await;
    assert!(http.page(&id, 0).await.contains("a bakery"));

    let again = client.generate(&json!({"requestRef": reference})).await;
    assert_eq!(again, id, "the upload's id is the idempotency key");
    let (status, accepted) = http.post("/api/generations", &json!({"requestRef": reference}), &[]).await;
    assert_eq!((status, accepted["data"]["id"].as_str()), (202, Some(id.as_str())));
    let (_, other) =
        http.post("/api/generations", &json!({"requestRef": reference}), &[("idempotency-key", "2")]).await;
    assert_ne!(other["data"]["id"].as_str(), Some(id.as_str()), "under another key it is another request");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_an_upload_is_refused_by_field_and_leaves_nothing_behind() {
    let (place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    let upload = async |kind: &str, bytes: &[u8]| http.upload(kind, bytes.to_vec()).await;
    let sound = upload("image/png", &png(3, 2, false)).await;
    let svg = upload("image/png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>").await;
    let half = png(300, 200, true);
    let half = upload("image/png", &half[..half.len() / 2]).await;
    let explosive = upload("image/png", &bomb(50_000, 50_000)).await;
    let request = upload("application/json", br#"{"prompt": {"text": ""}}"#).await;
    let broken = upload("application/json", br#"{"prompt": "#).await;
    let mut client = Client::connect(stack.addresses().public).await;
    client.send(&json!({"action": "ping"})).await;
    client.until(|message| message.kind == Kind::Pong).await;
    for (params, code, field) in [
        (screenshot(&[&sound, &svg]), "invalid_field", "prompt.images[1]"),
        (screenshot(&[&sound, &sound, &half]), "invalid_field", "prompt.images[2]"),
        (screenshot(&[&explosive]), "too_large", "prompt.images[0]"),
        (screenshot(&[UNKNOWN]), "not_found", "prompt.images[0]"),
        (screenshot(&[&request]), "invalid_field", "prompt.images[0]"),
        (json!({"requestRef": request}), "invalid_field", "prompt.text"),
        (json!({"requestRef": broken}), "not_json", "requestRef"),
        (json!({"requestRef": sound}), "not_json", "requestRef"),
        (json!({"requestRef": UNKNOWN}), "not_found", "requestRef"),
        (json!({"requestRef": "../../x"}), "not_found", "requestRef"),
    ] {
        let (_, over_http) = http.post("/api/generations", &params, &[]).await;
        let error = &over_http["error"];
        assert_eq!((error["code"].as_str(), error["field"].as_str()), (Some(code), Some(field)), "{params}");
        let mut message = params.clone();
        message["action"] = json!("generate");
        client.send(&message).await;
        let data = client.message().await.data.unwrap();
        assert_eq!((data["code"].as_str(), data["field"].as_str()), (Some(code), Some(field)), "{params}");
    }
    assert!(!place.path().join("s3/quartet/generations").exists(), "nothing was recorded");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_is_given_up_to_the_limit_and_not_one_byte_beyond() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    let mut largest = png(3, 2, false);
    largest.resize(IMAGE_BYTES_MAX, 0);
    let reference = http.upload("image/png", largest).await;
    let (status, accepted) = http.post("/api/generations", &screenshot(&[&reference]), &[]).await;
    assert_eq!(status, 202, "{accepted}");
    for bytes in [IMAGE_BYTES_MAX + 1, 50 * 1024 * 1024] {
        let (status, refused) =
            http.post("/api/uploads", &json!({"contentType": "image/png", "bytes": bytes}), &[]).await;
        assert_eq!((status, refused["error"]["field"].as_str()), (413, Some("bytes")));
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_page_may_upload_and_nobody_reads_or_lists() {
    let (_place, stack) = start().await;
    let (public, platform) = (stack.addresses().public, stack.addresses().platform);
    let http = Http::to(public);
    let (_, answer) = http.post("/api/uploads", &json!({"contentType": "image/png", "bytes": 5}), &[]).await;
    let url = answer["data"]["url"].as_str().unwrap().to_owned();
    let page = format!("http://{public}");
    let ask = async |origin: &str, url: &str, method: &str| {
        http.ask("OPTIONS", url, &[("origin", origin), ("access-control-request-method", method)]).await
    };
    let (status, headers) = ask(&page, &url, "PUT").await;
    assert_eq!((status, headers["access-control-allow-origin"].to_str().unwrap()), (200, page.as_str()));
    assert_eq!(headers["access-control-allow-headers"], "content-type, if-none-match");
    let objects = format!("http://{platform}/quartet/generations/x");
    for (origin, url, method) in [
        ("https://elsewhere.test", &url, "PUT"),
        (&page, &url, "GET"),
        (&page, &url, "DELETE"),
        (&page, &objects, "PUT"),
    ] {
        let (status, headers) = ask(origin, url, method).await;
        assert_eq!((status, headers.get("access-control-allow-origin")), (403, None), "{origin} {method} {url}");
    }
    let unsigned = url.split('?').next().unwrap();
    let (list, folder) = (format!("http://{platform}/quartet?list-type=2"), format!("http://{platform}/quartet/"));
    for (method, url) in [("GET", unsigned), ("GET", &list), ("GET", &folder), ("GET", &url), ("DELETE", &url)] {
        let (status, _) = http.ask(method, url, &[("origin", &page)]).await;
        assert_eq!(status, 403, "{method} {url}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_uploads_under_one_permission_one_is_taken() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    let (_, answer) = http.post("/api/uploads", &json!({"contentType": "image/png", "bytes": 5}), &[]).await;
    let url = answer["data"]["url"].as_str().unwrap();
    let headers = [("content-type", "image/png"), ("if-none-match", "*")];
    let (one, two) = join!(http.put(url, &headers, b"first".to_vec()), http.put(url, &headers, b"other".to_vec()));
    let mut statuses = [one, two];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    stack.stop().await;
}
