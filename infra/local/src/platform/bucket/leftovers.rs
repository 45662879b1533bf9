//! What the file system's S3 leaves behind when an object is deleted: files about it, named after it, and empty folders.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;
use std::path::Path;
use tokio::fs;

/// Removes them, after the object at this path of a request is gone. Nothing depends on them, so a failure is left as it is.
pub(super) async fn remove(root: &Path, request_path: &str) {
    let decoded = percent_decode_str(request_path).decode_utf8_lossy();
    let Some((bucket, key)) = decoded.trim_start_matches('/').split_once('/') else { return };
    // The service has refused any other path; a folder is not walked out of in any case.
    if bucket.is_empty() || key.is_empty() || key.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return;
    }
    let about = format!(".bucket-{}.object-{}", URL_SAFE_NO_PAD.encode(bucket), URL_SAFE_NO_PAD.encode(key));
    for kind in ["metadata.json", "internal.json"] {
        let _ = fs::remove_file(root.join(format!("{about}.{kind}"))).await;
    }
    let bucket = root.join(bucket);
    let mut folder = bucket.join(key);
    while folder.pop() && folder != bucket {
        // Only an empty one goes.
        if fs::remove_dir(&folder).await.is_err() {
            return;
        }
    }
}
