//! What the model is asked: a system text for the stack, then the turns.

use crate::request::{GenerationRequest, PastTurn, Role, Turn};
use crate::stack::{GenerationType, InputMode, Stack};

/// Who speaks in a message to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The rules.
    System,
    /// The person.
    User,
    /// The model, earlier.
    Assistant,
}

/// One message to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub speaker: Speaker,
    /// The words.
    pub text: String,
    /// Images as data URLs.
    pub images: Vec<String>,
}

impl Message {
    fn new(speaker: Speaker, text: impl Into<String>) -> Self {
        Self { speaker, text: text.into(), images: Vec::new() }
    }
}

/// Builds the messages for a request.
#[must_use]
pub fn messages(request: &GenerationRequest) -> Vec<Message> {
    let mut messages = vec![Message::new(Speaker::System, system_text(request))];
    match request.generation_type {
        GenerationType::Create => messages.push(create_turn(request)),
        GenerationType::Update => messages.extend(update_turns(request)),
    }
    messages
}

fn system_text(request: &GenerationRequest) -> String {
    let mut text = String::from(
        "You are a front-end developer who turns a description or a screenshot into one complete web page.\n\
         Answer with the page and nothing else: a whole HTML document from <!DOCTYPE html> to </html>, without \
         Markdown fences and without any explanation.\n\
         Write every part of the page in full. Never leave a comment in place of content, and never shorten a list \
         that repeats.\n\
         The page stands alone: scripts and styles are inline or come from the libraries named below. Where a picture \
         is needed, use https://placehold.co in the right size, with an alt text that describes the picture.\n",
    );
    text.push_str(stack_text(request.stack));
    if let Some(design_system) = &request.design_system {
        text.push_str("\nFollow this design system wherever it says something:\n");
        text.push_str(design_system);
        text.push('\n');
    }
    text
}

const fn stack_text(stack: Stack) -> &'static str {
    match stack {
        Stack::HtmlTailwind => {
            "Use HTML with Tailwind, loaded by <script src=\"https://cdn.tailwindcss.com\"></script>.\n"
        }
        Stack::HtmlCss => "Use HTML with plain CSS in one <style> element, and plain JavaScript where it is needed.\n",
        Stack::ReactTailwind => {
            "Use React 18 and Babel from https://cdn.jsdelivr.net, with the components in one \
             <script type=\"text/babel\"> that renders into <div id=\"root\">, and Tailwind from \
             https://cdn.tailwindcss.com.\n"
        }
        Stack::Bootstrap => {
            "Use HTML with Bootstrap 5, its style sheet and its bundle loaded from https://cdn.jsdelivr.net.\n"
        }
        Stack::VueTailwind => {
            "Use Vue 3's global build from https://cdn.jsdelivr.net, mounted on <div id=\"app\">, and Tailwind from \
             https://cdn.tailwindcss.com.\n"
        }
        Stack::IonicTailwind => {
            "Use Ionic's web components from https://cdn.jsdelivr.net (module script and style sheet) and Tailwind \
             from https://cdn.tailwindcss.com; the page is an <ion-app>.\n"
        }
    }
}

fn create_turn(request: &GenerationRequest) -> Message {
    let Turn { text, images } = &request.prompt;
    let text = match request.input_mode {
        InputMode::Text => format!("Make this page:\n{text}"),
        InputMode::Image => {
            let mut wish = String::from(
                "Make a page that looks exactly like the screenshot: layout, colours, fonts, sizes and every word. \
                 If there are several screenshots, they show one site; make one page of them.",
            );
            if !text.trim().is_empty() {
                wish.push_str("\nAlso: ");
                wish.push_str(text);
            }
            wish
        }
    };
    Message { speaker: Speaker::User, text, images: images.clone() }
}

fn update_turns(request: &GenerationRequest) -> Vec<Message> {
    let mut turns: Vec<Message> = request.history.iter().map(past_turn).collect();
    let history_asks = request.history.last().is_some_and(|last| last.role == Role::User);
    if !history_asks {
        let mut wish = request.prompt.text.clone();
        if let (true, Some(page)) = (request.history.is_empty(), &request.current_page) {
            wish = format!("This is the page:\n{page}\n\nChange it like this:\n{wish}");
        }
        turns.push(Message { speaker: Speaker::User, text: wish, images: request.prompt.images.clone() });
    }
    if let (Some(last), Some(element)) = (turns.last_mut(), &request.selected_element_html) {
        last.text.push_str("\nThe change is about this element of the page:\n");
        last.text.push_str(element);
    }
    turns
}

fn past_turn(past: &PastTurn) -> Message {
    let speaker = match past.role {
        Role::User => Speaker::User,
        Role::Assistant => Speaker::Assistant,
    };
    Message { speaker, text: past.turn.text.clone(), images: past.turn.images.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::StartRequest;
    use serde_json::{Value, json};

    fn ask(params: &Value) -> Vec<Message> {
        messages(&StartRequest::read(params.as_object().unwrap()).unwrap().request)
    }

    #[test]
    fn every_stack_says_which_libraries_to_use() {
        let texts: Vec<&str> = Stack::ALL.into_iter().map(stack_text).collect();
        assert_eq!(texts.iter().collect::<std::collections::HashSet<_>>().len(), Stack::ALL.len());
    }

    #[test]
    fn a_screenshot_travels_with_the_wish() {
        let image = "data:image/png;base64,AAAA";
        let messages = ask(&json!({"inputMode": "image", "prompt": {"text": "in green", "images": [image]}}));
        assert_eq!(messages[1].images, [image]);
        assert!(messages[1].text.ends_with("Also: in green"));
    }

    #[test]
    fn an_edit_without_history_shows_the_model_the_page() {
        let messages = ask(&json!({
            "generationType": "update", "prompt": {"text": "bigger", "selectedElementHtml": "<h1>A</h1>"},
            "fileState": {"content": "<html>A</html>"}, "history": []
        }));
        assert_eq!(messages.len(), 2);
        assert!(messages[1].text.contains("<html>A</html>") && messages[1].text.contains("bigger"));
        assert!(messages[1].text.ends_with("<h1>A</h1>"));
    }

    #[test]
    fn an_edit_with_history_asks_its_last_turn_once() {
        let messages = ask(&json!({
            "generationType": "update", "prompt": {"text": "bigger"},
            "history": [{"role": "user", "text": "a page"}, {"role": "assistant", "text": "<html></html>"},
                        {"role": "user", "text": "bigger"}]
        }));
        let speakers: Vec<Speaker> = messages.iter().map(|message| message.speaker).collect();
        assert_eq!(speakers, [Speaker::System, Speaker::User, Speaker::Assistant, Speaker::User]);
    }
}
