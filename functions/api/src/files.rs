//! The web page's files, part of the binary: the function needs no second place to read them from.
//!
//! `/` is the page. Everything that it loads lies at `/assets/<release>/<name>`, where the release is a hash of all files:
//! such an address never changes its content, so browsers keep it, and relative imports stay within one release. Its styles are
//! part of it, under a hash in its policy.

use crate::answer;
use crate::request::Request;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::{ErrorCode, Refusal};
use std::path::Path;

pub(crate) struct File {
    name: &'static str,
    pub(crate) text: &'static str,
    pub(crate) gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

const ASSETS: &str = "/assets/";
const PAGE: &str = "index.html";
/// The shell that shows generated pages; it runs without an origin, like the pages.
const SHELL: &str = "preview.html";
const ICON: &str = "favicon.svg";

impl File {
    pub(crate) fn content_type(&self) -> &'static str {
        match Path::new(self.name).extension().and_then(|extension| extension.to_str()) {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some(_) | None => "text/plain; charset=utf-8",
        }
    }
}

/// What may style the page.
pub(crate) const fn style_source() -> &'static str {
    STYLE_HASH
}

/// The file at a path.
pub(crate) fn serve(request: &Request, app_policy: &str) -> Result<ApiGatewayV2httpResponse, Refusal> {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Err(Refusal::general(ErrorCode::MethodNotAllowed, "This path does not take this method."));
    }
    let (name, release) = locate(&request.path);
    let file = FILES
        .iter()
        .find(|file| file.name == name)
        .ok_or_else(|| Refusal::general(ErrorCode::NotFound, "There is nothing at this path."))?;
    let policy = match name {
        PAGE => app_policy,
        SHELL => answer::PAGE_POLICY,
        _ => answer::FILE_POLICY,
    };
    // A page of another release, kept open over a deployment, is served what there is; but nobody may keep it under that name.
    let is_lasting = release == Some(RELEASE);
    Ok(answer::file(file, request.accepts_gzip, policy, is_lasting))
}

/// A path's file, and the release in which it is asked for.
fn locate(path: &str) -> (&str, Option<&str>) {
    if let Some((release, name)) = path.strip_prefix(ASSETS).and_then(|rest| rest.split_once('/')) {
        return (name, Some(release));
    }
    match path.trim_start_matches('/') {
        "" => (PAGE, None),
        // Browsers ask for this one on behalf of a page that names no icon, as generated pages do.
        "favicon.ico" => (ICON, None),
        name => (name, None),
    }
}

#[cfg(test)]
mod words;

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lambda_events::encodings::Body;
    use std::collections::BTreeSet;

    /// What the whole app may weigh, compressed.
    const APP_BYTES_MAX: usize = 90_000;

    fn get(path: &str, accepts_gzip: bool) -> Result<ApiGatewayV2httpResponse, Refusal> {
        serve(&Request::of_file("GET", path, accepts_gzip), "default-src 'none'")
    }

    fn header(answer: &ApiGatewayV2httpResponse, name: &str) -> String {
        answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    fn text(answer: &ApiGatewayV2httpResponse) -> String {
        let Some(Body::Text(text)) = &answer.body else { panic!("no text") };
        text.clone()
    }

    #[test]
    fn every_address_that_the_page_and_its_modules_name_is_served_and_kept_for_good() {
        let page = text(&get("/", false).unwrap());
        let mut named: BTreeSet<String> =
            page.split('"').filter(|part| part.starts_with(ASSETS)).map(str::to_owned).collect();
        assert!(named.len() > 20, "{named:?}");
        assert_eq!(
            (page.matches("<style>").count(), page.matches("stylesheet").count()),
            (1, 0),
            "one style, and it is inside"
        );
        for file in
            FILES.iter().filter(|file| !file.name.contains('/') && file.content_type().starts_with("text/javascript"))
        {
            for import in file.text.split("\"./").skip(1) {
                named.insert(format!("{ASSETS}{RELEASE}/{}", import.split('"').next().unwrap()));
            }
        }
        for address in named {
            let answer = get(&address, true).unwrap_or_else(|_| panic!("{address} is not served"));
            assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable", "{address}");
        }
    }

    #[test]
    fn nothing_is_kept_under_a_name_that_may_come_to_mean_something_else() {
        for path in ["/", "/favicon.ico", "/app.js", "/assets/0000000000000000/app.js"] {
            assert_eq!(header(&get(path, true).unwrap(), "cache-control"), "no-cache", "{path}");
        }
        assert_eq!(get("/assets/app.js", true).unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(get(&format!("/assets/{RELEASE}/../lib.rs"), true).unwrap_err().code, ErrorCode::NotFound);
    }

    #[test]
    fn files_go_compressed_to_whoever_takes_that_and_the_whole_app_is_small() {
        let plain = get("/", false).unwrap();
        let compressed = get("/", true).unwrap();
        assert_eq!(
            (header(&plain, "content-encoding"), header(&compressed, "content-encoding")),
            (String::new(), "gzip".to_owned())
        );
        assert_eq!(
            (header(&plain, "vary"), header(&compressed, "vary")),
            ("accept-encoding".to_owned(), "accept-encoding".to_owned())
        );
        let weight: usize = FILES.iter().map(|file| file.gzip.len()).sum();
        assert!(weight < APP_BYTES_MAX, "the app weighs {weight} bytes");
    }

    #[test]
    fn modules_and_styles_are_served_without_their_comments_and_with_their_line_numbers() {
        let served = |name: &str| FILES.iter().find(|file| file.name == name).unwrap().text;
        let (source, served_as) = (include_str!("../web/assembly.js"), served("assembly.js"));
        assert_eq!(source.lines().count(), served_as.lines().count());
        let lines = source.lines().zip(served_as.lines());
        let (comments, code): (Vec<_>, Vec<_>) = lines.partition(|(line, _)| line.trim_start().starts_with('/'));
        assert!(comments.len() > 5 && comments.iter().all(|(_, served)| served.is_empty()), "{comments:?}");
        assert!(code.iter().all(|(line, served)| line == served), "{code:?}");
        let ours = FILES.iter().filter(|file| !file.name.starts_with("vendor/"));
        for file in ours.filter(|file| file.content_type().starts_with("text/javascript")) {
            assert!(file.text.lines().all(|line| !line.trim_start().starts_with("//")), "{}", file.name);
        }
        assert_eq!(served("vendor/prism.js"), include_str!("../web/vendor/prism.js"));
    }

    #[test]
    fn generated_pages_run_without_an_origin() {
        let shell = get(&format!("{ASSETS}{RELEASE}/{SHELL}"), true).unwrap();
        let policy = header(&shell, "content-security-policy");
        assert!(policy.starts_with("sandbox allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
        assert_eq!(header(&get("/", true).unwrap(), "content-security-policy"), "default-src 'none'");
    }
}
