//! Links: made and revoked by the owner, read-only for everybody else.

use super::{ALICE, BOB, Scene};
use domain::limits::{LISTENERS_WITH_GUESTS_MAX, SHARES_MAX};
use domain::share::ShareToken;
use domain::wire::server::Kind;
use end_to_end::{Client, scan};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_what_its_owner_sees_until_it_is_revoked() {
    let scene = Scene::start().await;
    let made = scene.share().await;
    let (url, pages) = (made["url"].as_str().unwrap(), made["pages"].as_array().unwrap());
    let shown = scene.ask(None, "GET", url, None).await;
    let own = scene.as_owner("GET", &format!("/api/generations/{}", scene.id), None).await;
    assert_eq!((shown.status, shown.data()), (200, own.data()));
    let page = scene.ask(None, "GET", pages[0].as_str().unwrap(), None).await;
    assert_eq!((page.status, page.body), (200, own.data()["html"].as_str().unwrap().as_bytes().to_vec()));

    let path = format!("/api/generations/{}/share", scene.id);
    let listed = scene.as_owner("GET", &path, None).await;
    let ids: Vec<_> = listed.data()["shares"].as_array().unwrap().iter().map(|share| share["id"].clone()).collect();
    assert!(ids.contains(&made["id"]) && !String::from_utf8_lossy(&listed.body).contains("token"));
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(scene.ask(Some(BOB), "DELETE", &one, None).await.status, 404, "only its owner revokes it");
    assert_eq!(scene.ask(None, "GET", url, None).await.status, 200);
    assert_eq!(scene.as_owner("DELETE", &one, None).await.status, 204);
    for page in pages.iter().map(|page| page.as_str().unwrap()).chain([url]) {
        assert_eq!(scene.ask(None, "GET", page, None).await.status, 404);
    }
    assert_eq!(scene.as_owner("DELETE", &one, None).await.status, 404);
    scene.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_when_it_was_said_to_and_is_good_for_one_generation() {
    let scene = Scene::start().await;
    let path = format!("/api/generations/{}/share", scene.id);
    for wrong in [json!({"expiresInS": 0}), json!({"expiresInS": "soon"})] {
        assert_eq!(scene.as_owner("POST", &path, Some(&wrong)).await.status, 400, "{wrong}");
    }
    let made = scene.as_owner("POST", &path, Some(&json!({"expiresInS": 60}))).await.data();
    assert!(made["expires_at"].as_str() > made["created_at"].as_str(), "{made}");

    let second = scene.generate("demo-ok").await;
    let token = scene.live.as_str();
    assert_eq!(scene.ask(None, "GET", &format!("/api/generations/{second}?share={token}"), None).await.status, 404);
    // The same secret under another generation's name.
    let moved = token.replace(&scene.id, &second);
    assert_eq!(scene.ask(None, "GET", &format!("/api/generations/{second}?share={moved}"), None).await.status, 404);
    assert_eq!(scene.ask(None, "GET", &format!("/api/generations/{second}?share=nonsense"), None).await.status, 404);
    scene.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_has_no_more_links_than_it_may_and_no_token_is_stored() {
    let scene = Scene::start().await;
    let path = format!("/api/generations/{}/share", scene.id);
    // One is there.
    for _ in 1..SHARES_MAX {
        assert_eq!(scene.as_owner("POST", &path, None).await.status, 201);
    }
    assert_eq!(scene.as_owner("POST", &path, None).await.status, 413);
    let items = scan(&format!("http://{}", scene.stack.addresses().dynamodb), "quartet").await;
    let stored = format!("{items:?}");
    let id = ShareToken::parse(&scene.live).unwrap().id();
    assert!(stored.contains(id.as_str()), "its name is");
    for secret in [scene.live.split_once('.').unwrap().1, ALICE] {
        assert!(!stored.contains(secret));
    }
    scene.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_leave_room_for_the_owner() {
    let scene = Scene::start().await;
    let id = scene.generate("demo-slow").await;
    let made = scene.as_owner("POST", &format!("/api/generations/{id}/share"), None).await.data();
    let link = made["token"].as_str().unwrap();
    let resume = json!({"action": "resume", "generationId": id, "share": link});
    let mut guests = Vec::new();
    for _ in 0..LISTENERS_WITH_GUESTS_MAX {
        let opened = Client::open(scene.stack.addresses().public, &format!("?share={link}"), None).await;
        let (mut guest, _) = opened.unwrap_or_else(|refused| panic!("{refused:?}"));
        guest.send(&resume).await;
        guest.until(|message| matches!(message.kind, Kind::Chunk | Kind::SetCode)).await;
        guests.push(guest);
    }
    let opened = Client::open(scene.stack.addresses().public, &format!("?share={link}"), None).await;
    let (mut late, _) = opened.unwrap_or_else(|refused| panic!("{refused:?}"));
    late.send(&resume).await;
    let refused = late.until(|message| message.kind == Kind::Error).await;
    assert_eq!(refused.data.unwrap()["code"], "too_large");
    let mut owner = scene.connect(ALICE).await;
    owner.send(&json!({"action": "resume", "generationId": id})).await;
    owner.until(|message| matches!(message.kind, Kind::Chunk | Kind::SetCode)).await;
    owner.send(&json!({"action": "cancel", "generationId": id})).await;
    owner.until_done().await;
    scene.stack.stop().await;
}
