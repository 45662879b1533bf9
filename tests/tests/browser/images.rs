//! Screenshots, whichever way they come. The demo's pages say which images the model was shown.

use end_to_end::browser::{App, own_clipboard};
use end_to_end::images::png;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_screenshot_is_shown_to_the_model() {
    let Some(app) = App::open(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")]).await else { return };
    let clipboard = own_clipboard().await;
    app.tab.copy_png(&png(41, 30, true)).await;
    app.wish().await.click().await;
    app.tab.paste().await;
    app.until_attached(1).await;
    drop(clipboard);
    app.tab.write("As in the picture").await;
    let id = app.send().await;
    app.until_previewed(&app.tab, "1 image: 41x30.").await;
    assert_eq!(app.http().generation(&id).await["prompt"], "As in the picture");
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_screenshots_are_shown_in_their_order_also_one_that_is_too_large_for_a_message() {
    let Some(app) = App::open(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")]).await else { return };
    let folder = TempDir::new().unwrap();
    let (small, large) = (folder.path().join("small.png"), folder.path().join("large.png"));
    std::fs::write(&small, png(64, 48, false)).unwrap();
    std::fs::write(&large, png(500, 400, true)).unwrap();
    let wish = app.wish().await;
    app.tab.drop_files(&wish, &[&small, &large]).await;
    app.until_attached(2).await;
    app.send().await;
    app.until_previewed(&app.tab, "2 images: 64x48, 500x400.").await;
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_image_is_refused_before_it_is_sent() {
    let Some(app) = App::open(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")]).await else { return };
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a picture").unwrap();
    let button = app.attach_button().await;
    app.tab.choose_files(&button, &[&text]).await;
    app.tab.until_text("Only PNG, JPEG, GIF and WebP images can be added.").await;
    app.until_attached(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_screenshots_are_chosen_and_sent_and_a_sixth_is_left_out() {
    let Some(app) = App::open(&[("MODELS", "demo-a,demo-bb,demo-ccc,demo-dddd")]).await else { return };
    let folder = TempDir::new().unwrap();
    let files: Vec<_> = (1..=6).map(|width| folder.path().join(format!("{width}.png"))).collect();
    for (width, file) in (11..).zip(&files) {
        std::fs::write(file, png(width, 10, false)).unwrap();
    }
    let button = app.attach_button().await;
    app.tab.choose_files(&button, &files.iter().map(AsRef::as_ref).collect::<Vec<_>>()).await;
    app.tab.until_text("At most 5 screenshots go together; the others were left out.").await;
    app.until_attached(5).await;
    app.send().await;
    app.until_previewed(&app.tab, "5 images: 11x10, 12x10, 13x10, 14x10, 15x10.").await;
}
