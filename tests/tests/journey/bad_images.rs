//! Images in a message: one below and one above each limit; what is refused is named, and no model is asked.

use domain::limits::{IMAGE_BYTES_MAX, IMAGE_SIDE_PIXELS_MAX};
use end_to_end::images::{bomb, png, png_url};
use end_to_end::{Client, Http, Place, start};
use local::{Options, Stack};
use serde_json::{Value, json};

fn with(images: &[String]) -> Value {
    json!({"action": "generate", "inputMode": "image", "prompt": {"text": "", "images": images}, "variants": 1})
}

async fn refused(client: &mut Client, images: &[String]) -> (String, String) {
    client.send(&with(images)).await;
    let error = client.until(|message| message.kind == domain::wire::server::Kind::Error).await;
    let data = error.data.unwrap();
    (data["code"].as_str().unwrap().to_owned(), data["field"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_image_is_refused_by_name_under_aws_limits() {
    let (place, stack) = start().await;
    let mut client = Client::connect(stack.addresses().public).await;
    let sound = png_url(&png(3, 2, false));
    let svg = png_url(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    let half = sound[..sound.len() / 2].to_owned();
    let whole_base64_of_half = png_url(&png(3, 2, false)[..50]);
    let too_wide = png_url(&bomb(IMAGE_SIDE_PIXELS_MAX + 1, 1));
    let explosive = png_url(&bomb(8_000, 5_001));
    for (wrong, code) in [
        (&svg, "invalid_field"),
        (&half, "invalid_field"),
        (&whole_base64_of_half, "invalid_field"),
        (&"https://elsewhere.test/a.png".to_owned(), "invalid_field"),
        (&"object:generations/x/request.json".to_owned(), "invalid_field"),
        (&too_wide, "too_large"),
        (&explosive, "too_large"),
    ] {
        let images = [sound.clone(), sound.clone(), wrong.clone()];
        let found = refused(&mut client, &images).await;
        assert_eq!(found, (code.to_owned(), "prompt.images[2]".to_owned()), "{wrong:.80}");
    }
    assert_eq!(
        refused(&mut client, &vec![sound.clone(); 6]).await,
        ("too_large".to_owned(), "prompt.images".to_owned())
    );
    assert!(!place.path().join("s3/quartet/generations").exists(), "nothing was recorded");

    // The neighbours on the other side of each limit.
    let largest = [png_url(&bomb(IMAGE_SIDE_PIXELS_MAX, 1)), png_url(&bomb(8_000, 5_000))];
    let five = [&largest[..], &vec![sound; 3]].concat();
    client.generate(&with(&five)).await;
    client.until_done().await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_of_20_mb_is_taken_inline_where_frames_may_be_large_and_one_byte_more_is_not() {
    let place = Place::new(&[]);
    let options = Options { port: 0, data: place.path(), aws_limits: false, bootstraps: None };
    let stack = Stack::start(&options, &|_| None).await.unwrap();
    let mut client = Client::connect(stack.addresses().public).await;
    let mut file = png(3, 2, false);
    file.resize(IMAGE_BYTES_MAX, 0);
    client.generate(&with(&[png_url(&file)])).await;
    client.until_done().await;
    for bytes in [IMAGE_BYTES_MAX + 1, 50 * 1024 * 1024] {
        file.resize(bytes, 0);
        let found = refused(&mut client, &[png_url(&file)]).await;
        assert_eq!(found, ("too_large".to_owned(), "prompt.images[0]".to_owned()));
    }
    let (_, history) = Http::to(stack.addresses().public).get("/api/generations").await;
    assert_eq!(history["data"]["items"].as_array().unwrap().len(), 1);
    stack.stop().await;
}
