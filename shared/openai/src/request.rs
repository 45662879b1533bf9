use domain::models::Family;
use domain::prompt::{Message, Speaker};
use ports::ModelRequest;
use serde_json::{Value, json};

/// The body of a streaming request: temperature 0, no reasoning, the output clamped to the model's maximum.
pub(crate) fn body(request: &ModelRequest) -> Value {
    let mut body = json!({
        "model": request.model,
        "messages": request.messages.iter().map(message).collect::<Vec<_>>(),
        "temperature": 0,
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    match request.shape.family {
        Family::Gpt4 | Family::Compatible => body["max_tokens"] = json!(request.shape.output_tokens),
        Family::Gpt5 => {
            body["max_completion_tokens"] = json!(request.shape.output_tokens);
            // Without it this family refuses temperature 0, and it would reason.
            body["reasoning_effort"] = json!("none");
        }
    }
    body
}

fn message(message: &Message) -> Value {
    let role = match message.speaker {
        Speaker::System => "system",
        Speaker::User => "user",
        Speaker::Assistant => "assistant",
    };
    if message.images.is_empty() {
        return json!({"role": role, "content": message.text});
    }
    let images =
        message.images.iter().map(|url| json!({"type": "image_url", "image_url": {"url": url, "detail": "high"}}));
    let content: Vec<Value> = images.chain([json!({"type": "text", "text": message.text})]).collect();
    json!({"role": role, "content": content})
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::models::{Catalogue, Shape};

    fn shape(model: &str) -> Shape {
        Catalogue::built_in().unwrap().shape(model)
    }

    fn asked(model: &str) -> Value {
        let message = |speaker, text: &str| Message { speaker, text: text.to_owned(), images: vec![] };
        body(&ModelRequest {
            model: model.to_owned(),
            shape: shape(model),
            messages: vec![message(Speaker::System, "rules"), message(Speaker::User, "a page")],
        })
    }

    #[test]
    fn a_gpt_4_request_is_clamped_and_says_nothing_of_reasoning() {
        assert_eq!(
            asked("gpt-4o-2024-11-20"),
            json!({
                "model": "gpt-4o-2024-11-20", "temperature": 0, "max_tokens": 16384, "stream": true,
                "stream_options": {"include_usage": true},
                "messages": [{"role": "system", "content": "rules"}, {"role": "user", "content": "a page"}],
            })
        );
    }

    #[test]
    fn a_gpt_6_request_turns_reasoning_off_so_that_temperature_0_is_taken() {
        let body = asked("gpt-6-luna");
        assert_eq!(body["reasoning_effort"], "none");
        assert_eq!(body["max_completion_tokens"], 20_000);
        assert_eq!(body.get("max_tokens"), None);
        assert_eq!(body["temperature"], 0);
    }

    #[test]
    fn images_go_before_the_words() {
        let body = body(&ModelRequest {
            model: "m".to_owned(),
            shape: shape("m"),
            messages: vec![Message {
                speaker: Speaker::User,
                text: "like this".to_owned(),
                images: vec!["data:image/png;base64,AAAA".to_owned()],
            }],
        });
        assert_eq!(body["messages"][0]["content"][0]["image_url"]["url"], "data:image/png;base64,AAAA");
        assert_eq!(body["messages"][0]["content"][1]["text"], "like this");
    }
}
