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
    let image = "data:image/png;base64,AAAA";
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
        (json!({"prompt": prompt, "models": "gpt"}), "models", ErrorCode::InvalidField),
        (json!({"prompt": prompt, "requestId": "x".repeat(129)}), "requestId", ErrorCode::TooLarge),
    ] {
        let refusal = read(&params).unwrap_err();
        assert_eq!((refusal.field.as_deref(), refusal.code), (Some(field), code), "{params}");
        assert!(refusal.message.ends_with('.'), "words for people: {}", refusal.message);
    }
}

#[test]
fn limits_hold_at_the_last_byte_that_fits() {
    assert!(read(&json!({"prompt": {"text": "x".repeat(limits::PROMPT_BYTES_MAX)}})).is_ok());
    let image = "data:image/webp;base64,AAAA";
    assert!(read(&json!({"prompt": {"images": vec![image; 5]}, "inputMode": "image"})).is_ok());
    assert_eq!(read(&json!({"prompt": {"text": "x"}, "variants": 8})).unwrap().variants, 8);
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
        "fileState": {"path": "index.html", "content": "<html></html>"}, "designSystem": "# Blue"
    }))
    .unwrap();
    let stored = serde_json::to_string(&start.request).unwrap();
    assert_eq!(serde_json::from_str::<GenerationRequest>(&stored).unwrap(), start.request);
}
