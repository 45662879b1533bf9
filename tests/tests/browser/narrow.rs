//! A phone.

use end_to_end::browser::{App, Emulated};

const PHONE: Emulated = Emulated { size: (360, 740), is_phone: true, is_dark: false, language: "en-US" };

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_everything_fits_the_width_and_works() {
    let Some(app) = App::open_as(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")], &PHONE).await else { return };
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(app.tab.evaluate(fits).await, true, "nothing sticks out of the empty page");
    app.ask_for("A page on a phone").await;
    app.until_previewed(&app.tab, "A page on a phone").await;
    app.until_done(&app.tab).await;
    assert_eq!(app.tab.evaluate(fits).await, true, "nothing sticks out of the panes");
    app.code(&app.tab, "demo-dddd").await.until_text("A page on a phone").await;
}
