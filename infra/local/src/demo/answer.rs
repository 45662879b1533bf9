//! What the demo says: a page, a part of one, or something else.

use super::behaviour::Behaviour;
use super::server::Message;
use domain::answer::rest_turns;

/// Parts of a page that never ends: more than anybody asks for.
const ENDLESS_PARTS: usize = 64;
/// What is repeated at a seam, in bytes.
const REPEATED_BYTES: usize = 300;
/// Room for pictures, as models leave it; two of them are alike.
const PLACEHOLDERS: &str = "\
<section><img src=\"https://placehold.co/600x400\" alt=\"A loaf on a board\" width=\"600\"></section>
<section><img src=\"https://placehold.co/300x300\" alt=\"The oven &amp; its keeper\"></section>
<section><img src=\"https://placehold.co/600x400\" alt=\"A loaf on a board\"></section>
</main>";

/// The conversation without the two turns that ask for the rest of an answer, and the answer so far.
pub(super) fn without_rest_turns(messages: &[Message]) -> (&[Message], Option<String>) {
    let [_, wanted] = rest_turns("");
    if let [earlier @ .., so_far, last] = messages
        && last.content.as_str() == Some(wanted.text.as_str())
    {
        return (earlier, so_far.content.as_str().map(str::to_owned));
    }
    (messages, None)
}

/// The text of the answer and its finish reason. `so_far` is what came before, if the rest is asked for.
pub(super) fn answer(behaviour: &Behaviour, page: String, so_far: Option<&str>) -> (String, &'static str) {
    match behaviour {
        Behaviour::Empty => (String::new(), "stop"),
        Behaviour::NoPage => ("I am afraid that I cannot draw that.".to_owned(), "stop"),
        Behaviour::Sorry => ("I\u{2019}m sorry, but I can\u{2019}t help with that.".to_owned(), "stop"),
        Behaviour::Refusal => ("I will not draw that.".to_owned(), "stop"),
        Behaviour::Prose => (format!("Here is your page:\n\n```html\n{page}\n```\n\nTell me what to change!"), "stop"),
        Behaviour::Component => (
            "```jsx\nexport default function Page() {\n  return <main className=\"p-8\">Hello</main>;\n}\n```"
                .to_owned(),
            "stop",
        ),
        Behaviour::Pictures => (page.replace("</main>", PLACEHOLDERS), "stop"),
        Behaviour::Filter => (page[..page.floor_char_boundary(page.len() / 2)].to_owned(), "content_filter"),
        Behaviour::Length => part(&page, so_far, ENDLESS_PARTS),
        Behaviour::LengthParts(parts) => part(&page, so_far, *parts),
        Behaviour::LengthRepeat => {
            let (rest, finish) = part(&page, so_far, 2);
            let end = so_far.map_or("", |so_far| &so_far[so_far.floor_char_boundary(so_far.len() - REPEATED_BYTES)..]);
            if so_far.is_none() {
                (rest, finish)
            } else {
                (format!("Here is the rest:\n```html\n{end}{rest}\n```"), finish)
            }
        }
        Behaviour::LengthAgain if so_far.is_some() => (page.replace("</h1>", ", once more</h1>"), "stop"),
        Behaviour::LengthAgain => part(&page, so_far, 2),
        Behaviour::Page
        | Behaviour::Slow
        | Behaviour::Paced { .. }
        | Behaviour::Stall
        | Behaviour::Cut(_)
        | Behaviour::CutOnce(_)
        | Behaviour::CutThen(_)
        | Behaviour::ErrorInStream
        | Behaviour::Status(_)
        | Behaviour::BusyOnce
        | Behaviour::Quota
        | Behaviour::UnknownEvent
        | Behaviour::Split
        | Behaviour::NoUsage => (page, "stop"),
    }
}

/// The next of so many parts of a page.
fn part(page: &str, so_far: Option<&str>, parts: usize) -> (String, &'static str) {
    let from = so_far.map_or(0, |so_far| page.floor_char_boundary(so_far.len()));
    let until = page.ceil_char_boundary((from + page.len().div_ceil(parts)).min(page.len()));
    (page[from..until].to_owned(), if until == page.len() { "stop" } else { "length" })
}
