use crate::{Permit, Uploaded, Uploads};
use async_trait::async_trait;
use domain::upload::Wanted;

/// How a suite plays the client.
#[async_trait]
pub trait Client: Send + Sync {
    /// Sends the PUT that a permission describes, with these bytes and this type; whether it was taken.
    async fn put(&self, permit: &Permit, content_type: &str, bytes: Vec<u8>) -> bool;
}

pub(super) async fn check(uploads: &dyn Uploads, client: &dyn Client, now_ms: u64) {
    let wanted = Wanted { content_type: "image/png", bytes: 5 };
    let key = "uploads/conformance/a";
    assert_eq!(uploads.uploaded(key, 10).await.unwrap(), Uploaded::Nothing);
    let permit = uploads.permit(key, wanted, now_ms).await.unwrap();
    assert!(permit.expires_at_ms > now_ms);
    assert_eq!(uploads.uploaded(key, 10).await.unwrap(), Uploaded::Nothing, "a permission stores nothing");

    assert!(!client.put(&permit, "image/png", b"six by".to_vec()).await, "another length");
    assert!(!client.put(&permit, "text/html", b"12345".to_vec()).await, "another type");
    assert_eq!(uploads.uploaded(key, 10).await.unwrap(), Uploaded::Nothing, "what is not taken leaves nothing behind");

    assert!(client.put(&permit, "image/png", b"12345".to_vec()).await);
    assert_eq!(uploads.uploaded(key, 5).await.unwrap(), Uploaded::Bytes(b"12345".to_vec()));
    assert_eq!(uploads.uploaded(key, 4).await.unwrap(), Uploaded::TooLarge);

    assert!(!client.put(&permit, "image/png", b"54321".to_vec()).await, "a second time");
    let again = uploads.permit(key, wanted, now_ms).await.unwrap();
    assert!(!client.put(&again, "image/png", b"54321".to_vec()).await, "under a second permission");
    assert_eq!(uploads.uploaded(key, 5).await.unwrap(), Uploaded::Bytes(b"12345".to_vec()), "the first stands");

    let elsewhere = Permit { url: permit.url.replace("conformance/a", "conformance/b"), ..permit };
    assert!(!client.put(&elsewhere, "image/png", b"12345".to_vec()).await, "another key");
    assert_eq!(uploads.uploaded("uploads/conformance/b", 5).await.unwrap(), Uploaded::Nothing);

    let past = uploads.permit("uploads/conformance/c", wanted, now_ms - 3_600_000).await.unwrap();
    assert!(!client.put(&past, "image/png", b"12345".to_vec()).await, "after the end");
}
