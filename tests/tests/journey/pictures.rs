//! Pictures in the place of placeholders, from the provider to the browser: on the socket, over HTTP and in an export.

use domain::wire::server::Kind;
use end_to_end::{Client, Http, View, ended, start_with, stored_text};
use serde_json::{Value, json};
use std::io::{Cursor, Read};
use zip::ZipArchive;

const PLACEHOLDER: &str = "placehold.co";

/// The addresses of a page's images, in its order.
fn images(page: &str) -> Vec<&str> {
    page.split("<img src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Each file of an archive with its bytes.
fn unpacked(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut files = Vec::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.push((file.name().unwrap().into_owned(), bytes));
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_names_its_pictures_on_the_socket_over_http_and_in_its_export() {
    let (_place, stack) = start_with(&[("MODELS", "demo-pictures"), ("IMAGE_MODEL", "demo-image")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a bakery"}, "variants": 1})).await;
    client.until_done().await;

    let http = Http::to(public);
    let page = http.page(&id, 0).await;
    assert_eq!(View::of(&client.heard, false)[&0].text(), page, "what was shown last is the page");
    assert_eq!(stored_text(&http, &id, 0, 1).await, page);
    assert!(!page.contains(PLACEHOLDER), "{page}");
    let [loaf, oven, again] = images(&page)[..] else { panic!("{page}") };
    assert_eq!((loaf, loaf == oven), (again, false), "equal pictures are drawn once");
    for address in [loaf, oven] {
        let answer = http.get_raw(address).await;
        assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"image/png".parse().unwrap()));
        assert!(answer.bytes().await.unwrap().starts_with(b"\x89PNG"));
    }
    let agents: Vec<&Value> = client
        .heard
        .iter()
        .filter(|message| message.kind == Kind::Progress)
        .map(|message| &message.data.as_ref().unwrap()["agent"])
        .collect();
    assert!(agents.contains(&&json!("images")), "{agents:?}");

    let export = http.post_raw("/api/export", &json!({"code": page})).await.bytes().await.unwrap();
    let files = unpacked(&export);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["index.html", "images/picture-1.png", "images/picture-2.png"]);
    let exported = page.replace(loaf, "images/picture-1.png").replace(oven, "images/picture-2.png");
    assert_eq!(String::from_utf8_lossy(&files[0].1), exported);
    assert!(files[1].1.starts_with(b"\x89PNG"));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_the_provider_refuses_leave_their_placeholders_and_a_note_that_everyone_sees() {
    let (_place, stack) = start_with(&[("MODELS", "demo-pictures"), ("IMAGE_MODEL", "demo-status-400")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let id = client.generate(&json!({"prompt": {"text": "a bakery"}, "variants": 1})).await;
    client.until_done().await;
    let http = Http::to(public);
    assert_eq!(images(&http.page(&id, 0).await).len(), 3);
    assert_eq!(http.page(&id, 0).await.matches(PLACEHOLDER).count(), 3);
    let record = ended(&http, &id).await;
    assert_eq!(record["status"], "completed", "a page without its pictures is a page: {record}");
    let complete = client.heard.iter().find(|message| message.kind == Kind::VariantComplete).unwrap();
    for checks in [&record["variants"][0]["checks"], &complete.data.as_ref().unwrap()["checks"]] {
        let note = checks.as_array().unwrap().iter().find(|check| check["code"] == "picture_failed").unwrap();
        assert!(note["message"].as_str().unwrap().contains("pictures: 2."), "{note}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_drawn_where_no_model_is_configured_for_it() {
    let (_place, stack) = start_with(&[("MODELS", "demo-pictures")]).await;
    let public = stack.addresses().public;
    let mut client = Client::connect(public).await;
    let ask = json!({"prompt": {"text": "a bakery"}, "variants": 1, "isImageGenerationEnabled": true});
    let id = client.generate(&ask).await;
    client.until_done().await;
    let http = Http::to(public);
    assert_eq!(http.page(&id, 0).await.matches(PLACEHOLDER).count(), 3);
    assert_eq!(stored_text(&http, &id, 0, 1).await, http.page(&id, 0).await);
    stack.stop().await;
}
