//! The web page's files, part of the binary: the function needs no second place to read them from.

use crate::answer;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::{ErrorCode, Refusal};

struct File {
    path: &'static str,
    content_type: &'static str,
    text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

macro_rules! files {
    ($($name:literal: $content_type:expr),* $(,)?) => {
        &[$(File { path: $name, content_type: $content_type, text: include_str!(concat!("../web/", $name)) }),*]
    };
}

const FILES: &[File] = files! {
    "index.html": HTML,
    "preview.html": HTML,
    "favicon.svg": "image/svg+xml",
    "quartet.css": STYLE,
    "panes.css": STYLE,
    "app.js": SCRIPT,
    "assembly.js": SCRIPT,
    "attachments.js": SCRIPT,
    "board.js": SCRIPT,
    "compose.js": SCRIPT,
    "connection.js": SCRIPT,
    "format.js": SCRIPT,
    "history.js": SCRIPT,
    "http.js": SCRIPT,
    "panes.js": SCRIPT,
    "patience.js": SCRIPT,
    "preview.js": SCRIPT,
    "quartet.js": SCRIPT,
    "recovery.js": SCRIPT,
    "unsent.js": SCRIPT,
    "uploads.js": SCRIPT,
    "variants.js": SCRIPT,
};

/// The shell that shows generated pages; it runs without an origin, like the pages.
const SHELL: &str = "preview.html";

/// The file at a path; `/` is the page, which may upload to that origin.
pub(crate) fn serve(method: &str, path: &str, upload_origin: &str) -> Result<ApiGatewayV2httpResponse, Refusal> {
    if !matches!(method, "GET" | "HEAD") {
        return Err(Refusal::general(ErrorCode::MethodNotAllowed, "This path does not take this method."));
    }
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        // Browsers ask for this one on behalf of a page that names no icon, as generated pages do.
        "favicon.ico" => "favicon.svg",
        name => name,
    };
    FILES
        .iter()
        .find(|file| file.path == name)
        .map(|file| {
            if file.path == SHELL {
                answer::preview(file.content_type, file.text)
            } else {
                answer::file(file.content_type, file.text, upload_origin)
            }
        })
        .ok_or_else(|| Refusal::general(ErrorCode::NotFound, "There is nothing at this path."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_of_the_page_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/web");
        let on_disk: BTreeSet<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let served: BTreeSet<String> = FILES.iter().map(|file| file.path.to_owned()).collect();
        assert_eq!(served, on_disk);
    }

    #[test]
    fn the_app_runs_under_a_strict_policy_and_generated_pages_without_an_origin() {
        let policy = |path| {
            let answer = serve("GET", path, "https://uploads.test").unwrap();
            answer.headers["content-security-policy"].to_str().unwrap().to_owned()
        };
        assert!(policy("/").starts_with("default-src 'self'"));
        assert!(policy("/").contains("connect-src 'self' ws: wss: https://uploads.test;"));
        assert!(policy("/preview.html").starts_with("sandbox allow-scripts"));
        assert!(!policy("/preview.html").contains("allow-same-origin"));
    }
}
