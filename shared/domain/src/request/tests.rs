use super::*;
use crate::error::ErrorCode;
use serde_json::json;

fn read(value: &Value) -> Result<StartRequest, Refusal> {
    StartRequest::read(value.as_object().unwrap())
}

#[test]
fn the_params_of_an_unmodified_screenshot_to_code_frontend_are_a_request() {
    // Field for field what its text mode sends.
    let start = read(&json!({
        "openAiApiKey": null, "openAiBaseURL": null, "replicateApiKey": null, "anthropicApiKey": null,
        "geminiApiKey": null, "screenshotOneApiKey": null, "isImageGenerationEnabled": true, "editorTheme": "cobalt",
        "generatedCodeConfig": "html_tailwind", "codeGenerationModel": "gemini-3-flash-preview (minimal thinking)",
        "selectedDesignSystemId": null, "isTermOfServiceAccepted": false, "generationType": "create",
        "inputMode": "text", "prompt": {"text": "a bakery", "images": [], "videos": []}, "designSystem": null
    }))
    .unwrap();
    assert_eq!(start.variants, 4);
    assert_eq!(start.request.prompt.text, "a bakery");
    assert_eq!(start.request.stack, Stack::HtmlTailwind);
    assert_eq!(start.request.history, []);
}

#[test]
fn a_refusal_names_the_field_that_is_wrong() {
    let prompt = json!({"text": "a page"});
    let image = crate::image::samples::png_url();
    let image = image.as_str();
    for (params, field, code) in [
        (json!({"prompt": prompt, "variants": 0}), "variants", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "variants": 99}), "variants", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "variants": 2.5}), "variants", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "variants": "4"}), "variants", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "generatedCodeConfig": "cobol"}), "generatedCodeConfig", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "inputMode": "video"}), "inputMode", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "generationType": "destroy"}), "generationType", ErrorCode::InvalidField),
        (json!({"prompt": {"text": "  "}}), "prompt.text", ErrorCode::InvalidField),
        (json!({}), "prompt.text", ErrorCode::InvalidField),
        (json!({"prompt": "a page"}), "prompt", ErrorCode::InvalidField),
        (json!({"prompt": {"text": 7}}), "prompt.text", ErrorCode::InvalidField),
        (json!({"prompt": {"text": "x".repeat(limits::PROMPT_BYTES_MAX + 1)}}), "prompt.text", ErrorCode::TooLarge),
        (json!({"prompt": prompt, "inputMode": "image"}), "prompt.images", ErrorCode::InvalidField),
        (json!({"prompt": {"images": vec![image; 6]}, "inputMode": "image"}), "prompt.images", ErrorCode::TooLarge),
        (
            json!({"prompt": {"images": [image, "http://host/x.png"]}, "inputMode": "image"}),
            "prompt.images[1]",
            ErrorCode::InvalidField,
        ),
        (json!({"prompt": prompt, "generationType": "update"}), "fileState", ErrorCode::InvalidField),
        (
            json!({"prompt": prompt, "history": [{"role": "system", "text": ""}]}),
            "history[0].role",
            ErrorCode::InvalidField,
        ),
        (json!({"prompt": prompt, "history": [7]}), "history[0]", ErrorCode::InvalidField),
        (
            json!({"prompt": prompt, "history": [{"role": "user", "text": "a"}, {"text": "b"}]}),
            "history[1].role",
            ErrorCode::InvalidField,
        ),
        (
            json!({"prompt": {}, "generationType": "update", "history": [{"role": "user", "text": " "}]}),
            "prompt.text",
            ErrorCode::InvalidField,
        ),
        (
            json!({"prompt": {"text": "a", "videos": ["data:video/mp4;base64,AA"]}}),
            "prompt.videos",
            ErrorCode::InvalidField,
        ),
        (json!({"prompt": {"text": "a", "fullText": 7}}), "prompt.fullText", ErrorCode::InvalidField),
        (json!({"prompt": {"text": "x".repeat(5 << 20)}}), "prompt.text", ErrorCode::TooLarge),
        (json!({"prompt": {"text": "a", "fullText": "x".repeat(5 << 20)}}), "prompt.fullText", ErrorCode::TooLarge),
        (json!({"prompt": prompt, "designSystem": "x".repeat(5 << 20)}), "designSystem", ErrorCode::TooLarge),
        (json!({"prompt": prompt, "optionCodes": "<p>"}), "optionCodes", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "optionCodes": vec![""; 9]}), "optionCodes", ErrorCode::TooLarge),
        (json!({"prompt": prompt, "optionCodes": ["", "x".repeat(3 << 20)]}), "optionCodes[1]", ErrorCode::TooLarge),
        (json!({"prompt": prompt, "optionCodes": vec!["x".repeat(1 << 20); 3]}), "history", ErrorCode::TooLarge),
        (json!({"prompt": prompt, "isImageGenerationEnabled": 1}), "isImageGenerationEnabled", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "models": "gpt"}), "models", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "requestId": "x".repeat(129)}), "requestId", ErrorCode::TooLarge),
    ] {
        let refusal = read(&params).unwrap_err();
        assert_eq!((refusal.field.as_deref(), refusal.code), (Some(field), code), "{params}");
        assert!(refusal.message.ends_with('.'), "words for people: {}", refusal.message);
    }
}

