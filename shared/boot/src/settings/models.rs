//! The settings about models: the catalogue, the line-up, and what requests may choose.

use super::{Origin, SettingError};
use domain::limits::{CATALOGUE_BYTES_MAX, NAME_BYTES_MAX, VARIANTS_MAX};
use domain::models::{Catalogue, Model, Offer};
use std::fs::File;
use std::io::Read;

/// A catalogue: its text, which starts with a brace, or the path of a file.
pub(super) const CATALOGUE: &str = "MODEL_CATALOGUE";
/// The line-up.
pub(super) const LINE_UP: &str = "MODELS";
/// What requests may choose beside the line-up.
pub(super) const ALLOWED: &str = "MODELS_ALLOWED";

/// What draws pictures.
pub(super) const IMAGES: &str = "IMAGE_MODEL";

/// The model that draws pictures: one name, of any model that the provider knows.
pub(super) fn image_model(configured: Option<String>) -> Result<Option<String>, SettingError> {
    match configured {
        Some(name)
            if name.len() > NAME_BYTES_MAX || name.contains(|letter: char| letter == ',' || letter.is_whitespace()) =>
        {
            Err(SettingError { name: IMAGES, problem: "is not the name of one model".to_owned() })
        }
        configured => Ok(configured),
    }
}

pub(super) fn catalogue(configured: Option<String>) -> Result<Catalogue, SettingError> {
    let wrong = |problem: String| SettingError { name: CATALOGUE, problem };
    let catalogue = match configured {
        None => Catalogue::built_in(),
        Some(text) if text.starts_with('{') => Catalogue::configured(&text),
        Some(path) => {
            let text = read(&path).map_err(|error| wrong(format!("the file {path} cannot be read: {error}")))?;
            Catalogue::configured(&text)
        }
    };
    catalogue.map_err(|error| wrong(error.to_string()))
}

fn read(path: &str) -> std::io::Result<String> {
    let mut text = String::new();
    let limit = u64::try_from(CATALOGUE_BYTES_MAX).unwrap_or(u64::MAX);
    File::open(path)?.take(limit + 1).read_to_string(&mut text)?;
    if text.len() > CATALOGUE_BYTES_MAX {
        return Err(std::io::Error::other(format!("it has more than {CATALOGUE_BYTES_MAX} bytes")));
    }
    Ok(text)
}

/// The line-up and what may be chosen. Of a catalogue's models those may be chosen that the provider can be expected to
/// know: OpenAI all of them, any other server those that the configuration names.
pub(super) fn offer(
    catalogue: &Catalogue,
    origin: Origin,
    line_up: Option<String>,
    allowed: Option<String>,
) -> Result<Offer, SettingError> {
    let line_up = match (line_up, origin) {
        (Some(text), Origin::Demo | Origin::OpenAi | Origin::Compatible) => names(LINE_UP, &text, catalogue)?,
        (None, Origin::Demo) => catalogue.line_up().iter().map(|id| format!("demo-{id}")).collect(),
        (None, Origin::OpenAi | Origin::Compatible) => catalogue.line_up().to_vec(),
    };
    if line_up.len() > usize::from(VARIANTS_MAX) {
        return Err(SettingError { name: LINE_UP, problem: format!("has more than {VARIANTS_MAX} models") });
    }
    let known = |model: &&Model| match origin {
        Origin::OpenAi => true,
        Origin::Compatible | Origin::Demo => model.configured,
    };
    let more = match allowed {
        Some(text) => names(ALLOWED, &text, catalogue)?,
        None => catalogue.usable().filter(known).map(|model| model.id.clone()).collect(),
    };
    Ok(Offer::new(line_up, more))
}

fn names(name: &'static str, text: &str, catalogue: &Catalogue) -> Result<Vec<String>, SettingError> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(|name| name.is_empty() || name.len() > NAME_BYTES_MAX) {
        return Err(SettingError { name, problem: "is not a list of names, separated by commas".to_owned() });
    }
    for id in &names {
        catalogue.check_usable(id).map_err(|error| SettingError { name, problem: error.to_string() })?;
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"models": [{"id": "llama/3:8b", "family": "compatible", "maxOutputTokens": 8192}]}"#;

    fn offered(origin: Origin, line_up: Option<&str>, allowed: Option<&str>) -> Offer {
        let catalogue = catalogue(Some(SMALL.to_owned())).unwrap();
        offer(&catalogue, origin, line_up.map(str::to_owned), allowed.map(str::to_owned)).unwrap()
    }

    #[test]
    fn a_catalogue_is_its_text_or_a_file_and_an_error_is_one_line_that_names_the_setting() {
        let file = std::env::temp_dir().join(format!("quartet-catalogue-{}.json", std::process::id()));
        std::fs::write(&file, SMALL).unwrap();
        let read = catalogue(Some(file.display().to_string())).unwrap();
        std::fs::write(&file, "x".repeat(CATALOGUE_BYTES_MAX + 1)).unwrap();
        let too_large = catalogue(Some(file.display().to_string())).unwrap_err();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(read, catalogue(Some(SMALL.to_owned())).unwrap());
        for error in
            [too_large, catalogue(Some("{".to_owned())).unwrap_err(), catalogue(Some("no".to_owned())).unwrap_err()]
        {
            assert!(error.to_string().starts_with("MODEL_CATALOGUE: ") && !error.to_string().contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_request_may_choose_what_the_provider_can_be_expected_to_know() {
        assert!(offered(Origin::OpenAi, None, None).allowed().iter().any(|id| id == "gpt-6-sol"));
        assert!(!offered(Origin::OpenAi, None, None).allowed().iter().any(|id| id == "gpt-6-astra"));
        assert_eq!(offered(Origin::Compatible, Some("qwen"), None).allowed(), ["qwen", "llama/3:8b"]);
        assert_eq!(offered(Origin::Compatible, Some("qwen"), Some("a/b, c:d")).allowed(), ["qwen", "a/b", "c:d"]);
        assert!(offered(Origin::Demo, None, None).line_up().iter().all(|id| id.starts_with("demo-gpt-4")));
    }
}
