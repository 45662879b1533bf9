//! The turns: what a person asks now and has asked before, and the pages that it is about.

use super::{Message, Speaker};
use crate::limits::OPTIONS_SHOWN_BYTES_MAX;
use crate::request::{GenerationRequest, PastTurn, Role, Turn};
use crate::stack::InputMode;
use std::fmt::Write as _;

/// What stands before a description.
const PAGE_TO_BUILD: &str = "Build this page:\n";
/// What stands before a wish, if something else comes first.
const WISH: &str = "The wish:\n";

/// The first paragraph of what a person asked in a turn of ours: what the demo model makes its title of.
#[must_use]
pub fn wish_in(turn: &str) -> &str {
    let asked = match turn.rsplit_once(WISH) {
        Some((_, wish)) => wish,
        None => turn.strip_prefix(PAGE_TO_BUILD).unwrap_or(turn),
    };
    asked.split("\n\n").next().unwrap_or(asked)
}

/// The one turn of a new page.
pub(super) fn create(request: &GenerationRequest) -> Message {
    let images = request.prompt.images.clone();
    let text = match request.input_mode {
        InputMode::Text if images.is_empty() => format!("{PAGE_TO_BUILD}{}", request.wish()),
        InputMode::Text => format!("{PAGE_TO_BUILD}{}\n\n{}", request.wish(), pictures(images.len())),
        InputMode::Image => from_screenshots(images.len(), request.wish()),
    };
    Message { speaker: Speaker::User, text, images }
}

fn from_screenshots(count: usize, instructions: &str) -> String {
    let mut text = if count == 1 {
        "Build the page that this screenshot shows.\n".to_owned()
    } else {
        format!(
            "Build the page that these {count} screenshots show, in their order. They belong to one site: parts or states of \
             one page become one page, and different pages become views of one document, with a navigation that switches \
             between them.\n"
        )
    };
    text.push_str(
        "- It has to look exactly like the screenshot when both are laid side by side: layout, order, sizes, distances, \
         colours, borders, shadows, corner radii, fonts and their weights. Measure rather than guess.\n\
         - Every word of the screenshot is in the page, letter for letter, in its language; every number, label and date too.\n\
         - Everything that is in the screenshot is in the page, and nothing that is not. What is cut off at its edge ends \
         where a reader would expect.\n\
         - Leave out what belongs to the browser or the system: address bars, tabs, scroll bars, cursors.\n",
    );
    if !instructions.trim().is_empty() {
        text.push_str("These instructions come before the screenshot where they differ from it:\n");
        text.push_str(instructions);
    }
    text.truncate(text.trim_end().len());
    text
}

/// The turns of a change: the whole history, and last what is asked now, with the page that it is asked of.
pub(super) fn update(request: &GenerationRequest) -> Vec<Message> {
    let mut past: Vec<&PastTurn> = request.history.iter().collect();
    // A client's history may end with the present turn already.
    let present = match past.last() {
        Some(last) if last.role == Role::User => past.pop().map(|last| &last.turn),
        Some(_) | None => None,
    };
    let mut messages: Vec<Message> =
        past.iter().enumerate().map(|(place, turn)| earlier(place, turn, request)).collect();
    messages.push(asked_now(request, present.unwrap_or(&request.prompt)));
    messages
}

/// The first turn of a page that was made from screenshots reads as it did when the page was made.
fn earlier(place: usize, past: &PastTurn, request: &GenerationRequest) -> Message {
    let PastTurn { role, turn: Turn { text, images } } = past;
    let made_from_screenshots = place == 0 && request.input_mode == InputMode::Image && !images.is_empty();
    match role {
        Role::User => Message {
            speaker: Speaker::User,
            text: if made_from_screenshots { from_screenshots(images.len(), text) } else { text.clone() },
            images: images.clone(),
        },
        Role::Assistant => Message { speaker: Speaker::Assistant, text: text.clone(), images: Vec::new() },
    }
}

fn asked_now(request: &GenerationRequest, turn: &Turn) -> Message {
    // A history's last turn may say more than the prompt; if it says the same, the words meant for the model go first.
    let said_in_history = !turn.text.trim().is_empty() && turn.text != request.prompt.text;
    let wish = if said_in_history { turn.text.as_str() } else { request.wish() };
    let shown_before =
        request.history.iter().rev().find(|past| past.role == Role::Assistant).map(|past| past.turn.text.as_str());
    // Writing to a String cannot fail.
    let mut text = String::new();
    if let Some(page) = &request.current_page
        && shown_before.is_none_or(|before| before.trim() != page.trim())
    {
        let _ = write!(text, "This is the page as it stands:\n<current_page>\n{}\n</current_page>\n\n", page.trim());
    }
    let current = request.current_page.as_deref().or(shown_before).unwrap_or_default();
    text.push_str(&other_options(&request.option_codes, current));
    if text.is_empty() {
        text.push_str(wish);
    } else {
        let _ = write!(text, "{WISH}{wish}");
    }
    if !turn.images.is_empty() {
        let _ = write!(text, "\n\n{}", pictures(turn.images.len()));
    }
    // A client may have written the element into the wish itself.
    if let Some(element) = request.selected_element_html.as_deref().map(str::trim).filter(|html| !wish.contains(*html))
    {
        let _ = write!(
            text,
            "\n\nThe wish is about this element of the page:\n<selected_element>\n{element}\n</selected_element>"
        );
    }
    Message { speaker: Speaker::User, text, images: turn.images.clone() }
}

/// The other variants of the page, which a wish may speak of ("the header of option 2"). Those that do not fit are named.
fn other_options(codes: &[String], current: &str) -> String {
    let is_current = |code: &str| code.trim() == current.trim();
    let others: Vec<(usize, &str)> = (1..)
        .zip(codes.iter().map(|code| code.trim()))
        .filter(|(_, code)| !code.is_empty() && !is_current(code))
        .collect();
    if others.is_empty() {
        return String::new();
    }
    let mut text = match codes.iter().position(|code| is_current(code)) {
        Some(position) => format!("The page is option {} of {}.", position + 1, codes.len()),
        None => format!("The page has {} other options.", others.len()),
    };
    text.push_str(" The others are here only in case the wish speaks of them; take nothing from them otherwise.\n");
    let mut room = OPTIONS_SHOWN_BYTES_MAX;
    for (number, code) in others {
        let _ = if code.len() <= room {
            room -= code.len();
            writeln!(text, "<option number=\"{number}\">\n{code}\n</option>")
        } else {
            writeln!(text, "<option number=\"{number}\">too long to be shown</option>")
        };
    }
    text.push('\n');
    text
}

fn pictures(count: usize) -> String {
    if count == 1 {
        "The picture belongs to these words.".to_owned()
    } else {
        format!("The {count} pictures belong to these words, in their order.")
    }
}
