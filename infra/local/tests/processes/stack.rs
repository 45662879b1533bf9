//! The whole stack, killed again and again.

use crate::{BINARY, LEASE};
use domain::wire::server::{Kind, ServerMessage};
use end_to_end::{Client, Heard, Http, Quartet, Tap, ended, shown_is_stored};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tempfile::TempDir;

/// Two models, so that a request at the provider says of which variant it is.
const MODELS: [&str; 2] = ["demo-paced-100x15x5000", "demo-paced-101x15x5000"];

/// What is asked for, before the round's number: no other text of a request has these words.
const WISH: &str = "A page for round number ";

/// What a browser heard of one generation before the stack was killed.
struct Round {
    id: String,
    heard: Vec<ServerMessage>,
}

/// Reads what comes for so long, or until the connection ends.
async fn listen(client: &mut Client, for_ms: u64) {
    let until = Duration::from_millis(for_ms);
    let _ = tokio::time::timeout(until, async { while let Heard::Message(_) = client.next().await {} }).await;
}

/// Starts a generation and kills the stack some time later. Nothing if the kill came before the id.
async fn round(quartet: Quartet, number: u64, arguments: u64) -> Option<Round> {
    let mut client = Client::connect(quartet.public()).await;
    client.send(&json!({"action": "generate", "prompt": {"text": format!("{WISH}{number}.")}, "variants": 2})).await;
    listen(&mut client, arguments).await;
    quartet.kill().await;
    listen(&mut client, 500).await;
    let accepted = client.heard.iter().find(|message| message.kind == Kind::Generation)?;
    Some(Round { id: accepted.generation_id.as_ref().unwrap().to_string(), heard: client.heard })
}

/// Kills the stack so many times on one data directory, lets it come to rest, and looks at everything that was shown.
///
/// # Errors
/// Says what was shown and lost.
pub async fn kills(rounds: u64, arguments: &[&str]) -> Result<(), String> {
    let (data, provider_data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let provider = Quartet::start(BINARY, provider_data.path(), &[]).await;
    let tap = Tap::before(provider.platform()).await;
    let base = format!("http://{}/demo/v1", tap.address());
    let models = MODELS.join(",");
    let environment = [("OPENAI_BASE_URL", base.as_str()), ("MODELS", &models), LEASE];
    let mut shown = Vec::new();
    for number in 0..rounds {
        let quartet = Quartet::start_with(BINARY, data.path(), &environment, arguments).await;
        // Moments spread over a generation's whole way: before the answer, in mid-stream, around the end.
        shown.extend(round(quartet, number, 5 + (1_500 + number * 617) % 1_900).await);
    }
    assert!(shown.len() as u64 > rounds / 2, "most rounds got as far as an id");

    let quartet = Quartet::start_with(BINARY, data.path(), &environment, arguments).await;
    let http = Http::to(quartet.public());
    for round in &shown {
        ended(&http, &round.id).await;
        shown_is_stored(&http, &round.id, &round.heard).await?;
    }
    // In this order: what nobody was told of is asked for as well, and has ended once the history is read.
    let generations = history(&http).await;
    every_request_is_explained(&generations, &tap.asked(), rounds);
    quartet.interrupt().await;
    provider.interrupt().await;
    Ok(())
}

/// Every generation that was recorded, whether or not its id reached the browser.
async fn history(http: &Http) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let (_, page) = http.get(&format!("/api/generations{next}")).await;
        for item in page["data"]["items"].as_array().unwrap() {
            all.push(ended(http, item["id"].as_str().unwrap()).await);
        }
        match page["data"]["next"].as_str() {
            Some(place) => next = format!("?next={}", place.replace('#', "%23")),
            None => return all,
        }
    }
}

/// Each request that reached the provider is the first attempt at a variant, or a retry after its worker's death.
fn every_request_is_explained(generations: &[Value], asked: &[String], deaths: u64) {
    let mut requests: BTreeMap<(u64, usize), u64> = BTreeMap::new();
    for body in asked {
        let model = MODELS.iter().position(|model| body.contains(model)).unwrap();
        let (_, rest) = body.split_once(WISH).unwrap();
        let number = rest.split('.').next().unwrap().parse().unwrap();
        *requests.entry((number, model)).or_default() += 1;
    }
    let mut explained = 0;
    for generation in generations {
        let title = generation["prompt"].as_str().unwrap();
        let number: u64 = title.trim_start_matches(WISH).trim_end_matches('.').parse().unwrap();
        for (index, variant) in generation["variants"].as_array().unwrap().iter().enumerate() {
            let attempts = variant["attempt"].as_u64().unwrap();
            let sent = requests.get(&(number, index)).copied().unwrap_or(0);
            assert!(attempts <= 1 + deaths - number, "each further attempt follows a death: {variant}");
            assert!(sent <= attempts, "{sent} requests in {attempts} attempts at {number}/{index}");
            assert!(
                sent >= 1 || variant["status"] != "completed",
                "a page that nobody asked for, of {number}/{index}: {variant}; asked for were {requests:?}"
            );
            explained += sent;
        }
    }
    assert_eq!(explained, asked.len() as u64, "no request without a record");
    println!("{} requests at the provider for {} variants, {deaths} kills", asked.len(), requests.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_of_the_whole_stack_lose_no_character() {
    kills(20, &[]).await.unwrap();
}