#[test]
fn option_codes_are_read_as_leniently_as_by_the_peer() {
    let start = read(&json!({
        "generationType": "update", "prompt": {"text": "bigger"}, "fileState": {"content": "<p>"},
        "optionCodes": ["<p>", null, 7, true]
    }))
    .unwrap();
    assert_eq!(start.request.option_codes, ["<p>", "", "7", "true"]);
}

#[test]
fn a_video_is_refused_with_what_to_do_instead() {
    let refusal = read(&json!({"inputMode": "video", "prompt": {"videos": ["data:video/mp4;base64,AA"]}})).unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("inputMode"));
    assert!(refusal.message.contains("screenshots"), "{refusal}");
}

#[test]
fn the_words_meant_for_the_model_go_before_those_that_were_typed() {
    let typed = json!({"text": "bigger", "fullText": " "});
    assert_eq!(read(&json!({"prompt": typed})).unwrap().request.wish(), "bigger");
    let full = json!({"text": "bigger", "fullText": "bigger: <h1>"});
    assert_eq!(read(&json!({"prompt": full})).unwrap().request.wish(), "bigger: <h1>");
}

#[test]
fn a_field_that_is_left_out_is_no_part_of_a_fingerprint() {
    // As computed before `optionCodes`, `fullText` and `isImageGenerationEnabled` were read.
    let start = read(&json!({"prompt": {"text": "a page"}, "optionCodes": []})).unwrap();
    assert_eq!(start.fingerprint(), "0cd681cf8958936308f4c8a2114e9dd45eb8f5eb73f56fac9cf8163ab735619b");
    let said = read(&json!({"prompt": {"text": "a page"}, "isImageGenerationEnabled": false})).unwrap();
    assert_ne!(said.fingerprint(), start.fingerprint());
}

#[test]
fn limits_hold_at_the_last_byte_that_fits() {
    assert!(read(&json!({"prompt": {"text": "x".repeat(limits::PROMPT_BYTES_MAX)}})).is_ok());
    let image = crate::image::samples::png_url();
    let image = image.as_str();
    assert!(read(&json!({"prompt": {"images": vec![image; 5]}, "inputMode": "image"})).is_ok());
    assert_eq!(read(&json!({"prompt": {"text": "x"}, "variants": 8})).unwrap().variants, 8);
}

#[test]
fn an_image_beyond_its_limit_is_not_looked_at() {
    let of =
        |bytes: usize| read(&json!({"prompt": {"images": ["x".repeat(bytes)]}, "inputMode": "image"})).unwrap_err();
    let limit = limits::IMAGE_URL_BYTES_MAX;
    for (bytes, code) in
        [(limit - 1, ErrorCode::InvalidField), (limit, ErrorCode::InvalidField), (limit + 1, ErrorCode::TooLarge)]
    {
        let refusal = of(bytes);
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some("prompt.images[0]")), "{bytes}");
    }
}

#[test]
fn a_resend_has_the_same_fingerprint_and_another_request_has_not() {
    let params = json!({"prompt": {"text": "a page"}, "requestId": "1"});
    let first = read(&params).unwrap();
    assert_eq!(first.fingerprint(), read(&params).unwrap().fingerprint());
    let other = read(&json!({"prompt": {"text": "another"}, "requestId": "1"})).unwrap();
    assert_ne!(first.fingerprint(), other.fingerprint());
    let more = read(&json!({"prompt": {"text": "a page"}, "requestId": "1", "variants": 2})).unwrap();
    assert_ne!(first.fingerprint(), more.fingerprint());
}

#[test]
fn a_stored_request_reads_back_as_it_was() {
    let start = read(&json!({
        "generationType": "update", "prompt": {"text": "make it blue", "selectedElementHtml": "<h1>A</h1>"},
        "history": [{"role": "user", "text": "a page"}, {"role": "assistant", "text": "<html></html>"}],
        "fileState": {"path": "index.html", "content": "<html></html>"}, "designSystem": "# Blue",
        "optionCodes": ["<html></html>", null], "isImageGenerationEnabled": true
    }))
    .unwrap();
    let stored = serde_json::to_string(&start.request).unwrap();
    assert_eq!(serde_json::from_str::<GenerationRequest>(&stored).unwrap(), start.request);
}
