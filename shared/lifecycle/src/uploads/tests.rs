use super::*;
use crate::Purse;
use crate::fixed::{Fixed, ID};
use domain::error::ErrorCode;
use domain::ids::GenerationId;
use domain::models::Catalogue;
use domain::quota::Allowance;
use ports::memory::{MemoryObjects, MemoryTable};
use ports::{Object, Objects};
use serde_json::{Value, json};
use std::sync::Arc;

/// A PNG of one pixel.
const PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0....\0\0\0\x01IDATx....\0\0\0\0IEND....";

fn starter(objects: &Arc<MemoryObjects>) -> Starter {
    let purse = Purse {
        quotas: Arc::new(MemoryTable::default()),
        catalogue: Arc::new(Catalogue::built_in().unwrap()),
        allowance: Allowance::NONE,
        clock: Arc::new(Fixed),
        ids: Arc::new(Fixed),
    };
    Starter {
        purse,
        generations: Arc::new(MemoryTable::default()),
        objects: objects.clone(),
        uploads: objects.clone(),
        invoke: Arc::new(Fixed),
        clock: Arc::new(Fixed),
        ids: Arc::new(Fixed),
        offer: Arc::new(domain::models::Offer::new(vec!["m".to_owned()], [])),
    }
}

fn user(name: &str) -> UserId {
    UserId(name.to_owned())
}

async fn uploaded(owner: &str, bytes: Vec<u8>) -> Arc<MemoryObjects> {
    let objects = Arc::new(MemoryObjects::default());
    let object = Object { bytes, ..Object::default() };
    objects.put(&keys::upload(&user(owner), &UploadId::parse(ID).unwrap()), object).await.unwrap();
    objects
}

fn reference() -> RequestRef {
    RequestRef::read(json!({"requestRef": ID}).as_object().unwrap()).unwrap().unwrap()
}

fn asking(images: &Value) -> StartRequest {
    let params = json!({"inputMode": "image", "prompt": {"text": "", "images": images}});
    StartRequest::read(params.as_object().unwrap()).unwrap()
}

fn refused<T: std::fmt::Debug>(step: Result<T, StepError>) -> (ErrorCode, String) {
    let refusal = step.unwrap_err().refusal();
    (refusal.code, refusal.field.unwrap())
}

#[tokio::test]
async fn anothers_uploads_are_refused_as_if_there_were_none() {
    let request = json!({"prompt": {"text": "a page"}}).to_string().into_bytes();
    let theirs = starter(&uploaded("ada", request).await);
    let nothing = starter(&Arc::default());
    assert_eq!(
        theirs.uploaded_request(&user("bob"), &reference()).await,
        nothing.uploaded_request(&user("bob"), &reference()).await
    );
    assert!(theirs.uploaded_request(&user("ada"), &reference()).await.is_ok());

    let start = asking(&json!([format!("upload:{ID}")]));
    let theirs = starter(&uploaded("ada", PIXEL.to_vec()).await);
    let (found, none) = (
        theirs.record(&user("bob"), &start, None, false).await,
        nothing.record(&user("bob"), &start, None, false).await,
    );
    assert_eq!(found, none);
    assert_eq!(refused(found), (ErrorCode::NotFound, "prompt.images[0]".to_owned()));
    assert!(theirs.record(&user("ada"), &start, None, false).await.is_ok());
}

#[tokio::test]
async fn an_uploaded_image_that_is_none_is_refused_before_anything_is_stored() {
    for (bytes, code) in [
        (b"<svg><script>alert(1)</script></svg>".to_vec(), ErrorCode::InvalidField),
        (PIXEL[..PIXEL.len() - 9].to_vec(), ErrorCode::InvalidField),
        ([PIXEL, &vec![0; IMAGE_BYTES_MAX][..]].concat(), ErrorCode::TooLarge),
    ] {
        let objects = uploaded("ada", bytes).await;
        let start = asking(&json!([format!("upload:{ID}")]));
        let step = starter(&objects).record(&user("ada"), &start, None, false).await;
        assert_eq!(refused(step), (code, "prompt.images[0]".to_owned()));
        assert_eq!(objects.keys(), [keys::upload(&user("ada"), &UploadId::parse(ID).unwrap())]);
    }
}

#[tokio::test]
async fn the_images_of_a_request_are_together_as_large_as_their_limit() {
    let mut largest = PIXEL.to_vec();
    largest.resize(IMAGE_BYTES_MAX, 0);
    let objects = uploaded("ada", largest).await;
    let pixel = "1c6d4f7e-8a0f-4f0e-9b1a-2f6d1c7e9a10";
    let object = Object { bytes: PIXEL.to_vec(), ..Object::default() };
    objects.put(&keys::upload(&user("ada"), &UploadId::parse(pixel).unwrap()), object).await.unwrap();
    let all = vec![format!("upload:{ID}"); REQUEST_IMAGE_BYTES_MAX / IMAGE_BYTES_MAX];
    assert!(starter(&objects).record(&user("ada"), &asking(&json!(all)), None, false).await.is_ok());
    let params = json!({
        "inputMode": "image", "generationType": "update", "prompt": {"text": "b", "images": [format!("upload:{pixel}")]},
        "history": [{"role": "user", "text": "a", "images": all}],
    });
    let more = StartRequest::read(params.as_object().unwrap()).unwrap();
    let step = starter(&objects).record(&user("ada"), &more, None, false).await;
    assert_eq!(refused(step).0, ErrorCode::TooLarge);
}

#[tokio::test]
async fn a_stored_request_names_its_images_by_their_objects() {
    let objects = uploaded("ada", PIXEL.to_vec()).await;
    let start = asking(&json!([format!("upload:{ID}")]));
    starter(&objects).record(&user("ada"), &start, None, false).await.unwrap();
    let stored = objects.get(&keys::request(&GenerationId::parse(ID).unwrap())).await.unwrap().unwrap();
    let stored: GenerationRequest = serde_json::from_slice(&stored.bytes).unwrap();
    assert_eq!(stored.prompt.images, [format!("object:uploads/ada/{ID}")]);
}
