//! Every message against everybody who gets a connection, and the handshake for those who get none.

use super::{ALICE, BOB, Scene};
use domain::request::reference::Reference;
use domain::wire::client::ClientMessage;
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::Client;
use serde_json::{Value, json};

/// Who is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    Owner,
    Other,
    OtherWithLiveLink,
    OtherWithRevokedLink,
    Guest,
    GuestWithoutLink,
    GuestWhoseLinkWasRevoked,
}

impl Peer {
    const ALL: [Self; 7] = [
        Self::Other,
        Self::OtherWithLiveLink,
        Self::OtherWithRevokedLink,
        Self::Guest,
        Self::GuestWithoutLink,
        Self::GuestWhoseLinkWasRevoked,
        Self::Owner,
    ];

    const fn is_guest(self) -> bool {
        matches!(self, Self::Guest | Self::GuestWithoutLink | Self::GuestWhoseLinkWasRevoked)
    }
}

/// What comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    Pong,
    Accepted,
    Shown,
    /// What is asked for is done, and the next `ping` is answered before anything else.
    Silence,
    Refused(&'static str),
}

/// A message that is added has to be given its rule.
#[expect(clippy::match_same_arms, reason = "a table, read row by row")]
fn expected(message: &ClientMessage, peer: Peer) -> Reply {
    match message {
        ClientMessage::Ping => Reply::Pong,
        ClientMessage::Generate { .. } if peer.is_guest() => Reply::Refused("unauthorized"),
        ClientMessage::GenerateReferenced { .. } if peer.is_guest() => Reply::Refused("unauthorized"),
        ClientMessage::Generate { .. } => Reply::Accepted,
        // Alice's upload, and a repeat of her generation, whatever links there are.
        ClientMessage::GenerateReferenced { .. } if peer == Peer::Owner => Reply::Accepted,
        ClientMessage::GenerateReferenced { reference: Reference::Upload(_) | Reference::Repeat(_), .. } => {
            Reply::Refused("not_found")
        }
        ClientMessage::Resume { .. } => match peer {
            Peer::Owner | Peer::OtherWithLiveLink | Peer::Guest => Reply::Shown,
            Peer::Other | Peer::OtherWithRevokedLink | Peer::GuestWithoutLink | Peer::GuestWhoseLinkWasRevoked => {
                Reply::Refused("not_found")
            }
        },
        ClientMessage::Cancel { .. } if peer == Peer::Owner => Reply::Silence,
        ClientMessage::Cancel { .. } => Reply::Refused("not_found"),
    }
}

fn messages(scene: &Scene, upload: &str, link: Option<&str>) -> Vec<Value> {
    let mut resume = json!({"action": "resume", "generationId": scene.id});
    if let Some(link) = link {
        resume["share"] = json!(link);
    }
    vec![
        json!({"action": "ping"}),
        resume,
        json!({"action": "generate", "prompt": {"text": "a page"}, "variants": 1}),
        json!({"action": "generate", "requestRef": upload}),
        json!({"action": "generate", "repeatOf": scene.id, "models": ["demo-ok"]}),
        json!({"action": "cancel", "generationId": scene.id}),
        json!({"action": "ping"}),
    ]
}

