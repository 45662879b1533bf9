//! A bare React or Vue component as a page that runs.
//!
//! Asked for a page, models sometimes answer with the component alone. In a browser that is plain text, so it is put into
//! a page that loads what the stack is made of and mounts it. The component itself stays readable in the page.

use crate::stack::Stack;
use std::fmt::Write as _;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
     <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Page</title>\n";
const TAILWIND: &str = "<script src=\"https://cdn.tailwindcss.com\"></script>\n";
/// TypeScript and JSX, as the file `component.tsx` would be read:
/// <https://babeljs.io/docs/babel-standalone#customization>.
const BABEL: &str = "<script src=\"https://cdn.jsdelivr.net/npm/@babel/standalone@7/babel.min.js\"></script>\n<script>\n\
     Babel.registerPreset(\"component\", { presets: [Babel.availablePresets.react,\n  \
     [Babel.availablePresets.typescript, { allExtensions: true, isTSX: true }]] });\n</script>\n";
/// Compiles a single-file component in the browser: <https://github.com/FranckFreiburger/vue3-sfc-loader>.
const VUE: &str = "<script src=\"https://cdn.jsdelivr.net/npm/vue@3/dist/vue.global.prod.js\"></script>\n\
     <script src=\"https://cdn.jsdelivr.net/npm/vue3-sfc-loader@0.9/dist/vue3-sfc-loader.js\"></script>\n";
const VUE_MOUNT: &str = "const { loadModule } = window[\"vue3-sfc-loader\"];\n\
     loadModule(\"/Page.vue\", {\n  moduleCache: { vue: Vue },\n  getFile: async () => component,\n  \
     addStyle: (css) => document.head.appendChild(Object.assign(document.createElement(\"style\"), { textContent: css })),\n\
     }).then((page) => Vue.createApp(page).mount(\"#app\"));\n";

/// The page that runs a bare component; `None` if `text` is not one. The request's stack says whether it expects Tailwind.
#[must_use]
pub fn page_of_component(text: &str, stack: Stack) -> Option<String> {
    let tailwind = match stack {
        Stack::HtmlTailwind | Stack::ReactTailwind | Stack::VueTailwind | Stack::IonicTailwind => TAILWIND,
        Stack::HtmlCss | Stack::Bootstrap => "",
    };
    react(text, tailwind).or_else(|| vue(text, tailwind))
}

fn react(code: &str, tailwind: &str) -> Option<String> {
    // Markup is a page or a part of one, and runs as it is.
    if code.trim_start().starts_with('<') || !code.contains('<') {
        return None;
    }
    let (code, mount) = if code.contains("createRoot(") || code.contains("ReactDOM.render(") {
        (code.to_owned(), String::new())
    } else {
        let (code, name) = named(code)?;
        let mount = format!(
            "\nimport {{ createRoot as mountPage }} from \"react-dom/client\";\n\
             mountPage(document.getElementById(\"root\")).render(<{name} />);\n"
        );
        (code, mount)
    };
    let react = if imports_react(&code) { "" } else { "import React from \"react\";\n" };
    Some(format!(
        "{HEAD}{tailwind}<script type=\"importmap\">\n{}\n</script>\n{BABEL}</head>\n<body>\n<div id=\"root\"></div>\n\
         <script type=\"text/babel\" data-type=\"module\" data-presets=\"component\">\n{react}{}{mount}</script>\n\
         </body>\n</html>",
        import_map(&code),
        inside_script(&code)
    ))
}

fn imports_react(code: &str) -> bool {
    code.contains("import React ") || code.contains("import React,") || code.contains("import * as React ")
}

/// The code without its default export, and the name of its component.
fn named(code: &str) -> Option<(String, String)> {
    const EXPORT: &str = "export default ";
    let Some(position) = code.rfind(EXPORT) else {
        let declared = code.lines().filter_map(declared_component).next_back()?;
        return Some((code.to_owned(), declared.to_owned()));
    };
    let (before, exported) = (&code[..position], &code[position + EXPORT.len()..]);
    let declaration = exported.strip_prefix("async ").unwrap_or(exported);
    let named = ["function ", "class "].into_iter().find_map(|kind| identifier(declaration.strip_prefix(kind)?));
    Some(match named {
        Some(name) => (format!("{before}{exported}"), name.to_owned()),
        None => (format!("{before}const GeneratedPage = {exported}"), "GeneratedPage".to_owned()),
    })
}

/// The component that a line at the top level declares.
fn declared_component(line: &str) -> Option<&str> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let rest = ["function ", "const ", "class "].into_iter().find_map(|kind| line.strip_prefix(kind))?;
    identifier(rest).filter(|name| name.starts_with(|first: char| first.is_ascii_uppercase()))
}

fn identifier(text: &str) -> Option<&str> {
    let end = text.find(|character: char| !character.is_alphanumeric() && !matches!(character, '_' | '$'));
    let name = &text[..end.unwrap_or(text.len())];
    name.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '$')).then_some(name)
}

