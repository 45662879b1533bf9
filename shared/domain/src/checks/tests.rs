use super::*;
use proptest::prelude::*;

fn codes(page: &str) -> Vec<FindingCode> {
    check(page).iter().map(|finding| finding.code).collect()
}

fn page(body: &str) -> String {
    format!("<!DOCTYPE html><html><head><title>A shop</title></head><body>{body}</body></html>")
}

#[test]
fn nothing_is_found_in_a_page_as_it_should_be() {
    for body in [
        "<p>1</p>",
        "<img src=\"https://placehold.co/600x400\" alt=\"a loaf\"><svg><title>Icon</title><path/></svg>",
        "<img src='data:image/png;base64,AAAA'><img :src=\"item.url\"><img srcset='https://a.example/1.png 2x'>",
        "<div id=\"root\"></div><script type=\"text/babel\">render('</html>')</script>",
        "<canvas></canvas><script src=\"https://cdn.jsdelivr.net/npm/vue@3\"></script>",
    ] {
        assert_eq!(check(&page(body)), [], "{body}");
    }
}

#[test]
fn each_fault_is_found() {
    use FindingCode::{EmptyBody, MissingFile, MissingImage, MissingTitle, UnclosedDocument, UnknownHost};
    for (html, found) in [
        ("<html><head><title>A</title></head><body><p>1".to_owned(), vec![UnclosedDocument]),
        ("<html><head><title>A</title></head><body>1<script>let a = '</html>".to_owned(), vec![UnclosedDocument]),
        ("<html><head><title>A</title></head><body>1<a href=\"</html>".to_owned(), vec![UnclosedDocument]),
        ("<title>A</title><div><p>1</p>".to_owned(), vec![UnclosedDocument]),
        ("<html><body>1<svg><title>icon</title></svg></body></html>".to_owned(), vec![MissingTitle]),
        ("<html><head><title> </title></head><body>1</body></html>".to_owned(), vec![MissingTitle]),
        (page(""), vec![EmptyBody]),
        (page(" <div><template>1</template></div>\n<!-- 1 -->"), vec![EmptyBody]),
        (page("1<script src=\"https://evil.example/x.js\"></script>"), vec![UnknownHost]),
        (page("1<link rel=StyleSheet href='//styles.example:8080?x'>"), vec![UnknownHost]),
        (page("1<script src=\"app.js\"></script>"), vec![MissingFile]),
        (page("<img src=\"logo.png\">"), vec![MissingImage]),
        (
            page("<img src=\"/images/logo.png\"><img src=\"\"><img alt='x'><img src='data:text/plain,1'>"),
            vec![MissingImage],
        ),
        (String::new(), vec![MissingTitle, EmptyBody]),
    ] {
        assert_eq!(codes(&html), found, "{html}");
    }
}

#[test]
fn a_finding_names_a_few_and_counts_the_rest() {
    let images =
        (0..10).map(|image| format!("<img src='{image}.png'><img src='{image}.png'>")).collect::<Vec<_>>().concat();
    let long = format!("<img src='{}'>", "x".repeat(10_000));
    assert_eq!(check(&page(&images))[0].message, "Images are named that do not exist: 0.png, 1.png, 2.png and 7 more.");
    assert!(check(&page(&long))[0].message.len() < 200);
}

proptest! {
    #[test]
    fn any_text_at_all_is_checked(page in "(\\PC|[<>/!'\"= -]|<p|<script|</|<!--){0,200}") {
        prop_assert!(check(&page).len() <= 6);
    }
}
