//! Each server's frames. The text is the same; what surrounds it is not.

use super::Server;
use serde_json::{Value, json};

/// Characters in a delta.
const DELTA: usize = 200;

/// A whole answer.
pub(super) fn page(server: Server, model: &str, text: &str) -> Vec<String> {
    let mut frames = before(server, model);
    frames.extend(deltas(server, model, text));
    frames.extend(after(server, model, text));
    frames.push("data: [DONE]\n\n".to_owned());
    frames
}

/// An answer that fails after a third of its text, in the server's own way.
pub(super) fn broken(server: Server, model: &str, text: &str) -> Vec<String> {
    let mut frames = before(server, model);
    let deltas = deltas(server, model, text);
    frames.extend(deltas.iter().take(deltas.len() / 3).cloned());
    match server {
        Server::OpenAi => frames.push(data(&json!({"error": {"message": "The server had an error.", "type": "server_error"}}))),
        Server::Ollama => frames.push(data(&json!({"error": "an unknown error was encountered while running the model"}))),
        Server::Vllm => frames.push(data(&json!({
            "object": "error", "message": "EngineCore encountered an issue.", "type": "InternalServerError", "code": 500
        }))),
        Server::LiteLlm => frames.push(data(&json!({
            "error": {"message": "litellm.APIConnectionError: peer closed.", "type": "None", "param": "None", "code": "500"}
        }))),
        Server::OpenRouter => frames.push(data(&json!({
            "id": "gen-1", "object": "chat.completion.chunk", "model": model, "provider": "Demo",
            "error": {"code": 502, "message": "Provider disconnected unexpectedly"},
            "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error", "native_finish_reason": "error"}],
        }))),
        Server::Azure => frames.push(chunk(model, &json!({}), Some("content_filter"), &json!({}))),
    }
    frames.push("data: [DONE]\n\n".to_owned());
    frames
}

/// What comes before the first word.
fn before(server: Server, model: &str) -> Vec<String> {
    let role = |delta: Value| chunk(model, &delta, None, &json!({}));
    match server {
        Server::OpenAi | Server::Vllm => vec![role(json!({"role": "assistant", "content": ""}))],
        Server::Ollama => Vec::new(),
        Server::LiteLlm => vec![role(json!({"role": "assistant"}))],
        Server::OpenRouter => vec![": OPENROUTER PROCESSING\n\n".to_owned(); 3],
        Server::Azure => vec![
            data(&json!({
                "choices": [], "created": 0, "id": "", "model": "", "object": "",
                "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {"hate": {"filtered": false}}}],
            })),
            role(json!({"role": "assistant", "content": "", "refusal": null})),
        ],
    }
}

fn deltas(server: Server, model: &str, text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = characters.chunks(DELTA).map(|piece| piece.iter().collect()).collect();
    let last = pieces.len().saturating_sub(1);
    let frame = |(number, piece): (usize, &String)| match server {
        Server::OpenAi | Server::LiteLlm => chunk(model, &json!({"content": piece}), None, &json!({})),
        Server::Ollama => chunk(model, &json!({"role": "assistant", "content": piece}), None, &json!({})),
        // The reason comes with the last words.
        Server::Vllm => {
            chunk(model, &json!({"content": piece}), (number == last).then_some("stop"), &json!({"stop_reason": null}))
        }
        Server::OpenRouter => {
            let more = json!({"native_finish_reason": null, "logprobs": null});
            let comment = if number % 5 == 0 { ": OPENROUTER PROCESSING\n\n" } else { "" };
            format!("{comment}{}", chunk(model, &json!({"role": "assistant", "content": piece}), None, &more))
        }
        Server::Azure => {
            let filter = json!({"content_filter_results": {"violence": {"filtered": false, "severity": "safe"}}});
            chunk(model, &json!({"content": piece}), None, &filter)
        }
    };
    pieces.iter().enumerate().map(frame).collect()
}

/// What comes after the last word: the reason, the count, and remarks.
fn after(server: Server, model: &str, text: &str) -> Vec<String> {
    let counted = json!({"prompt_tokens": 210, "completion_tokens": text.len().div_ceil(4), "total_tokens": 0});
    let stop = || chunk(model, &json!({}), Some("stop"), &json!({}));
    let usage = |choices: Value| {
        let mut usage = counted.clone();
        usage["prompt_tokens_details"] = json!({"cached_tokens": 10});
        data(&json!({"object": "chat.completion.chunk", "model": model, "choices": choices, "usage": usage}))
    };
    match server {
        Server::OpenAi => vec![stop(), usage(json!([]))],
        Server::Ollama => vec![chunk(model, &json!({"role": "assistant", "content": ""}), Some("stop"), &json!({}))],
        Server::Vllm => vec![usage(json!([]))],
        Server::LiteLlm => vec![stop(), usage(json!([{"index": 0, "delta": {}}]))],
        Server::OpenRouter => vec![
            chunk(
                model,
                &json!({"role": "assistant", "content": ""}),
                Some("stop"),
                &json!({"native_finish_reason": "stop"}),
            ),
            usage(json!([{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}])),
        ],
        Server::Azure => vec![
            data(&json!({
                "choices": [{
                    "index": 0, "finish_reason": null, "content_filter_results": {"violence": {"filtered": false}},
                    "content_filter_offsets": {"check_offset": 44, "start_offset": 44, "end_offset": 198},
                }],
                "created": 0, "id": "", "model": "", "object": "", "usage": null,
            })),
            stop(),
            usage(json!([])),
        ],
    }
}

/// An event with one choice; `more` are the server's own fields of it.
fn chunk(model: &str, delta: &Value, finish_reason: Option<&str>, more: &Value) -> String {
    let mut choice = json!({"index": 0, "delta": delta, "finish_reason": finish_reason});
    for (name, value) in more.as_object().into_iter().flatten() {
        choice[name] = value.clone();
    }
    data(&json!({
        "id": "chatcmpl-demo", "object": "chat.completion.chunk", "model": model, "choices": [choice], "usage": null
    }))
}

fn data(value: &Value) -> String {
    format!("data: {value}\n\n")
}