async fn uploaded(scene: &Scene) -> String {
    let request = json!({"prompt": {"text": "a page"}, "variants": 1}).to_string().into_bytes();
    let wanted = json!({"contentType": "application/json", "bytes": request.len()});
    let permit = scene.as_owner("POST", "/api/uploads", Some(&wanted)).await.data();
    let headers: Vec<(&str, &str)> = permit["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    assert_eq!(scene.http.put(permit["url"].as_str().unwrap(), &headers, request).await, 200);
    permit["reference"].as_str().unwrap().to_owned()
}

/// What came for a message: everything up to the pong of a ping behind it.
async fn reply(client: &mut Client, message: &Value) -> Reply {
    client.send(message).await;
    let is_one_of = |kind: Kind| matches!(kind, Kind::Pong | Kind::Generation | Kind::VariantComplete | Kind::Error);
    let first: ServerMessage = if message["action"] == "cancel" {
        // What is done is not answered; what is refused is, before anything that is asked later.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        client.send(&json!({"action": "ping"})).await;
        client.until(|message| matches!(message.kind, Kind::Pong | Kind::Error)).await
    } else {
        client.until(|message| is_one_of(message.kind)).await
    };
    match first.kind {
        Kind::Generation => Reply::Accepted,
        Kind::VariantComplete => Reply::Shown,
        Kind::Error => {
            if message["action"] == "cancel" {
                client.until(|message| message.kind == Kind::Pong).await;
            }
            let code = first.data.unwrap()["code"].as_str().unwrap().to_owned();
            let known = ["unauthorized", "not_found"].into_iter().find(|known| *known == code);
            Reply::Refused(known.unwrap_or_else(|| panic!("{code}")))
        }
        _ if message["action"] == "cancel" => Reply::Silence,
        _ => Reply::Pong,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_is_answered_to_every_peer_as_its_rule_says() {
    let scene = Scene::start().await;
    let upload = uploaded(&scene).await;
    let address = scene.stack.addresses().public;
    let mut wrong = Vec::new();
    for peer in Peer::ALL {
        let made = scene.share().await;
        let (link, id) = (made["token"].as_str().unwrap(), made["id"].as_str().unwrap());
        let query = match peer {
            Peer::Owner => format!("?token={ALICE}"),
            Peer::Other | Peer::OtherWithLiveLink | Peer::OtherWithRevokedLink => format!("?token={BOB}"),
            Peer::Guest | Peer::GuestWithoutLink | Peer::GuestWhoseLinkWasRevoked => format!("?share={link}"),
        };
        let (mut client, _) = Client::open(address, &query, None).await.unwrap_or_else(|refused| panic!("{refused:?}"));
        let revoked = matches!(peer, Peer::OtherWithRevokedLink | Peer::GuestWhoseLinkWasRevoked);
        if revoked {
            let path = format!("/api/generations/{}/share/{id}", scene.id);
            assert_eq!(scene.as_owner("DELETE", &path, None).await.status, 204);
        }
        let shown = match peer {
            Peer::Owner | Peer::Other | Peer::GuestWithoutLink => None,
            Peer::OtherWithLiveLink | Peer::OtherWithRevokedLink | Peer::Guest | Peer::GuestWhoseLinkWasRevoked => {
                Some(link)
            }
        };
        for message in messages(&scene, &upload, shown) {
            let expected = expected(&ClientMessage::read(&message.to_string()).unwrap(), peer);
            let reply = reply(&mut client, &message).await;
            if reply != expected {
                wrong.push(format!("{message} of {peer:?}: {reply:?} and not {expected:?}"));
            }
            if reply == Reply::Accepted {
                client.until_done().await;
            }
            if reply == Reply::Shown {
                client.until_done().await;
            }
        }
        client.close(1000).await;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    scene.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_nothing_good_gets_no_connection_and_no_reason() {
    let scene = Scene::start().await;
    let address = scene.stack.addresses().public;
    let open = async |query: &str, protocols: Option<&str>| {
        Client::open(address, query, protocols).await.map(|(_, chosen)| chosen)
    };
    for (query, protocols) in [
        (String::new(), None),
        ("?token=".to_owned(), None),
        ("?token=token-of-nobody".to_owned(), None),
        (format!("?token=token-of-nobody&share={}", scene.live), None),
        (format!("?share={}", scene.revoked), None),
        ("?share=nonsense".to_owned(), None),
        (format!("?token={}", scene.live), None),
        (String::new(), Some("quartet".to_owned())),
        (String::new(), Some("quartet, token-of-nobody".to_owned())),
    ] {
        let refused = open(&query, protocols.as_deref()).await.unwrap_err();
        assert_eq!(refused, (401, Vec::new()), "{query} {protocols:?}");
    }
    for (query, protocols, chosen) in [
        (format!("?token={ALICE}"), None, None),
        (format!("?share={}", scene.live), None, None),
        (String::new(), Some(format!("quartet, {ALICE}")), Some("quartet")),
        (String::new(), Some(format!("{ALICE}, quartet")), Some("quartet")),
        (String::new(), Some(ALICE.to_owned()), Some(ALICE)),
        (format!("?token={ALICE}"), Some("quartet".to_owned()), Some("quartet")),
    ] {
        let answered = open(&query, protocols.as_deref()).await.unwrap_or_else(|refused| panic!("{refused:?}"));
        assert_eq!(answered.as_deref(), chosen, "{query} {protocols:?}");
    }
    scene.stack.stop().await;
}
