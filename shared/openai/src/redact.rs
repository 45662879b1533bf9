//! What a provider says, made fit for people: without anything that looks like a key, on one line, not too long.

use domain::limits::PROVIDER_WORDS_MAX;

/// How keys begin, at OpenAI and at those whose servers imitate it or stand behind them.
const BEGINNINGS: [&str; 9] = ["sk-", "sk_", "pk-", "gsk_", "hf_", "xai-", "AIza", "AKIA", "eyJ"];
/// What a word of so many letters and digits without a break is, when it has both: a key, a hash or an account.
const UNBROKEN_MAX: usize = 20;

/// The message without secrets.
pub(crate) fn without_secrets(message: &str) -> String {
    let mut shown = String::with_capacity(message.len().min(PROVIDER_WORDS_MAX));
    let mut rest = message;
    while let Some(start) = rest.find(is_word) {
        shown.push_str(&rest[..start]);
        let (word, after) = split(&rest[start..]);
        if is_secret(word) {
            shown.push_str("[key]");
            rest = after_dots(after);
        } else {
            shown.push_str(word);
            rest = after;
        }
    }
    shown.push_str(rest);
    shown.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(PROVIDER_WORDS_MAX).collect()
}

/// The first word of a text, and what follows it.
fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find(|character| !is_word(character)).unwrap_or(text.len()))
}

/// What follows a key whose parts are joined by dots, or whose middle is left out: `sk-ab...yz`. A full stop stays.
fn after_dots(mut text: &str) -> &str {
    loop {
        let (part, after) = split(text.trim_start_matches(['.', '…']));
        if part.is_empty() || text.starts_with(is_word) {
            return text;
        }
        text = after;
    }
}

/// Letters, digits, and what joins the parts of a key; providers mask keys with asterisks.
const fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '*')
}

fn is_secret(word: &str) -> bool {
    let mixed = |part: &str| {
        part.len() >= UNBROKEN_MAX
            && part.bytes().any(|byte| byte.is_ascii_digit())
            && part.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    BEGINNINGS.iter().any(|beginning| word.starts_with(beginning)) || word.split(['-', '_', '*']).any(mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_comes_through_whatever_is_around_it() {
        for (said, shown) in [
            ("bad request for sk-proj-123 (\"sk-456\")", "bad request for [key] (\"[key]\")"),
            (
                "Incorrect API key provided: sk-ab***yz. See https://x/y",
                "Incorrect API key provided: [key]. See https://x/y",
            ),
            ("?key=AIzaSyB-1&x=1 Bearer eyJhbGci.eyJzdWIi.sig", "?key=[key]&x=1 Bearer [key]"),
            ("Received API Key = sk-...wxyz, sk-ab…yz. Next", "Received API Key = [key], [key]. Next"),
            ("key 0123456789abcdef0123456789abcdef is wrong", "key [key] is wrong"),
            ("gsk_abc,xai-def;hf_ghi\nAKIAIOSFODNN7", "[key],[key];[key] [key]"),
        ] {
            assert_eq!(without_secrets(said), shown);
        }
    }

    #[test]
    fn words_numbers_and_the_names_of_models_stay() {
        for said in [
            "The model `meta-llama/Llama-3.1-70B-Instruct` does not exist.",
            "claude-3-5-sonnet-20241022 and gpt-4o-mini-2024-07-18 allow 16384 tokens; you asked for 20000.",
            "Your request 0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10 broke the rule on internationalization",
            "Zu viele Anfragen für größere Seiten 🧁",
        ] {
            assert_eq!(without_secrets(said), said);
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        assert_eq!(without_secrets(&"é ".repeat(2_000)).chars().count(), PROVIDER_WORDS_MAX);
    }
}
