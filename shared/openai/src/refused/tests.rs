use super::*;

#[test]
fn what_a_refusal_means_depends_on_its_code_before_its_status() {
    for (status, body, code) in [
        (401, r#"{"error":{"message":"Incorrect API key provided: sk-abc"}}"#, ErrorCode::ProviderAuthentication),
        (403, "", ErrorCode::ProviderAuthentication),
        (429, r#"{"error":{"code":"insufficient_quota"}}"#, ErrorCode::ProviderQuota),
        (429, r#"{"error":{"type":"insufficient_quota","code":null}}"#, ErrorCode::ProviderQuota),
        (429, r#"{"error":{"code":"rate_limit_exceeded"}}"#, ErrorCode::ProviderRateLimit),
        (429, "<html>busy</html>", ErrorCode::ProviderRateLimit),
        (404, r#"{"error":{"code":"model_not_found"}}"#, ErrorCode::ModelNotFound),
        (400, r#"{"error":{"code":null,"message":"max_tokens is too large"}}"#, ErrorCode::ProviderRejected),
        (404, "", ErrorCode::ProviderRejected),
        (500, "", ErrorCode::ProviderFailed),
        (503, r#"{"error":{"code":7}}"#, ErrorCode::ProviderFailed),
    ] {
        assert_eq!(model_error(status, body.as_bytes(), None).failure.code, code, "{status} {body}");
    }
}

/// Bodies as the servers write them: a status, the body, what it means, and the words that a person has to see.
const SERVERS: [(u16, &str, ErrorCode, &str); 15] = [
    (
        404,
        r#"{"error":{"message":"model \"llama9\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
        ErrorCode::ModelNotFound,
        "try pulling it first",
    ),
    (404, r#"{"error":"model 'llama9' not found"}"#, ErrorCode::ModelNotFound, "model 'llama9' not found"),
    (
        404,
        r#"{"object":"error","message":"The model `a/b` does not exist.","type":"NotFoundError","param":null,"code":404}"#,
        ErrorCode::ModelNotFound,
        "The model `a/b` does not exist.",
    ),
    (
        400,
        r#"{"object":"error","message":"This model's maximum context length is 8192 tokens.","type":"BadRequestError","param":null,"code":400}"#,
        ErrorCode::ProviderRejected,
        "maximum context length is 8192 tokens",
    ),
    (404, r#"{"detail":"Not Found"}"#, ErrorCode::ProviderRejected, "Not Found"),
    (
        422,
        r#"{"detail":[{"loc":["body","messages"],"msg":"field required","type":"missing"}]}"#,
        ErrorCode::ProviderRejected,
        "field required",
    ),
    (
        400,
        r#"{"error":{"message":"/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models for your key.","type":"None","param":"None","code":"400"}}"#,
        ErrorCode::ModelNotFound,
        "Invalid model name passed in model=x",
    ),
    (
        400,
        r#"{"error":{"message":{"error":"/chat/completions: Invalid model name passed in model=x."},"type":"None","param":"None","code":"400"}}"#,
        ErrorCode::ModelNotFound,
        "Invalid model name",
    ),
    (
        401,
        r#"{"error":{"message":"Authentication Error, Invalid proxy server token passed.","type":"auth_error","param":"None","code":"401"}}"#,
        ErrorCode::ProviderAuthentication,
        "Invalid proxy server token",
    ),
    (
        404,
        r#"{"error":{"message":"No endpoints found for a/b.","code":404},"user_id":"u"}"#,
        ErrorCode::ModelNotFound,
        "No endpoints found for a/b.",
    ),
    (
        400,
        r#"{"error":{"message":"a/b is not a valid model ID","code":400}}"#,
        ErrorCode::ModelNotFound,
        "not a valid model ID",
    ),
    (
        402,
        r#"{"error":{"message":"Insufficient credits","code":402}}"#,
        ErrorCode::ProviderQuota,
        "Insufficient credits",
    ),
    (
        403,
        r#"{"error":{"message":"Your input was flagged","code":403,"metadata":{"reasons":["violence"]}}}"#,
        ErrorCode::ContentFilter,
        "flagged",
    ),
    (
        404,
        r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#,
        ErrorCode::ModelNotFound,
        "deployment for this resource does not exist",
    ),
    (
        400,
        r#"{"error":{"message":"The response was filtered due to the prompt triggering the content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
        ErrorCode::ContentFilter,
        "content management policy",
    ),
];

#[test]
fn every_servers_refusal_is_understood_and_its_own_words_are_kept() {
    for (status, body, code, words) in SERVERS {
        let failure = model_error(status, body.as_bytes(), None).failure;
        assert_eq!(failure.code, code, "{body}");
        assert!(failure.message.contains(words), "{}", failure.message);
    }
}

#[test]
fn plain_text_is_shown_and_a_proxys_page_is_not() {
    let message = |body: &str| model_error(404, body.as_bytes(), None).failure.message;
    assert_eq!(message("404 page not found\n"), "The provider answered 404: 404 page not found");
    assert_eq!(message("<html>nginx</html>"), "The provider answered 404 without a reason.");
}

#[test]
fn a_refusal_that_comes_with_status_200_is_one_all_the_same() {
    let body = br#"{"code":404,"message":"The model `x` does not exist.","object":"error","type":"NotFoundError"}"#;
    assert_eq!(model_error(200, body, None).failure.code, ErrorCode::ModelNotFound);
    assert_eq!(model_error(200, b"{}", None).failure.code, ErrorCode::ProviderFailed);
}

#[test]
fn a_refused_key_is_named_by_its_variable_and_never_shown() {
    let body = br#"{"error":{"message":"Incorrect API key provided: sk-canary-123."}}"#;
    let message = model_error(401, body, None).failure.message;
    assert!(message.contains("Incorrect API key provided: [key]") && message.contains("OPENAI_API_KEY"), "{message}");
    assert!(!message.contains("canary"));
}

#[test]
fn retry_after_is_read_in_seconds_and_milliseconds() {
    let headers = |name: &'static str, value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    };
    assert_eq!(retry_after_ms(&headers("retry-after", "2")), Some(2_000));
    assert_eq!(retry_after_ms(&headers("retry-after-ms", "150")), Some(150));
    assert_eq!(retry_after_ms(&headers("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")), None);
    assert_eq!(retry_after_ms(&HeaderMap::new()), None);
}
