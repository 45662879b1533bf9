//! A request for a generation: read field by field, so that a refusal can name the field.
//!
//! The field names are those of the screenshot-to-code protocol, whose unmodified frontend is a client of ours, plus
//! `requestId`, `variants` and `models`. Keys, base URLs and model settings that such a client sends are not read at
//! all: the server's key never travels to a host that a client chose. The client is told so.

pub(crate) mod fields;
mod ignored;
pub mod notice;
pub mod parent;
pub mod reference;
pub mod repeat;

use crate::error::Refusal;
use crate::ids::UploadId;
use crate::limits;
use crate::stack::{GenerationType, InputMode, Stack};
use fields::Fields;
use notice::Notice;
use parent::Parent;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// An accepted request, as it is stored in S3 and given to every variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerationRequest {
    /// What the page is built with.
    pub stack: Stack,
    /// What it is made from.
    pub input_mode: InputMode,
    /// New, or a change.
    pub generation_type: GenerationType,
    /// What is asked now.
    pub prompt: Turn,
    /// An element of the page that the change is about, as HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_element_html: Option<String>,
    /// What was asked and answered before, oldest first; ends with the present turn on an update.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<PastTurn>,
    /// The page as it stands, on an update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_page: Option<String>,
    /// A design system to follow, as Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design_system: Option<String>,
    /// The whole instruction for the model, where it says more than what the person typed (`prompt.fullText`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_text: Option<String>,
    /// On an update, the code of every variant of the page; empty for one that has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub option_codes: Vec<String>,
    /// Whether placeholder pictures are to be replaced by generated ones, if the client says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_image_generation_enabled: Option<bool>,
}

/// A text and its images.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The words.
    pub text: String,
    /// Images, as [`crate::image::source`] names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
}

/// Who said a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// The model; its text is a page.
    Assistant,
}

/// A turn of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTurn {
    /// Who said it.
    pub role: Role,
    /// What was said.
    #[serde(flatten)]
    pub turn: Turn,
}

/// A request together with how it is to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartRequest {
    /// What is to be generated.
    pub request: GenerationRequest,
    /// The client's idempotency key.
    pub request_id: Option<String>,
    /// How many variants.
    pub variants: u8,
    /// The models to use instead of the line-up, one a variant (from the start again when there are fewer).
    pub models: Option<Vec<String>>,
    /// What it goes back to; it changes nothing of what is generated.
    pub parent: Option<Parent>,
    /// The upload that held the request, if it came by one. It decides nothing; it is deleted with the generation.
    pub uploaded_as: Option<UploadId>,
    /// Fields that were sent and are never taken from a client: keys and hosts. Only their names are read.
    pub ignored: Vec<&'static str>,
}

impl StartRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A [`Refusal`] that names the first field that is wrong. Missing fields take the peer's defaults, except
    /// the prompt, which has none.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let fields = Fields::of(object);
        let (variants, models) = read_models(&fields)?;
        Ok(Self {
            request_id: read_request_id(&fields)?,
            variants,
            models,
            request: GenerationRequest::read(&fields)?,
            parent: match fields.object("parent")? {
                Some(parent) => Some(Parent::read(&parent)?),
                None => None,
            },
            uploaded_as: None,
            ignored: ignored::sent(object),
        })
    }

    /// What the client has to know although its request is accepted.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        ignored::notice(&self.ignored).into_iter().collect()
    }

    /// A hash of everything that decides what is generated: equal for a resend, different for another request. It is the
    /// SHA-256 of the JSON of the request, the count and the models; what a client leaves out is left out of it, so a
    /// field that is added later changes no fingerprint of before.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let canonical = serde_json::json!([self.request, self.variants, self.models]);
        hex_sha256(canonical.to_string().as_bytes())
    }
}

fn read_request_id(fields: &Fields<'_>) -> Result<Option<String>, Refusal> {
    Ok(fields.text("requestId", limits::NAME_BYTES_MAX)?.filter(|id| !id.is_empty()))
}

fn read_models(fields: &Fields<'_>) -> Result<(u8, Option<Vec<String>>), Refusal> {
    let variants = fields.count("variants", limits::VARIANTS_DEFAULT, limits::VARIANTS_MIN, limits::VARIANTS_MAX)?;
    Ok((variants, fields.names("models", usize::from(limits::VARIANTS_MAX), limits::NAME_BYTES_MAX)?))
}

