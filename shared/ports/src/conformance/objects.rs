use crate::{Object, Objects};

pub(super) async fn check(bucket: &dyn Objects) {
    let key = "conformance/a b/é.html";
    assert_eq!(bucket.get(key).await.unwrap(), None);
    let object = |text: &str, note: Option<&str>| Object {
        bytes: text.as_bytes().to_vec(),
        content_type: "text/html; charset=utf-8".to_owned(),
        note: note.map(str::to_owned),
    };
    bucket.put(key, object("<p>1", Some("{\"a\":1}"))).await.unwrap();
    assert_eq!(bucket.get(key).await.unwrap(), Some(object("<p>1", Some("{\"a\":1}"))));
    bucket.put(key, object("<p>2", None)).await.unwrap();
    assert_eq!(bucket.get(key).await.unwrap(), Some(object("<p>2", None)), "the later put stands, note and all");
    let large = object(&"x".repeat(1_000_000), None);
    bucket.put("conformance/large", large.clone()).await.unwrap();
    assert_eq!(bucket.get("conformance/large").await.unwrap(), Some(large));

    let (first, second, other) = ("conformance/list/1/a", "conformance/list/2/b", "conformance/lists");
    for key in [second, first, other] {
        bucket.put(key, object("<p>", None)).await.unwrap();
    }
    assert_eq!(bucket.list("conformance/list/").await.unwrap(), [first, second], "in order, and no other's");
    bucket.remove(first).await.unwrap();
    bucket.remove(first).await.unwrap();
    assert_eq!(bucket.get(first).await.unwrap(), None);
    assert_eq!(bucket.list("conformance/list/").await.unwrap(), [second]);
    bucket.put(first, object("<p>again", None)).await.unwrap();
    assert_eq!(bucket.get(first).await.unwrap(), Some(object("<p>again", None)), "a key can be used again");
    bucket.remove(second).await.unwrap();
    bucket.remove(first).await.unwrap();
    assert!(bucket.list("conformance/list/").await.unwrap().is_empty());
    assert!(bucket.get(other).await.unwrap().is_some());
}
