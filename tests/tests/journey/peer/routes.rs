//! What it asks over HTTP.

use super::recorder::Recorder;
use domain::limits::DESIGN_SYSTEMS_MAX;
use end_to_end::{Http, Place, start, start_with};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{Cursor, Read};
use zip::ZipArchive;

#[tokio::test(flavor = "multi_thread")]
async fn what_it_asks_when_it_loads_is_answered() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    assert_eq!(http.get("/api/design-systems").await, (200, json!([])));
    assert_eq!(http.get("/api/capabilities").await, (200, json!({"screenshot_preview": false})));
    let (status, page) = http.get_text("/").await;
    assert!(status == 200 && page.contains("<title>"));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_design_system_is_kept_over_a_restart_until_it_is_deleted() {
    const PATH: &str = "/api/design-systems";
    let place = Place::new(&[]);
    let stack = place.start().await;
    let http = Http::to(stack.addresses().public);
    let (status, added) = http.send(Method::POST, PATH, &json!({"name": "Harbour", "content": "# Blue"})).await;
    assert_eq!((status, &added["name"], &added["content"]), (200, &json!("Harbour"), &json!("# Blue")));
    assert!(added["createdAt"].is_string() && added["createdAt"] == added["updatedAt"]);
    let one = format!("{PATH}/{}", added["id"].as_str().unwrap());
    let (status, changed) = http.send(Method::PATCH, &one, &json!({"content": "# Red"})).await;
    assert_eq!((status, &changed["name"], &changed["content"]), (200, &json!("Harbour"), &json!("# Red")));
    stack.stop().await;

    let stack = place.start().await;
    let http = Http::to(stack.addresses().public);
    assert_eq!(http.get(PATH).await, (200, json!([changed])));
    for (method, path, body, status) in [
        (Method::POST, PATH, json!({"name": " ", "content": "x"}), 400),
        (Method::PATCH, one.as_str(), json!({"name": ""}), 400),
        (Method::POST, PATH, json!({"name": "x", "content": "x".repeat(200_000)}), 413),
        (Method::PATCH, "/api/design-systems/none", json!({"name": "x"}), 404),
        (Method::DELETE, "/api/design-systems/none", json!({}), 404),
    ] {
        let (answered, refused) = http.send(method.clone(), path, &body).await;
        assert_eq!(answered, status, "{method} {path}");
        assert!(refused["detail"].is_string() && refused["error"]["code"].is_string(), "{refused}");
    }
    assert_eq!(http.send(Method::DELETE, &one, &json!({})).await, (204, Value::Null));
    assert_eq!(http.send(Method::DELETE, &one, &json!({})).await.0, 404);
    assert_eq!(http.get(PATH).await, (200, json!([])));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_design_system_more_than_the_limit_is_refused_and_the_others_stay() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    for number in 0..DESIGN_SYSTEMS_MAX {
        let (status, _) = http.post("/api/design-systems", &json!({"name": number.to_string()}), &[]).await;
        assert_eq!(status, 200);
    }
    let (status, refused) = http.post("/api/design-systems", &json!({"name": "one more"}), &[]).await;
    assert_eq!((status, &refused["error"]["code"]), (413, &json!("too_large")));
    let (_, kept) = http.get("/api/design-systems").await;
    assert_eq!(kept.as_array().unwrap().len(), DESIGN_SYSTEMS_MAX as usize);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_the_page_and_its_pictures_and_nothing_of_this_machine() {
    let recorder = Recorder::start("").await;
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    let inside = format!("http://{}/take", recorder.address);
    let inline = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
    let code = format!(
        "<!DOCTYPE html><html><img src=\"{inline}\"><img src=\"{inside}\"><img src='http://169.254.169.254/a.png'></html>"
    );
    let answer = http.post_raw("/api/export", &json!({"code": code, "baseUrl": inside})).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let mut archive = ZipArchive::new(Cursor::new(answer.bytes().await.unwrap())).unwrap();
    let mut page = String::new();
    archive.by_name("index.html").unwrap().read_to_string(&mut page).unwrap();
    assert_eq!(page, code.replace(inline, "images/picture-1.gif"));
    let mut picture = Vec::new();
    archive.by_name("images/picture-1.gif").unwrap().read_to_end(&mut picture).unwrap();
    assert!(picture.starts_with(b"GIF89a"));
    assert_eq!(archive.len(), 2);
    assert_eq!(recorder.take(), Vec::<Value>::new(), "nothing on this machine was asked");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_exported_is_refused_with_its_field() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    for (body, status) in [(json!({}), 400), (json!({"code": " "}), 400), (json!({"code": "x".repeat(2 << 20)}), 413)] {
        let (answered, refused) = http.post("/api/export", &body, &[]).await;
        assert_eq!((answered, &refused["error"]["field"]), (status, &json!("code")));
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_service_a_screenshot_is_refused_in_words() {
    let (_place, stack) = start().await;
    let http = Http::to(stack.addresses().public);
    let (status, refused) =
        http.post("/api/screenshot", &json!({"url": "https://example.com", "apiKey": "k"}), &[]).await;
    assert_eq!(status, 501);
    assert!(refused["detail"].as_str().unwrap().contains("SCREENSHOT_API_KEY"), "{refused}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configured_service_is_asked_with_the_servers_key_and_no_other() {
    let service = Recorder::start("").await;
    let template = format!("http://{}/take?key={{key}}&url={{url}}", service.address);
    let (_place, stack) = start_with(&[("SCREENSHOT_URL", &template), ("SCREENSHOT_API_KEY", "of-the-server")]).await;
    let http = Http::to(stack.addresses().public);
    let wish = |url: &str| json!({"url": url, "apiKey": "of-the-client"});
    let (status, taken) = http.post("/api/screenshot", &wish("example.com/a?b=1&key=2"), &[]).await;
    assert_eq!((status, taken["url"].as_str().unwrap().starts_with("data:image/png;base64,")), (200, true));
    assert_eq!(service.take(), [json!("key=of-the-server&url=https%3A%2F%2Fexample.com%2Fa%3Fb%3D1%26key%3D2")]);
    for inside in ["http://127.0.0.1/", "http://localhost:7001/", "file:///etc/passwd", "http://169.254.169.254/", " "]
    {
        let (status, refused) = http.post("/api/screenshot", &wish(inside), &[]).await;
        assert_eq!((status, &refused["error"]["field"]), (400, &json!("url")), "{inside}");
    }
    assert_eq!(service.take(), Vec::<Value>::new());
    stack.stop().await;
}
