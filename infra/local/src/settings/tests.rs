//! The configurations in `docs/providers.md`, read from a `.env` as `cargo run` reads them.

use super::*;
use boot::Origin;
use std::collections::HashMap;

const DOCUMENT: &str = include_str!("../../../../docs/providers.md");

/// The settings under a heading.
fn documented(heading: &str) -> Settings {
    let (_, section) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let variables: HashMap<String, String> = dotenvy::from_read_iter(block.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(variables.len(), block.lines().count(), "{heading}");
    let nowhere = ([127, 0, 0, 1], 1).into();
    let addresses = Addresses { public: nowhere, platform: nowhere, dynamodb: nowhere };
    read(&addresses, &|name| variables.get(name).cloned()).unwrap_or_else(|error| panic!("{heading}: {error}"))
}

#[test]
fn every_documented_server_is_configured_as_it_is_written() {
    for (heading, origin, base_url, line_up) in [
        (
            "OpenAI",
            Origin::OpenAi,
            "https://api.openai.com/v1",
            "gpt-4o-2024-11-20 gpt-4.1-2025-04-14 gpt-4.1-mini-2025-04-14 gpt-4o-2024-08-06",
        ),
        ("Ollama", Origin::Compatible, "http://127.0.0.1:11434/v1", "qwen2.5-coder:14b llama3.1:8b"),
        ("vLLM", Origin::Compatible, "http://gpu.internal:8000/v1", "Qwen/Qwen2.5-Coder-32B-Instruct"),
        ("LiteLLM", Origin::Compatible, "http://127.0.0.1:4000/v1", "sonnet gpt-4.1"),
        ("OpenRouter", Origin::Compatible, "https://openrouter.ai/api/v1", "openai/gpt-6-sol qwen/qwen3-coder:free"),
        ("Azure", Origin::Compatible, "https://my-resource.openai.azure.com/openai/v1", "my-gpt-4o-deployment"),
    ] {
        let settings = documented(heading);
        assert_eq!((settings.origin, settings.provider.base_url.as_str()), (origin, base_url), "{heading}");
        assert_eq!(settings.offer.line_up().join(" "), line_up, "{heading}");
        assert_eq!(settings.provider.key.is_some(), heading != "Ollama", "{heading}");
    }
}

#[test]
fn a_documented_catalogue_changes_how_its_model_is_asked() {
    let small = documented("vLLM").catalogue.shape("Qwen/Qwen2.5-Coder-32B-Instruct");
    assert_eq!(small.output_tokens, 12_000);
    let routed = documented("OpenRouter").catalogue.shape("openai/gpt-6-sol");
    assert_eq!(routed.family, domain::models::Family::Gpt5);
}