/// The SHA-256 of some bytes, in lower-case hex.
#[must_use]
pub fn hex_sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl GenerationRequest {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        refuse_video(fields)?;
        let stack = fields.choice("generatedCodeConfig", Stack::HtmlTailwind, &Stack::ALL.map(|s| (s.name(), s)))?;
        let input_mode =
            fields.choice("inputMode", InputMode::Text, &[("text", InputMode::Text), ("image", InputMode::Image)])?;
        let generation_type = fields.choice(
            "generationType",
            GenerationType::Create,
            &[("create", GenerationType::Create), ("update", GenerationType::Update)],
        )?;
        let (prompt, full_text, selected_element_html) = match fields.object("prompt")? {
            Some(prompt) => (
                read_turn(&prompt)?,
                prompt.filled("fullText", limits::PROMPT_BYTES_MAX)?,
                prompt.filled("selectedElementHtml", limits::PROMPT_BYTES_MAX)?,
            ),
            None => (Turn::default(), None, None),
        };
        let request = Self {
            stack,
            input_mode,
            generation_type,
            prompt,
            selected_element_html,
            history: read_history(fields)?,
            current_page: match fields.object("fileState")? {
                Some(file) => file.filled("content", limits::CONTEXT_BYTES_MAX)?,
                None => None,
            },
            design_system: fields.filled("designSystem", limits::DESIGN_SYSTEM_BYTES_MAX)?,
            full_text,
            option_codes: fields.loose_texts(
                "optionCodes",
                usize::from(limits::VARIANTS_MAX),
                limits::CONTEXT_BYTES_MAX,
            )?,
            is_image_generation_enabled: fields.flag("isImageGenerationEnabled")?,
        };
        request.check()?;
        Ok(request)
    }

    /// What is asked now, in the words that are meant for the model.
    #[must_use]
    pub fn wish(&self) -> &str {
        self.full_text.as_deref().unwrap_or(&self.prompt.text)
    }

    fn check(&self) -> Result<(), Refusal> {
        self.check_images()?;
        let nothing_said = self.wish().trim().is_empty();
        match self.generation_type {
            GenerationType::Create => match self.input_mode {
                InputMode::Text if nothing_said => {
                    return Err(Refusal::field("prompt.text", "Describe the page in a sentence or more."));
                }
                InputMode::Image if self.prompt.images.is_empty() => {
                    return Err(Refusal::field(
                        "prompt.images",
                        "Add at least one screenshot, or choose the text mode.",
                    ));
                }
                InputMode::Text | InputMode::Image => {}
            },
            GenerationType::Update => {
                if self.history.is_empty() && self.current_page.is_none() {
                    return Err(Refusal::field(
                        "fileState",
                        "A change needs the page that is to be changed: send fileState.content or history.",
                    ));
                }
                let asked = self.history.last().is_some_and(|last| {
                    last.role == Role::User && !(last.turn.text.trim().is_empty() && last.turn.images.is_empty())
                });
                if nothing_said && !asked {
                    return Err(Refusal::field("prompt.text", "Say what should change."));
                }
            }
        }
        let context: usize = self.history.iter().map(|past| past.turn.text.len()).sum::<usize>()
            + self.current_page.as_ref().map_or(0, String::len)
            + self.option_codes.iter().map(String::len).sum::<usize>();
        if context > limits::CONTEXT_BYTES_MAX {
            return Err(Refusal::too_large(
                "history",
                format!("The history, the page and its options together are over {} bytes.", limits::CONTEXT_BYTES_MAX),
            ));
        }
        Ok(())
    }
}

/// The peer's frontend can send a video; no model of the line-up takes one.
fn refuse_video(fields: &Fields<'_>) -> Result<(), Refusal> {
    let message = "Videos are not taken. Send one to five screenshots of it (inputMode image), or describe the page.";
    if fields.is_text("inputMode", "video") {
        return Err(Refusal::field("inputMode", message));
    }
    match fields.object("prompt")? {
        Some(prompt) if prompt.has_entries("videos") => Err(Refusal::field("prompt.videos", message)),
        Some(_) | None => Ok(()),
    }
}

fn read_turn(fields: &Fields<'_>) -> Result<Turn, Refusal> {
    let text = fields.text("text", limits::PROMPT_BYTES_MAX)?.unwrap_or_default();
    Ok(Turn { text, images: read_images(fields)? })
}

fn read_history(fields: &Fields<'_>) -> Result<Vec<PastTurn>, Refusal> {
    let turns = fields.objects("history", limits::HISTORY_TURNS_MAX)?;
    turns
        .iter()
        .map(|turn| {
            let text = turn.text("text", limits::CONTEXT_BYTES_MAX)?.unwrap_or_default();
            let role = turn.required_choice("role", &[("user", Role::User), ("assistant", Role::Assistant)])?;
            let images = match role {
                Role::User => read_images(turn)?,
                Role::Assistant => Vec::new(),
            };
            Ok(PastTurn { role, turn: Turn { text, images } })
        })
        .collect()
}

fn read_images(turn: &Fields<'_>) -> Result<Vec<String>, Refusal> {
    let images = turn.names("images", limits::IMAGES_MAX, limits::IMAGE_URL_BYTES_MAX)?.unwrap_or_default();
    let path = turn.path("images");
    images
        .into_iter()
        .enumerate()
        .map(|(position, image)| crate::image::source::read(image, &format!("{path}[{position}]")))
        .collect()
}

#[cfg(test)]
mod tests;
