//! What a person takes along: a page as one file, and as an archive with its pictures.

use end_to_end::browser::{App, until};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zip::ZipArchive;

/// The file of that kind which was downloaded, once it is whole.
async fn downloaded(folder: &Path, kind: &str) -> PathBuf {
    until(&format!("a {kind} file is there"), async || {
        let mut files = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
        files.find(|path| path.extension().is_some_and(|extension| extension == kind))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_downloaded_as_one_file_and_as_an_archive_with_its_pictures() {
    let environment = [("MODELS", "demo-pictures"), ("IMAGE_MODEL", "demo-image")];
    let Some(app) = App::open(&environment).await else { return };
    let folder = TempDir::new().unwrap();
    app.tab.download_into(folder.path()).await;
    let id = app.ask_for("A bakery by the sea").await;
    app.until_done(&app.tab).await;
    let page = app.http().page(&id, 0).await;
    let pictures = page.matches("/pictures/1-").count();
    assert!(pictures > 0, "{page}");

    app.tab.find("button", "HTML: download the page of demo-pictures as one file").await.click().await;
    let file = downloaded(folder.path(), "html").await;
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with(&format!("quartet-{}-demo-pictures", &id[..8])), "{name}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.matches("data:image/png;base64,").count(), pictures, "it needs no server any more");
    assert!(!text.contains("/api/generations/"), "{text}");

    app.tab.find("button", "ZIP: download the page of demo-pictures with its images").await.click().await;
    let archive = std::fs::read(downloaded(folder.path(), "zip").await).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(
        names.contains(&"index.html".to_owned()) && names.contains(&"images/picture-1.png".to_owned()),
        "{names:?}"
    );
    let mut index = String::new();
    archive.by_name("index.html").unwrap().read_to_string(&mut index).unwrap();
    assert!(index.contains("images/picture-1.png") && !index.contains("/api/generations/"), "{index}");
    app.assert_no_complaints();
}
