//! The line-up and what each model takes. Facts from OpenAI's model pages, gathered 2026-11-20.

use crate::limits::OUTPUT_TOKENS_WANTED;
use crate::usage::Price;

/// How a request is shaped for a family of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// GPT-4o and GPT-4.1: `max_tokens`, `temperature: 0`, nothing about reasoning.
    Gpt4,
    /// GPT-5.x and 6: `max_completion_tokens`; `temperature: 0` is accepted only with `reasoning_effort: "none"`.
    Gpt5,
    /// Any other OpenAI-compatible server: as `Gpt4`, which is what they copy.
    Compatible,
}

/// What is known of one model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    /// The name that the provider knows.
    pub id: &'static str,
    /// How its requests are shaped.
    pub family: Family,
    /// The most tokens that one answer may have.
    pub output_tokens_max: u32,
    /// The list price.
    pub price: Price,
}

const fn price(input_usd: f64, output_usd: f64) -> Price {
    Price { input_usd, output_usd }
}

/// The models that are known by name. The first four are the default line-up.
pub const CATALOGUE: [Model; 8] = [
    Model { id: "gpt-4o-2024-11-20", family: Family::Gpt4, output_tokens_max: 16_384, price: price(2.5, 10.0) },
    Model { id: "gpt-4.1-2025-04-14", family: Family::Gpt4, output_tokens_max: 32_768, price: price(2.0, 8.0) },
    Model { id: "gpt-4.1-mini-2025-04-14", family: Family::Gpt4, output_tokens_max: 32_768, price: price(0.4, 1.6) },
    Model { id: "gpt-4o-2024-08-06", family: Family::Gpt4, output_tokens_max: 16_384, price: price(2.5, 10.0) },
    Model { id: "gpt-6-sol", family: Family::Gpt5, output_tokens_max: 128_000, price: price(2.0, 10.0) },
    Model { id: "gpt-6.1-terra", family: Family::Gpt5, output_tokens_max: 128_000, price: price(1.0, 5.0) },
    Model { id: "gpt-6-luna", family: Family::Gpt5, output_tokens_max: 128_000, price: price(0.1, 0.5) },
    Model { id: "gpt-5.6-luna", family: Family::Gpt5, output_tokens_max: 128_000, price: price(0.2, 1.2) },
];

/// The default line-up: one provider, no reasoning modes, four models side by side.
#[must_use]
pub fn default_line_up() -> Vec<String> {
    CATALOGUE[..4].iter().map(|model| model.id.to_owned()).collect()
}

/// The line-up of the built-in demo model: the default one under names that say that nothing was generated.
#[must_use]
pub fn demo_line_up() -> Vec<String> {
    default_line_up().iter().map(|id| format!("demo-{id}")).collect()
}

/// The catalogue's entry for a model.
#[must_use]
pub fn known(id: &str) -> Option<&'static Model> {
    CATALOGUE.iter().find(|model| model.id == id)
}

/// How requests to a model are shaped; one that is not in the catalogue is taken for a compatible server's.
#[must_use]
pub fn family(id: &str) -> Family {
    known(id).map_or(Family::Compatible, |model| model.family)
}

/// The tokens to ask for. Both gpt-4o snapshots refuse 20,000 (400, "`max_tokens` is too large"), hence the clamp.
#[must_use]
pub fn output_tokens(id: &str) -> u32 {
    known(id).map_or(OUTPUT_TOKENS_WANTED, |model| model.output_tokens_max.min(OUTPUT_TOKENS_WANTED))
}

/// The models of `count` variants: the line-up in order, from the start again when it is shorter.
#[must_use]
pub fn assign(line_up: &[String], count: u8) -> Vec<String> {
    line_up.iter().cycle().take(usize::from(count)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_model_of_the_line_up_is_asked_for_more_tokens_than_it_gives() {
        let asked: Vec<u32> = default_line_up().iter().map(|id| output_tokens(id)).collect();
        assert_eq!(asked, [16_384, 20_000, 20_000, 16_384]);
    }

    #[test]
    fn more_variants_than_models_start_the_line_up_again() {
        assert_eq!(assign(&["a".to_owned(), "b".to_owned()], 3), ["a", "b", "a"]);
    }
}
