//! Its flows, with the params that it sends for each: image, update, import, select-and-edit.

use super::params;
use super::recorder::Recorder;
use domain::wire::server::Kind;
use end_to_end::{Client, Place, View};
use local::Stack;
use serde_json::{Value, json};

const IMAGE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// A page of 20 KB, which makes the first edit a message of over 128 KB.
fn page() -> String {
    let items: String =
        (0..440).map(|n| ["<li>The ", &n.to_string(), "th thing, made with care before dawn</li>"].concat()).collect();
    format!(
        "<!DOCTYPE html>\n<html><head><title>Bakery</title></head><body><h1>Bread</h1><ul>{items}</ul></body></html>"
    )
}

async fn stack_before(recorder: &Recorder) -> (Place, Stack) {
    let place = Place::new(&[
        ("OPENAI_BASE_URL", &format!("http://{}/v1", recorder.address)),
        ("OPENAI_API_KEY", "sk-of-the-server"),
    ]);
    let stack = place.start_relaxed().await;
    (place, stack)
}

/// Runs one flow to its end and returns the code of every option.
async fn run(stack: &Stack, params: &Value) -> Vec<String> {
    let mut client = Client::connect(stack.addresses().public).await;
    client.send(params).await;
    assert_eq!(client.until_closed().await, 1000);
    assert_eq!(client.heard[0].kind, Kind::VariantCount);
    let views = View::of(&client.heard, false);
    assert!(views.values().all(|view| view.ended().is_some()), "each has a terminal message before the close");
    views.values().map(View::text).collect()
}

/// The texts and the images of the messages of one question.
fn turns(question: &Value) -> Vec<(String, usize)> {
    let messages = question["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|message| match &message["content"] {
            Value::String(text) => (text.clone(), 0),
            content => {
                let parts = content.as_array().unwrap();
                let text: String = parts.iter().filter_map(|part| part["text"].as_str()).collect();
                (text, parts.iter().filter(|part| part["type"] == "image_url").count())
            }
        })
        .collect()
}

fn update(text: &str, code: &str, options: &[String]) -> Value {
    let mut params = params();
    params["generationType"] = json!("update");
    params["prompt"] = json!({"text": text, "images": [], "videos": []});
    params["fileState"] = json!({"path": "index.html", "content": code});
    params["optionCodes"] = json!(options);
    params
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screenshot_reaches_every_model_and_becomes_their_pages() {
    let recorder = Recorder::start(&page()).await;
    let (_place, stack) = stack_before(&recorder).await;
    let mut params = params();
    params["inputMode"] = json!("image");
    params["isAssetExtractionEnabled"] = json!(true);
    params["prompt"] = json!({"text": "", "images": [IMAGE], "videos": []});
    params["openAiApiKey"] = json!("sk-of-the-client");
    params["openAiBaseURL"] = json!("http://127.0.0.1:9/elsewhere");
    assert_eq!(run(&stack, &params).await, vec![page(); 4]);
    let questions = recorder.take();
    assert_eq!(questions.len(), 4, "the server that was configured is asked, not the client's");
    for question in &questions {
        let turns = turns(question);
        assert_eq!((turns[0].1, turns[1].1), (0, 1));
        assert!(turns[1].0.contains("screenshot"), "{}", turns[1].0);
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_asks_with_the_whole_history_and_the_other_options() {
    let recorder = Recorder::start(&page()).await;
    let (_place, stack) = stack_before(&recorder).await;
    let codes = run(&stack, &params()).await;
    recorder.take();
    let mut options = codes.clone();
    options[1] = options[1].replace("Bread", "Rolls");
    let mut edit = update("make it blue", &codes[0], &options);
    edit["history"] = json!([
        {"role": "user", "text": "a simple landing page for a bakery", "images": [], "videos": []},
        {"role": "assistant", "text": codes[0], "images": [], "videos": []},
        {"role": "user", "text": "make it blue", "images": [], "videos": []},
    ]);
    edit["designSystem"] = json!("Everything is #0000ff.");
    assert!(edit.to_string().len() > 128 * 1024, "a message of the size that the frontend really sends");
    assert_eq!(run(&stack, &edit).await, vec![page(); 4]);
    let questions = recorder.take();
    assert_eq!(questions.len(), 4);
    let turns = turns(&questions[0]);
    assert_eq!(turns.len(), 4);
    assert!(turns[0].0.contains("Everything is #0000ff."));
    assert_eq!(turns[1].0, "a simple landing page for a bakery");
    assert_eq!(turns[2].0, codes[0]);
    assert!(turns[3].0.contains("make it blue") && turns[3].0.contains("<option number=\"2\">"));
    assert!(!turns[3].0.contains("<option number=\"1\">"), "the page itself is not shown again");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_page_is_edited_at_the_element_that_was_selected() {
    let recorder = Recorder::start(&page()).await;
    let (_place, stack) = stack_before(&recorder).await;
    let imported = "<html><body><h1>Imported</h1></body></html>";
    let mut edit = update("bigger", imported, &[imported.to_owned()]);
    edit["inputMode"] = json!("image");
    edit["history"] = json!([]);
    edit["prompt"]["selectedElementHtml"] = json!("<h1>Imported</h1>");
    assert_eq!(run(&stack, &edit).await.len(), 4);
    let asked = &turns(&recorder.take()[0])[1].0;
    assert!(asked.contains(imported) && asked.contains("The wish:\nbigger"), "{asked}");
    assert!(asked.contains("<selected_element>\n<h1>Imported</h1>\n</selected_element>"), "{asked}");

    edit["prompt"]["fullText"] = json!("bigger; it is about <h1>Imported</h1>");
    run(&stack, &edit).await;
    let asked = &turns(&recorder.take()[0])[1].0;
    assert!(asked.ends_with("bigger; it is about <h1>Imported</h1>"), "said once: {asked}");
    stack.stop().await;
}
