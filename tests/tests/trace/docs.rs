//! The tables in `docs/troubleshooting.md` are made from the code. `UPDATE_DOCS=1` writes them anew.

use doctor::CAUSES;
use domain::stage::STAGES;
use std::fmt::Write as _;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/troubleshooting.md");

fn stages() -> String {
    let mut table =
        "| stage | written by | fields | means | if it is the last one |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for row in &STAGES {
        let fields: Vec<String> = row.fields.iter().map(|field| format!("`{field}`")).collect();
        let fields = fields.join(", ");
        writeln!(table, "| `{}` | {} | {fields} | {} | {} |", row.name, row.function, row.reached, row.last).unwrap();
    }
    table
}

fn causes() -> String {
    let mut table = "| cause | on one machine | on AWS, where that differs |\n| --- | --- | --- |\n".to_owned();
    for entry in &CAUSES {
        let clean = |text: &str| text.replace("{host}", "HOST").replace("{port}", "PORT").replace('|', "\\|");
        let on_aws = entry.on_aws.map(clean).unwrap_or_default();
        writeln!(table, "| {} | {} | {on_aws} |", entry.title, clean(entry.here)).unwrap();
    }
    table
}

#[test]
fn the_tables_in_the_document_are_those_of_the_code() {
    let mut document = std::fs::read_to_string(DOCUMENT).unwrap();
    let written = document.clone();
    for (name, table) in [("stages", stages()), ("causes", causes())] {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
        let (before, rest) = document.split_once(&begin).unwrap_or_else(|| panic!("{begin} is missing"));
        let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{end} is missing"));
        document = format!("{before}{begin}{table}{end}{after}");
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(DOCUMENT, &document).unwrap();
    } else {
        assert!(document == written, "run UPDATE_DOCS=1 cargo test -p end-to-end --test trace");
    }
}
