//! The libraries of each stack. Versions are pinned, so that a page looks tomorrow as it looks today.

use crate::stack::Stack;

/// The host of placeholder pictures.
pub const PICTURE_HOST: &str = "placehold.co";

/// Tailwind's build for browsers: version 3, which is what models know best.
macro_rules! tailwind {
    () => {
        "<script src=\"https://cdn.tailwindcss.com/3.4.17\"></script>"
    };
}

/// What a page of this stack is built with.
pub(super) const fn libraries(stack: Stack) -> &'static str {
    match stack {
        Stack::HtmlTailwind => concat!(
            "HTML with Tailwind CSS. Load it in the head with exactly this tag:\n",
            tailwind!(),
            "\n",
            "Style with its classes, and with arbitrary values (w-[372px], bg-[#0f172a]) where the scale has no exact one. ",
            "Fonts and colours of the page belong into tailwind.config in a script after that tag. ",
            "Behaviour is plain JavaScript.",
        ),
        Stack::HtmlCss => {
            "HTML, CSS and JavaScript without any library. All styles are in one <style> element in the head, with custom \
             properties for colours, fonts and distances, and with grid and flexbox for the layout. Use class names that \
             say what an element is. Behaviour is plain JavaScript in one <script> at the end of the body."
        }
        Stack::ReactTailwind => concat!(
            "React 18 and Tailwind CSS, without a build step. Load them in the head with exactly these tags:\n",
            "<script src=\"https://cdn.jsdelivr.net/npm/react@18.3.1/umd/react.production.min.js\"></script>\n",
            "<script src=\"https://cdn.jsdelivr.net/npm/react-dom@18.3.1/umd/react-dom.production.min.js\"></script>\n",
            "<script src=\"https://cdn.jsdelivr.net/npm/@babel/standalone@7.26.4/babel.min.js\"></script>\n",
            tailwind!(),
            "\n",
            "The body holds <div id=\"root\"></div> and one <script type=\"text/babel\" data-presets=\"react\">. In it are ",
            "function components with hooks, taken from the global React (const { useState } = React;), and at its end ",
            "ReactDOM.createRoot(document.getElementById(\"root\")).render(<App />). There is no import and no export. ",
            "Content that repeats is an array with every entry in it. Use className and htmlFor, and give each child of a ",
            "list a key.",
        ),
        Stack::Bootstrap => concat!(
            "HTML with Bootstrap 5. Load it and its icons in the head with exactly these tags:\n",
            "<link rel=\"stylesheet\" href=\"https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/css/bootstrap.min.css\">\n",
            "<link rel=\"stylesheet\" ",
            "href=\"https://cdn.jsdelivr.net/npm/bootstrap-icons@1.11.3/font/bootstrap-icons.min.css\">\n",
            "<script src=\"https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/js/bootstrap.bundle.min.js\" defer></script>\n",
            "Use its grid, components and utilities, and its data attributes for behaviour. What they cannot express is in one ",
            "<style> element after them. There is no jQuery.",
        ),
        Stack::VueTailwind => concat!(
            "Vue 3 and Tailwind CSS, without a build step. Load them in the head with exactly these tags:\n",
            "<script src=\"https://cdn.jsdelivr.net/npm/vue@3.5.13/dist/vue.global.prod.js\"></script>\n",
            tailwind!(),
            "\n",
            "The body holds <div id=\"app\"> with the template in it, and one <script> after it with the composition API, taken ",
            "from the global Vue (const { createApp, ref, computed } = Vue;), that ends in createApp({ setup() { ... } })",
            ".mount(\"#app\"). There is no import, no single-file component and no self-closing component tag. Content that ",
            "repeats is an array with every entry in it, shown with v-for and :key.",
        ),
        Stack::IonicTailwind => concat!(
            "Ionic's web components and Tailwind CSS, without a build step. Load them in the head with exactly these tags:\n",
            "<script type=\"module\" src=\"https://cdn.jsdelivr.net/npm/@ionic/core@8.4.1/dist/ionic/ionic.esm.js\"></script>\n",
            "<link rel=\"stylesheet\" href=\"https://cdn.jsdelivr.net/npm/@ionic/core@8.4.1/css/ionic.bundle.css\">\n",
            "<script type=\"module\" src=\"https://cdn.jsdelivr.net/npm/ionicons@7.4.0/dist/ionicons/ionicons.esm.js\"></script>\n",
            tailwind!(),
            "\n",
            "The body is one <ion-app> with ion-header, ion-content and, where it fits, ion-tabs or ion-footer. Use Ionic's ",
            "components for everything that they cover and <ion-icon> for icons, and Tailwind for the layout inside ",
            "ion-content. Behaviour is plain JavaScript.",
        ),
    }
}
