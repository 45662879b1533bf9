//! The pictures of the README: `UPDATE_DOCS=1 cargo test -p end-to-end --test browser pictures` draws them anew.

use end_to_end::browser::{App, Emulated, Tab};
use std::path::PathBuf;

const ENVIRONMENT: (&str, &str) =
    ("MODELS", "demo-gpt-4o-2024-11-20,demo-gpt-4.1-2025-04-14,demo-gpt-4.1-mini-2025-04-14,demo-gpt-4o-2024-08-06");
const WISH: &str = "A bakery by the sea, with opening hours and a map";
const MODEL: &str = "demo-gpt-4.1-2025-04-14";
const LAST_WORDS: &str = "Written by Quartet's demo model";
const MOST_BYTES: u64 = 150 * 1024;
const NAMES: [&str; 4] = ["four-pages", "change", "compare", "phone"];

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs")).join(format!("{name}.webp"))
}

async fn draw(tab: &Tab, name: &str) {
    std::fs::write(path(name), tab.picture().await).unwrap();
}

async fn draw_all() {
    let wide = Emulated { size: (1440, 900), ..Emulated::default() };
    let app = App::open_as(&[ENVIRONMENT], &wide).await.expect("a Chromium to draw with");
    app.ask_for(WISH).await;
    app.until_done(&app.tab).await;
    app.until_previews(4, LAST_WORDS).await;
    draw(&app.tab, "four-pages").await;

    app.tab.find("button", &*format!("Best: pick {MODEL} as the winner")).await.click().await;
    app.tab.find("button", &*format!("Change the page of {MODEL}")).await.click().await;
    app.tab.find("button", "Select an element").await.click().await;
    app.click_in_preview(MODEL, "section:nth-child(10) h2").await;
    app.pane(&app.tab, MODEL).await.until_text("About <h2>").await;
    app.tab.write("Say that there is a garden, too").await;
    app.tab.pretend(&Emulated { is_dark: true, ..wide }).await;
    draw(&app.tab, "change").await;

    app.tab.find("link", "Compare models").await.click().await;
    app.tab.until_text("1 of 1 (100%)").await;
    app.tab.pretend(&wide).await;
    draw(&app.tab, "compare").await;

    app.tab.pretend(&Emulated { size: (390, 780), is_phone: true, is_dark: true, language: "en-US" }).await;
    app.tab.find("link", "New page").await.click().await;
    app.open_from_history(&app.tab, "A bakery").await;
    app.until_previews(4, LAST_WORDS).await;
    draw(&app.tab, "phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_shows_the_main_states_in_small_pictures() {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        draw_all().await;
    }
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    for name in NAMES {
        let bytes = std::fs::metadata(path(name)).unwrap().len();
        assert!(bytes < MOST_BYTES, "{name} has {bytes} bytes");
        assert!(readme.contains(&format!("docs/{name}.webp")), "{name} is shown");
    }
}
