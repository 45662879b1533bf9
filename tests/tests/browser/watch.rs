//! Watching pages grow: side by side, without flicker, at a desktop's width and a phone's.

use crate::browser::scripted::Scripted;
use end_to_end::browser::{App, Element, Emulated, Name, look_for, until};
use serde_json::{Value, json};

const FOUR: (&str, &str) = ("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd");
/// The parts in which a page that grows is written on, ten a second.
const PARTS: usize = 40;
/// In the frame that shows a page: notes every moment without one, and when each new one came.
const WATCH: &str = "typeof withScript === 'function' && document.querySelector('iframe.front') !== null && (() => {
    window.seen ??= {blinks: 0, times: []};
    window.watching ??= new MutationObserver((changes) => {
        if (document.querySelector('iframe.front') === null) seen.blinks += 1;
        const isNew = changes.some(({addedNodes}) => [...addedNodes].some(({nodeName}) => nodeName === 'IFRAME'));
        if (isNew) seen.times.push(performance.now());
    });
    watching.observe(document.body, {childList: true, subtree: true, attributes: true});
    return true;
})()";
const SEEN: &str = "typeof withScript === 'function' && seen";
/// How far down a reader is.
const DOWN: u32 = 400;

/// Where the frames of a preview are, for a failure.
const PLACES: &str = "[location.href, innerHeight, scrollY, document.documentElement?.scrollHeight]";

/// The four previews, as soon as each says that something is true.
async fn until_in_each(app: &App, what: &str, expression: &str) -> Vec<Element> {
    let previews = until("four previews are shown", async || {
        Some(app.previews(&app.tab).await).filter(|previews| previews.len() == 4)
    })
    .await;
    for preview in &previews {
        let says = async || app.tab.in_frames_of(preview, expression).await.contains(&json!(true)).then_some(());
        let seen = look_for(says).await;
        let there = app.tab.in_frames_of(preview, PLACES);
        assert!(seen.is_some(), "not in time: {what}; a preview says {:?}", there.await);
    }
    previews
}

/// A page that is shown is so far down.
fn at(down: u32) -> String {
    format!("location.href === 'about:srcdoc' && innerHeight > 0 && scrollY === {down}")
}

