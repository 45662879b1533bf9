//! The configurations in `docs/providers.md`, read as the functions read them.

use super::tests::read;
use super::{Origin, Settings};

const DOCUMENT: &str = include_str!("../../../../docs/providers.md");

/// The settings under a heading.
fn documented(heading: &str) -> Settings {
    let (_, section) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let variables: Vec<(&str, &str)> = block.lines().map(|line| line.split_once('=').unwrap()).collect();
    read(&variables).unwrap_or_else(|error| panic!("{heading}: {error}"))
}

#[test]
fn every_documented_server_is_configured_as_it_is_written() {
    for (heading, origin, base_url, first) in [
        ("OpenAI", Origin::OpenAi, "https://api.openai.com/v1", "gpt-4o-2024-11-20"),
        ("Ollama", Origin::Compatible, "http://127.0.0.1:11434/v1", "qwen2.5-coder:14b"),
        ("vLLM", Origin::Compatible, "http://gpu.internal:8000/v1", "Qwen/Qwen2.5-Coder-32B-Instruct"),
        ("LiteLLM", Origin::Compatible, "http://127.0.0.1:4000/v1", "sonnet"),
        ("OpenRouter", Origin::Compatible, "https://openrouter.ai/api/v1", "openai/gpt-6-sol"),
        ("Azure", Origin::Compatible, "https://my-resource.openai.azure.com/openai/v1", "my-gpt-4o-deployment"),
    ] {
        let settings = documented(heading);
        assert_eq!((settings.origin, settings.provider.base_url.as_str()), (origin, base_url), "{heading}");
        assert_eq!(settings.offer.line_up()[0], first, "{heading}");
        assert_eq!(settings.provider.key.is_some(), heading != "Ollama", "{heading}");
    }
    assert_eq!(documented("vLLM").catalogue.shape("Qwen/Qwen2.5-Coder-32B-Instruct").output_tokens, 12_000);
}
