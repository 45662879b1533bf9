use crate::request::Request;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::address::Guard;
use domain::error::{ErrorCode, Refusal};
use domain::export::Kind;
use domain::limits::{SCREENSHOT_BYTES_MAX, URL_BYTES_MAX};
use lifecycle::StepError;
use ports::FetchError;
use serde_json::{Value, json};
use url::Url;

impl Api {
    /// A page on the web as a picture, by the service that the server was given. A key that the client sends along is not
    /// read: the server's own goes to its own service and nowhere else.
    pub(crate) async fn screenshot(&self, request: &Request) -> Result<ApiGatewayV2httpResponse, StepError> {
        let Some(screenshots) = &self.screenshots else {
            return Err(Refusal::general(
                ErrorCode::NotConfigured,
                "This server takes no screenshots: its variables SCREENSHOT_API_KEY and SCREENSHOT_URL are not set. Take \
                 one yourself and upload it.",
            )
            .into());
        };
        let object = request.object()?;
        let url = page_url(object.get("url").and_then(Value::as_str).unwrap_or_default())?;
        let taken = screenshots.take(&url).await.map_err(|error| failed(&error))?;
        let kind = Kind::of(&taken.bytes, &taken.content_type)
            .ok_or_else(|| failed(&FetchError::Failed("the service did not answer with a picture".to_owned())))?;
        let picture = STANDARD.encode(&taken.bytes);
        Ok(answer::json(200, &json!({"url": format!("data:{};base64,{picture}", kind.content_type())})))
    }
}

/// People leave the scheme out. The service resolves the name itself, from where it is; here only what the URL says can be
/// checked.
fn page_url(text: &str) -> Result<Url, Refusal> {
    let text = text.trim();
    if text.len() > URL_BYTES_MAX {
        return Err(Refusal::too_large("url", format!("The URL is over {URL_BYTES_MAX} bytes.")));
    }
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole)
        .map_err(|_| Refusal::field("url", "Send the page's URL, for example https://example.com."))?;
    Guard { port: |_| true, ..Guard::PUBLIC }
        .check(&url)
        .map_err(|reason| Refusal::field("url", format!("No screenshot of this URL: {reason}.")))?;
    if url.host_str().is_some_and(|host| host == "localhost" || host.ends_with(".localhost")) {
        return Err(Refusal::field("url", "No screenshot of this URL: the service cannot see your machine."));
    }
    Ok(url)
}

fn failed(error: &FetchError) -> Refusal {
    let message = match error {
        FetchError::TooLarge(_) => {
            format!("The screenshot is over {SCREENSHOT_BYTES_MAX} bytes. Upload a part of the page.")
        }
        FetchError::NotAllowed(reason) => format!("The screenshot service cannot be asked: {reason}."),
        FetchError::Failed(reason) => format!("The screenshot service failed: {reason}."),
    };
    Refusal::general(ErrorCode::ProviderFailed, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_as_long_as_its_limit() {
        let of = |bytes: usize| {
            let start = "https://example.com/";
            page_url(&format!("{start}{}", "x".repeat(bytes - start.len())))
        };
        assert!(of(URL_BYTES_MAX - 1).is_ok());
        assert!(of(URL_BYTES_MAX).is_ok());
        assert_eq!(of(URL_BYTES_MAX + 1).unwrap_err().code, ErrorCode::TooLarge);
    }

    #[test]
    fn no_screenshot_is_taken_of_what_only_this_machine_or_its_network_sees() {
        for url in [
            "http://127.0.0.1:7001/",
            "localhost",
            "http://a.localhost/",
            "http://169.254.169.254/",
            "[::1]",
            "file:///etc/passwd",
        ] {
            assert_eq!(page_url(url).unwrap_err().field.as_deref(), Some("url"), "{url}");
        }
        assert!(page_url("example.com:8080/a").is_ok());
    }
}