/// The reader of each of four previews scrolls.
async fn scroll_down(app: &App) {
    let scrolls = format!("location.href === 'about:srcdoc' && (scrollTo(0, {DOWN}), false)");
    let told = format!("typeof withScript === 'function' && scroll.y === {DOWN}");
    for preview in app.previews(&app.tab).await {
        until("their reader has scrolled down", async || {
            app.tab.in_frames_of(&preview, &scrolls).await;
            app.tab.in_frames_of(&preview, &told).await.contains(&json!(true)).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_grows_without_flicker_a_few_times_a_second_and_stays_where_its_reader_is() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    let part = "<p>A line of a page that grows</p>\n".repeat(10);
    let mut others = vec![part.clone(); PARTS];
    others.push("<p>Its last words</p></body></html>".to_owned());
    model.write_in_parts(&format!("<!DOCTYPE html><html><body>{}", part.repeat(10)), others);
    app.ask_for("Four pages that grow").await;
    let previews = until_in_each(&app, "all previews show something and are watched", WATCH).await;
    scroll_down(&app).await;
    model.go_on();
    app.until_done(&app.tab).await;
    app.until_previews(4, "Its last words").await;

    for preview in previews {
        let seen = app.tab.in_frames_of(&preview, SEEN).await.into_iter().find(Value::is_object).unwrap();
        assert_eq!(seen["blinks"], 0, "there always was a page to be seen: {seen}");
        let times: Vec<f64> = seen["times"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
        assert!(times.len() > 1, "it grew before its reader's eyes: {seen}");
        // A few messages may come late and together; many do not.
        let count = f64::from(u32::try_from(times.len()).unwrap());
        let seconds = (times[times.len() - 1] - times[0]) / 1_000.0;
        assert!(count <= 4.0 + seconds / 0.4, "{count} new pages in {seconds} s");
    }
    until_in_each(&app, "every preview is where its reader was", &at(DOWN)).await;
}

/// Four long pages whose reader has scrolled down, and whose rest is written once the model may go on.
async fn read_down(model: &Scripted, app: &App, rest: &str) {
    let long = format!("<!DOCTYPE html><body>{}", "<p>A line of the page</p>\n".repeat(100));
    model.write_in_two(&long, rest);
    app.ask_for("A page to be read").await;
    app.until_previews(4, "A line of the page").await;
    scroll_down(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_is_where_they_were_when_they_come_back_from_the_code() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    read_down(&model, &app, "<p>Written while its reader reads the code</p>").await;
    let code = app.code(&app.tab, "model-b").await;
    model.go_on();
    code.until("has grown", |code| code.contains("Written while")).await;
    app.until_done(&app.tab).await;
    app.preview("model-b").await;
    app.until_previews(4, "Written while").await;
    until_in_each(&app, "every preview is where its reader was", &at(DOWN)).await;
    app.code(&app.tab, "model-b").await;
    app.preview("model-b").await;
    until_in_each(&app, "every preview is still there", &at(DOWN)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_stays_where_they_are_when_a_page_builds_itself_line_by_line() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    // Its lines come one by one, under its reader's eyes, and the last one last.
    let builds = "<p>Built</p><script>
        const lines = [...document.querySelectorAll('p')];
        for (const line of lines) line.hidden = true;
        const timer = setInterval(() => {
            if (lines.length > 0) lines.shift().hidden = false;
            else clearInterval(timer);
        }, 10);
    </script>";
    read_down(&model, &app, builds).await;
    model.go_on();
    app.until_done(&app.tab).await;
    app.until_previews(4, "Built").await;
    until_in_each(&app, "every preview is where its reader was", &at(DOWN)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn panes_stand_side_by_side_as_far_as_the_window_allows() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    for (width, columns) in [(1_600, 4), (1_280, 4), (1_000, 2), (760, 2), (759, 1), (390, 1)] {
        app.tab.pretend(&Emulated { size: (width, 900), ..Emulated::default() }).await;
        let shown = "[...document.querySelectorAll('.pane')].filter((pane) => {
            const { top, left, right } = pane.getBoundingClientRect();
            const first = document.querySelector('.pane').getBoundingClientRect();
            return top === first.top && left > -1 && right < innerWidth + 1;
        }).length";
        app.tab.until(&format!("{columns} in a row at {width} pixels"), &format!("{shown} === {columns}")).await;
        let fits = "document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(app.tab.evaluate(fits).await, true, "nothing sticks out at {width} pixels");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_laid_out_at_a_desktops_width_or_a_phones() {
    let Some(app) = App::open(&[FOUR]).await else { return };
    app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    app.until_previewed(&app.tab, "A bakery by the sea").await;
    let frame = app.tab.find("Iframe", Name::Is("Preview of demo-bb")).await;
    let widths = app.tab.find("group", "Width of demo-bb").await;
    for (button, width) in [("Mobile", 390), ("Desktop", 1_200)] {
        app.tab.find_in(&widths, "button", button).await.click().await;
        until(&format!("the page is {width} pixels wide"), async || {
            app.tab.in_frames_of(&frame, "innerWidth").await.contains(&json!(width)).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stack_that_was_chosen_is_asked_for_and_the_demo_is_announced_only_where_there_is_one() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    assert!(!app.tab.text().await.contains("Demo model"), "real models answer here");
    model.write("<!DOCTYPE html><title>A page</title><body>A page");
    let stack = app.tab.find("combobox", "Built with").await;
    stack.ask("function () { this.value = 'vue_tailwind'; this.dispatchEvent(new Event('change')); }").await;
    let id = app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    assert_eq!(app.http().generation(&id).await["stack"], "vue_tailwind");
    assert!(model.asked()[0].to_string().contains("Vue"), "the model is told");

    let demo = App::open(&[FOUR]).await.unwrap();
    demo.tab.find("complementary", "Demo").await.until_text("Demo model: no OPENAI_API_KEY is set").await;
}