/// Where the browser finds the packages that the code imports, all of them sharing one React.
fn import_map(code: &str) -> String {
    let mut imports = serde_json::Map::new();
    let mut add = |name: &str, url: String| imports.insert(name.to_owned(), url.into());
    add("react", "https://esm.sh/react@18".to_owned());
    add("react/", "https://esm.sh/react@18/".to_owned());
    add("react-dom", "https://esm.sh/react-dom@18".to_owned());
    add("react-dom/", "https://esm.sh/react-dom@18/".to_owned());
    for package in code.lines().filter_map(imported).filter(|name| is_package(name)) {
        add(package, format!("https://esm.sh/{package}?external=react,react-dom"));
    }
    let map = serde_json::json!({ "imports": imports });
    inside_script(&map.to_string())
}

/// The module that a line imports.
fn imported(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let from =
        if line.starts_with("import ") || line.starts_with('}') { line.rfind([' ', '}'])? + 1 } else { return None };
    let quoted = line[from..].trim_end().trim_end_matches(';');
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.or_else(|| quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))
}

/// A package that is not React itself, and not a path.
fn is_package(name: &str) -> bool {
    let part = |character: char| character.is_ascii_alphanumeric() || "@/-_.".contains(character);
    let ours = name == "react" || name == "react-dom" || name.starts_with("react/") || name.starts_with("react-dom/");
    !ours && name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '@') && name.chars().all(part)
}

fn vue(text: &str, tailwind: &str) -> Option<String> {
    let start = text.trim_start();
    let begins =
        ["<template>", "<template lang", "<script setup", "<script lang=\"ts\" setup", "<script>\nexport default"];
    let whole_page = text.contains("<html") || text.contains("<body");
    if whole_page || !text.contains("<template") || !begins.iter().any(|begin| start.starts_with(begin)) {
        return None;
    }
    let component = serde_json::Value::from(text).to_string();
    let mut page = format!("{HEAD}{tailwind}{VUE}</head>\n<body>\n<div id=\"app\"></div>\n<script>\n");
    // Writing to a String cannot fail.
    let _ = write!(page, "const component = {};\n{VUE_MOUNT}</script>\n</body>\n</html>", inside_string(&component));
    Some(page)
}

/// Program text that cannot end the script it is put into.
fn inside_script(code: &str) -> String {
    code.replace("</script", "<\\/script").replace("</SCRIPT", "<\\/SCRIPT").replace("<!--", "<\\!--")
}

/// A JSON string that cannot end the script it is put into.
fn inside_string(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_react_component_is_put_into_a_page_that_mounts_it() {
        for (code, mounted) in [
            ("import { useState } from 'react';\n\nexport default function Shop() {\n  return <p/>;\n}", "<Shop />"),
            ("function Card() { return <p/> }\nconst Home = () => <Card/>;\nexport default Home;", "<GeneratedPage />"),
            ("export default () => <p>1</p>", "<GeneratedPage />"),
            ("const App = () => (\n  <p>1</p>\n);", "<App />"),
        ] {
            let page = page_of_component(code, Stack::ReactTailwind).unwrap();
            assert!(page.contains(mounted) && !page.contains("export default"), "{page}");
            assert!(page.contains("cdn.tailwindcss.com") && page.contains("from \"react\""), "{page}");
            assert_eq!(page.matches("</html>").count(), 1);
        }
    }

    #[test]
    fn a_component_that_mounts_itself_is_not_mounted_twice() {
        let code = "import React from 'react';\nimport { createRoot } from 'react-dom/client';\n\
                    createRoot(document.getElementById('root')).render(<p/>);";
        let page = page_of_component(code, Stack::ReactTailwind).unwrap();
        assert!(!page.contains("mountPage") && page.matches("import React").count() == 1, "{page}");
    }

    #[test]
    fn packages_that_it_imports_are_found_and_share_one_react() {
        let code =
            "import {\n  Star,\n} from \"lucide-react\";\nimport '../../etc/passwd';\nexport default () => <Star/>";
        let page = page_of_component(code, Stack::ReactTailwind).unwrap();
        assert!(page.contains("\"lucide-react\":\"https://esm.sh/lucide-react?external=react,react-dom\""), "{page}");
        assert!(!page.contains("esm.sh/../"));
    }

    #[test]
    fn a_single_file_vue_component_is_compiled_by_the_page() {
        let text = "<script setup>\nconst a = '</p>'\n</script>\n<template><p>{{ a }}</p></template>";
        let page = page_of_component(text, Stack::VueTailwind).unwrap();
        assert!(page.contains("vue.global") && page.contains("\\u003cscript setup>"), "{page}");
        assert_eq!(page.matches("</script>").count(), 4, "the component cannot end the script around it");
    }

    #[test]
    fn whatever_is_a_page_or_nothing_at_all_is_left_alone() {
        for text in ["<!DOCTYPE html><html></html>", "<div>part</div>", "", "I am sorry", "const x = 1 < 2", "<p>é"] {
            for stack in Stack::ALL {
                assert_eq!(page_of_component(text, stack), None, "{text:?}");
            }
        }
    }

    #[test]
    fn code_cannot_end_its_script() {
        let page = page_of_component("export default () => <p>{'</script><b>'}</p>", Stack::ReactTailwind).unwrap();
        assert!(page.contains("<\\/script><b>"), "{page}");
    }
}
