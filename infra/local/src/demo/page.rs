//! The demo's pages: plain HTML that needs no other host, in four styles so that four variants look like four.

use std::fmt::Write as _;

struct Style {
    name: &'static str,
    background: &'static str,
    ink: &'static str,
    accent: &'static str,
    font: &'static str,
    radius: &'static str,
}

const STYLES: [Style; 4] = [
    Style {
        name: "Paper",
        background: "#faf6ef",
        ink: "#2b2620",
        accent: "#b4541a",
        font: "Georgia, serif",
        radius: "2px",
    },
    Style {
        name: "Harbour",
        background: "#f2f7fb",
        ink: "#14283a",
        accent: "#1667a8",
        font: "system-ui, sans-serif",
        radius: "14px",
    },
    Style {
        name: "Night",
        background: "#14161c",
        ink: "#eceef4",
        accent: "#8fd19e",
        font: "ui-monospace, monospace",
        radius: "6px",
    },
    Style {
        name: "Garden",
        background: "#f3f8f0",
        ink: "#22301f",
        accent: "#3f7d3a",
        font: "'Trebuchet MS', sans-serif",
        radius: "24px",
    },
];

const SECTIONS: [(&str, &str); 6] = [
    ("What we do", "Small things, made with care, every morning before the street wakes up."),
    ("How it began", "Two friends, one borrowed oven and a bicycle with a basket that was never large enough."),
    (
        "On the counter today",
        "Whatever is in season, and the three things that people would not forgive us for leaving out.",
    ),
    ("Come by", "Open from seven until everything is gone. On Sundays a little later, because so are we."),
    ("From the guest book", "“I came for the smell and stayed for the conversation.”"),
    ("Say hello", "Write, call or knock. The kettle is on."),
];

/// A page about the prompt, in the style that belongs to the model, of at least `bytes` bytes.
pub(super) fn page(model: &str, prompt: &str, bytes: usize) -> String {
    let Style { name, background, ink, accent, font, radius } = &STYLES[place(model) % STYLES.len()];
    let title = escape(prompt);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>\n\
         body {{ margin: 0; font-family: {font}; background: {background}; color: {ink}; line-height: 1.6 }}\n\
         header {{ padding: 4rem 2rem; border-bottom: 4px solid {accent} }}\n\
         h1 {{ margin: 0; font-size: clamp(1.8rem, 5vw, 3.2rem); line-height: 1.15 }}\n\
         main {{ display: grid; gap: 1.5rem; padding: 2rem; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)) }}\n\
         section {{ padding: 1.5rem; border: 1px solid {accent}; border-radius: {radius} }}\n\
         h2 {{ margin-top: 0; color: {accent} }}\nfooter {{ padding: 2rem; opacity: .8 }}\n\
         </style>\n</head>\n<body>\n<header>\n<p>Demo page · style {name}</p>\n<h1>{title}</h1>\n</header>\n<main>\n"
    );
    let tail = "</main>\n<footer>Written by Quartet's demo model. Set OPENAI_API_KEY for real ones.</footer>\n</body>\n</html>";
    let mut number = 0;
    while number < SECTIONS.len() || html.len() + tail.len() < bytes {
        let (heading, text) = SECTIONS[number % SECTIONS.len()];
        number += 1;
        // Writing to a String cannot fail.
        let _ = writeln!(html, "<section>\n<h2>{number}. {heading}</h2>\n<p>{text}</p>\n</section>");
    }
    html.push_str(tail);
    html
}

/// A model's place in the demo's line-up, so that its four look different; any other name's place is by its length.
fn place(model: &str) -> usize {
    super::line_up().iter().position(|known| known == model).unwrap_or(model.len())
}

fn escape(text: &str) -> String {
    let short: String = text.chars().take(300).collect();
    short.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
