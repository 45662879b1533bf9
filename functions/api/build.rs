//! Takes the page's files into the binary: without comments, compressed, and under a name that changes with their content. Links
//! the program that AWS runs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "../.cargo/link.rs"]
mod link;

/// What the page's own links begin with; the release takes the place of the dash.
const UNRELEASED: &str = "/assets/-/";
/// Scripts that are not asked for with the others: the first one, which asks for them, and what is fetched only where it is needed.
const APART: [&str; 5] = ["boot.js", "highlighter.js", "removal.js", "sharing.js", "sign-in.js"];
/// Where the page names its modules, so that a browser asks for all of them at once and not one after the other.
const MODULES: &str = "<!-- modules -->";

/// How the page names its style sheets. They become part of it: what is painted first waits for nothing else.
const SHEET: (&str, &str) = ("<link rel=\"stylesheet\" href=\"/assets/-/", "\">");
const PAGE: &str = "index.html";
/// What others have written is served as they wrote it.
const VENDORED: &str = "vendor/";

fn main() -> Result<(), Box<dyn Error>> {
    link::tightly();
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("web");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut paths = Vec::new();
    walk(&folder, &mut paths)?;
    paths.sort();
    let files: Vec<(String, String)> = paths
        .iter()
        .map(|path| {
            let (name, text) = (path.strip_prefix(&folder)?.display().to_string(), fs::read_to_string(path)?);
            let text = if is_ours(&name) { without_comments(&text) } else { text };
            Ok((name, text))
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    // It only has to differ when the content does.
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    let release = format!("{:016x}", hasher.finish());
    let style = style(&files)?;
    let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
    let mut table = format!("const RELEASE: &str = {release:?};\n");
    writeln!(table, "const STYLE_HASH: &str = \"sha256-{hash}\";\nconst FILES: &[File] = &[")?;
    for (number, (name, text)) in files.iter().enumerate() {
        let text = if name == PAGE { with_style(text, &style) } else { text.clone() };
        let text = released(&text, &release, &files);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes())?;
        fs::write(out.join(format!("{number}.txt")), &text)?;
        fs::write(out.join(format!("{number}.gz")), encoder.finish()?)?;
        writeln!(
            table,
            "    File {{ name: {name:?}, text: include_str!(\"{number}.txt\"), gzip: include_bytes!(\"{number}.gz\") }},"
        )?;
    }
    table.push_str("];\n");
    fs::write(out.join("files.rs"), table)?;
    Ok(())
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, paths)? } else { paths.push(path) }
    }
    Ok(())
}

fn is_ours(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("js" | "css")) && !name.starts_with(VENDORED)
}

/// A module or a style sheet without the comments that have lines of their own: they are a sixth of what would go over the line. Each
/// line keeps its number, so that what a browser complains of is found in the source.
fn without_comments(text: &str) -> String {
    let mut is_within = false;
    let lines = text.lines().map(|line| {
        let begin = line.trim_start();
        let is_comment = is_within || begin.starts_with("//") || begin.starts_with("/*");
        is_within = (is_within || begin.starts_with("/*")) && !begin.contains("*/");
        if is_comment { "\n".to_owned() } else { format!("{line}\n") }
    });
    lines.collect()
}

/// Everything in the style sheets that the page names, in its order.
fn style(files: &[(String, String)]) -> Result<String, Box<dyn Error>> {
    let find = |name: &str| files.iter().find(|(file, _)| file == name).map(|(_, text)| text.as_str());
    let page = find(PAGE).ok_or("there is no page")?;
    let names = page.split(SHEET.0).skip(1).filter_map(|rest| rest.split_once(SHEET.1)).map(|(name, _)| name);
    names.map(|name| find(name).ok_or_else(|| format!("there is no {name}").into())).collect()
}

fn with_style(page: &str, style: &str) -> String {
    let lines = page.lines().filter(|line| !line.trim_start().starts_with(SHEET.0));
    let without: String = lines.flat_map(|line| [line, "\n"]).collect();
    without.replacen("</title>", &format!("</title>\n<style>{style}</style>"), 1)
}

fn released(text: &str, release: &str, files: &[(String, String)]) -> String {
    let is_module = |name: &str| {
        Path::new(name).extension().is_some_and(|extension| extension == "js")
            && !name.contains('/')
            && !APART.contains(&name)
    };
    let modules: Vec<String> = files
        .iter()
        .filter(|(name, _)| is_module(name))
        .map(|(name, _)| format!("<link rel=\"modulepreload\" fetchpriority=\"low\" href=\"{UNRELEASED}{name}\">"))
        .collect();
    let modules = modules.join("\n  ");
    text.replace(MODULES, &modules).replace(UNRELEASED, &format!("/assets/{release}/"))
}
