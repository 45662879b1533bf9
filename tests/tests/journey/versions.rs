//! What the page shows beside one generation: its versions, its winner, how models compare, and what a search finds.

use end_to_end::{Http, ended, start_with};
use reqwest::Method;
use serde_json::{Value, json};

async fn begin(http: &Http, body: &Value) -> String {
    let (status, accepted) = http.post("/api/generations", body, &[]).await;
    assert_eq!(status, 202, "{accepted}");
    let id = accepted["data"]["id"].as_str().unwrap().to_owned();
    ended(http, &id).await;
    id
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["data"]["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_and_a_repeat_know_what_they_go_back_to_and_every_one_of_them_lists_the_whole_line() {
    let (_place, stack) = start_with(&[("MODELS", "demo-a,demo-status-401")]).await;
    let http = Http::to(stack.addresses().public);
    let first =
        begin(&http, &json!({"prompt": {"text": "a bakery"}, "variants": 2, "generatedCodeConfig": "bootstrap"})).await;
    begin(&http, &json!({"prompt": {"text": "something else"}, "variants": 1})).await;
    let change = json!({
        "generationType": "update", "prompt": {"text": "in green"}, "fileState": {"content": "<p>page</p>"}, "variants": 1,
        "parent": {"generationId": first, "variantIndex": 1},
    });
    let second = begin(&http, &change).await;
    let third = begin(&http, &json!({"repeatOf": second, "models": ["demo-a"], "variants": 1})).await;

    let (_, record) = http.get(&format!("/api/generations/{third}")).await;
    assert_eq!(record["data"]["prompt"], "in green", "the request was read where it was stored");
    assert_eq!(record["data"]["parent"], json!({"generationId": second, "variantIndex": null}));
    assert_eq!(record["data"]["root"], first);
    let (_, record) = http.get(&format!("/api/generations/{first}")).await;
    assert_eq!((&record["data"]["stack"], &record["data"]["parent"]), (&json!("bootstrap"), &json!(null)));
    for id in [&first, &second, &third] {
        let (_, versions) = http.get(&format!("/api/generations/{id}/versions")).await;
        assert_eq!(ids(&versions), [&first, &second, &third]);
        assert_eq!(versions["data"]["items"][1]["parent"], json!({"generationId": first, "variantIndex": 1}));
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_back_to_nothing_is_refused_by_the_field_that_names_it() {
    let (_place, stack) = start_with(&[("MODELS", "demo-a")]).await;
    let http = Http::to(stack.addresses().public);
    let first = begin(&http, &json!({"prompt": {"text": "a bakery"}, "variants": 1})).await;
    let absent = "ffffffff-ffff-4fff-8fff-ffffffffffff";
    for (body, status, field) in [
        (json!({"repeatOf": absent}), 404, "repeatOf"),
        (json!({"prompt": {"text": "a"}, "parent": {"generationId": absent}}), 404, "parent.generationId"),
        (json!({"prompt": {"text": "a"}, "parent": {}}), 404, "parent.generationId"),
        (
            json!({"prompt": {"text": "a"}, "parent": {"generationId": first, "variantIndex": 1}}),
            400,
            "parent.variantIndex",
        ),
    ] {
        let (answered, refused) = http.post("/api/generations", &body, &[]).await;
        assert_eq!((answered, refused["error"]["field"].as_str()), (status, Some(field)), "{body}");
    }
    let (status, _) = http.get(&format!("/api/generations/{absent}/versions")).await;
    assert_eq!(status, 404);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_winner_is_kept_counted_and_taken_back_and_shows_its_generation() {
    let (_place, stack) = start_with(&[("MODELS", "demo-status-401,demo-a,demo-b")]).await;
    let http = Http::to(stack.addresses().public);
    let id = begin(&http, &json!({"prompt": {"text": "a bakery"}, "variants": 3})).await;
    let winner = format!("/api/generations/{id}/winner");
    let listed = async || http.get("/api/generations").await.1["data"]["items"][0].clone();
    assert_eq!((&listed().await["winner"], &listed().await["preview"]), (&json!(null), &json!(1)), "the first page");
    let (status, _) = http.send(Method::PUT, &winner, &json!({"variantIndex": 2})).await;
    assert_eq!((status, &listed().await["winner"], &listed().await["preview"]), (200, &json!(2), &json!(2)));
    for (body, field) in [(json!({"variantIndex": 3}), "variantIndex"), (json!({}), "variantIndex")] {
        let (status, refused) = http.send(Method::PUT, &winner, &body).await;
        assert_eq!((status, refused["error"]["field"].as_str()), (400, Some(field)), "{body}");
    }

    let (_, tally) = http.get("/api/tally").await;
    let data = &tally["data"];
    assert_eq!((&data["generations"], &data["compared"], &data["whole"]), (&json!(1), &json!(1), &json!(true)));
    let models = data["models"].as_array().unwrap();
    let line = |model: &str| models.iter().find(|line| line["model"] == model).unwrap();
    assert_eq!(models[0]["model"], "demo-b", "the winner stands first");
    assert_eq!((&line("demo-b")["won"], &line("demo-b")["compared"]), (&json!(1), &json!(1)));
    assert_eq!((&line("demo-a")["won"], &line("demo-a")["compared"]), (&json!(0), &json!(1)));
    let failed = line("demo-status-401");
    assert_eq!(
        (&failed["failed"], &failed["compared"], &failed["meanDurationMs"]),
        (&json!(1), &json!(0), &json!(null))
    );
    assert!(
        line("demo-a")["outputTokens"].as_u64().unwrap() > 0 && line("demo-a")["meanDurationMs"].as_u64().unwrap() > 0
    );

    let (status, _) = http.send(Method::PUT, &winner, &json!({"variantIndex": null})).await;
    assert_eq!((status, &listed().await["winner"]), (200, &json!(null)));
    let (_, tally) = http.get("/api/tally").await;
    assert_eq!(tally["data"]["compared"], 0);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_words_of_the_prompt_and_names_of_models_in_any_case() {
    let (_place, stack) = start_with(&[("MODELS", "demo-a,demo-b")]).await;
    let http = Http::to(stack.addresses().public);
    let bakery =
        begin(&http, &json!({"prompt": {"text": "A Small BAKERY"}, "variants": 1, "models": ["demo-a"]})).await;
    let museum = begin(&http, &json!({"prompt": {"text": "музей моря"}, "variants": 1, "models": ["demo-b"]})).await;
    for (search, found) in [
        ("bakery%20small", vec![&bakery]),
        ("demo-b", vec![&museum]),
        ("%D0%9C%D0%9E%D0%A0%D0%AF", vec![&museum]),
        ("demo", vec![&museum, &bakery]),
        ("nothing", vec![]),
        ("%20", vec![&museum, &bakery]),
    ] {
        let (_, answer) = http.get(&format!("/api/generations?search={search}")).await;
        assert_eq!(ids(&answer), found, "{search}");
        assert_eq!(answer["data"]["next"], json!(null));
    }
    let (status, _) = http.get(&format!("/api/generations?search={}", "a".repeat(300))).await;
    assert_eq!(status, 413);
    stack.stop().await;
}
