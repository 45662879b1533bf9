use super::*;
use crate::request::StartRequest;
use crate::stack::Stack;
use serde_json::{Value, json};
use std::fmt::Write as _;

const IMAGE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PAGE: &str = "<!DOCTYPE html>\n<html><body><h1>A bakery</h1></body></html>";

/// Every kind of request, by the name of its snapshot. The stack is added to each.
fn kinds() -> Vec<(&'static str, Value)> {
    let history = json!([
        {"role": "user", "text": "a bakery", "images": [], "videos": []},
        {"role": "assistant", "text": PAGE, "images": [], "videos": []},
        {"role": "user", "text": "make the heading blue", "images": [], "videos": []},
    ]);
    let mut from_screenshot = history.clone();
    from_screenshot[0]["text"] = json!("");
    from_screenshot[0]["images"] = json!([IMAGE]);
    let file = json!({"path": "index.html", "content": PAGE});
    vec![
        ("create_from_text", json!({"prompt": {"text": "a landing page for a bakery"}})),
        ("create_from_text_with_pictures", json!({"prompt": {"text": "a shop for this", "images": [IMAGE]}})),
        ("create_from_a_screenshot", json!({"inputMode": "image", "prompt": {"text": "", "images": [IMAGE]}})),
        (
            "create_from_five_screenshots_with_instructions",
            json!({"inputMode": "image", "prompt": {"text": "in green", "images": vec![IMAGE; 5]}}),
        ),
        (
            "update_an_imported_page",
            json!({"generationType": "update", "inputMode": "image", "prompt": {"text": "bigger"}, "history": [],
                   "fileState": file, "optionCodes": [PAGE]}),
        ),
        (
            "update_with_history",
            json!({"generationType": "update", "prompt": {"text": "make the heading blue"}, "history": history,
                   "fileState": file}),
        ),
        (
            "update_a_page_made_from_a_screenshot",
            json!({"generationType": "update", "inputMode": "image", "prompt": {"text": "make the heading blue"},
                   "history": from_screenshot, "fileState": file}),
        ),
        (
            "update_another_page_than_the_history_last",
            json!({"generationType": "update", "prompt": {"text": "make the heading blue"}, "history": history,
                   "fileState": {"path": "index.html", "content": PAGE.replace("A bakery", "Another bakery")}}),
        ),
        (
            "update_with_options_and_an_element",
            json!({"generationType": "update", "history": history, "fileState": file,
                   "prompt": {"text": "", "selectedElementHtml": "<h1>A bakery</h1>"},
                   "optionCodes": ["<html><p>one</p></html>", PAGE, null, "<html><p>four</p></html>"]}),
        ),
        (
            "update_in_the_words_meant_for_the_model",
            json!({"generationType": "update", "history": [], "fileState": file,
                   "prompt": {"text": "bigger", "fullText": "bigger, namely <h1>A bakery</h1>", "images": [IMAGE, IMAGE],
                              "selectedElementHtml": "<h1>A bakery</h1>"}}),
        ),
    ]
}

fn request(params: &Value) -> GenerationRequest {
    StartRequest::read(params.as_object().unwrap()).unwrap_or_else(|refusal| panic!("{refusal}: {params}")).request
}

fn on(stack: Stack, params: &Value) -> GenerationRequest {
    let mut params = params.clone();
    params["generatedCodeConfig"] = json!(stack.name());
    request(&params)
}

fn shown(messages: &[Message]) -> String {
    let mut all = String::new();
    for Message { speaker, text, images } in messages {
        let images = if images.is_empty() { String::new() } else { format!(" with {} image(s)", images.len()) };
        writeln!(all, "--- {speaker:?}{images}\n{text}").unwrap();
    }
    all
}

#[test]
fn every_kind_of_request_asks_as_documented() {
    for (name, params) in kinds() {
        insta::assert_snapshot!(name, shown(&messages(&request(&params))[1..]));
    }
}

#[test]
fn every_stack_has_its_rules() {
    for stack in Stack::ALL {
        let create = on(stack, &json!({"prompt": {"text": "a page"}}));
        insta::assert_snapshot!(format!("system_for_{}", stack.name()), messages(&create)[0].text);
    }
}

#[test]
fn a_change_and_a_design_system_have_rules_of_their_own() {
    let params = json!({"generationType": "update", "prompt": {"text": "bigger"}, "fileState": {"content": PAGE},
                        "designSystem": "  # Blue\nEverything is #0000ff.\n"});
    insta::assert_snapshot!("system_for_a_change_with_a_design_system", messages(&request(&params))[0].text);
}

#[test]
fn every_stack_asks_every_kind_with_its_own_libraries_and_the_same_turns() {
    for (name, params) in kinds() {
        let plain = messages(&request(&params));
        for stack in Stack::ALL {
            let asked = messages(&on(stack, &params));
            assert_eq!(asked[1..], plain[1..], "{name} with {}", stack.name());
            assert_eq!(asked[0].speaker, Speaker::System);
            assert!(asked[0].text.contains(libraries::libraries(stack)), "{name} with {}", stack.name());
            let changes = asked[0].text.contains("# Changing a page");
            assert_eq!(changes, params["generationType"] == "update", "{name} with {}", stack.name());
        }
    }
}

#[test]
fn libraries_come_pinned_and_from_two_hosts() {
    for stack in Stack::ALL {
        let text = libraries::libraries(stack);
        for (position, _) in text.match_indices("https://") {
            let url: String = text[position..].chars().take_while(|letter| *letter != '"').collect();
            let (host, path) = url["https://".len()..].split_once('/').unwrap();
            assert!(["cdn.tailwindcss.com", "cdn.jsdelivr.net"].contains(&host), "{url}");
            let pinned =
                path.split(['@', '/']).any(|part| part.split('.').filter(|n| n.parse::<u32>().is_ok()).count() == 3);
            assert!(pinned, "{url}");
        }
    }
}

#[test]
fn images_travel_untouched_with_the_turn_that_they_belong_to() {
    let asked = messages(&request(&json!({
        "generationType": "update", "inputMode": "image", "prompt": {"text": "like this", "images": [IMAGE, IMAGE]},
        "history": [{"role": "user", "text": "", "images": [IMAGE]}, {"role": "assistant", "text": PAGE}],
    })));
    let images: Vec<usize> = asked.iter().map(|message| message.images.len()).collect();
    assert_eq!(images, [0, 1, 0, 2]);
    assert!(asked.iter().flat_map(|message| &message.images).all(|image| image == IMAGE));
}

#[test]
fn options_that_do_not_fit_are_named_and_not_shown() {
    let long = format!("<html>{}</html>", "x".repeat(crate::limits::OPTIONS_SHOWN_BYTES_MAX - 20));
    let asked = messages(&request(&json!({
        "generationType": "update", "prompt": {"text": "as in option 3"}, "fileState": {"content": PAGE},
        "optionCodes": [PAGE, long, "<html>short, but too much</html>"],
    })));
    assert!(asked[1].text.contains(&long));
    assert!(asked[1].text.contains("<option number=\"3\">too long to be shown</option>"));
}

#[test]
fn the_wish_is_found_in_every_turn_of_ours() {
    for (name, params) in kinds() {
        let asked = messages(&request(&params));
        let wish = wish_in(&asked[asked.len() - 1].text);
        let typed = params["prompt"]["text"].as_str().unwrap();
        if params["inputMode"] != "image" && !typed.is_empty() {
            assert!(wish.starts_with(typed), "{name}: {wish}");
        }
    }
}
